// @henrygd/semaphore 0.1.0: the fastest promise semaphore.
import { getSemaphore } from "@henrygd/semaphore";
import { mutexRows, semaphoreRows } from "./locks.mjs";

const make = (permits) => {
  const sem = getSemaphore(Symbol("bench"), permits);
  return [() => sem.acquire(), () => sem.release()];
};

async function lockedMap(n) {
  const [acquire, release] = make(1);
  const map = new Map();
  for (let i = 0; i < 1024; i++) map.set(i, 1);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    await acquire();
    sum += map.get(i & 1023);
    release();
  }
  return sum;
}

export default { ...mutexRows(make), ...semaphoreRows(make), "map.mutex+map.load": lockedMap };
