// async-sema 3.1.1.
import { Sema } from "async-sema";
import { mutexRows, semaphoreRows } from "./locks.mjs";

const make = (permits) => {
  const sem = new Sema(permits);
  return [() => sem.acquire(), () => sem.release()];
};

async function tryFirst(n) {
  const sem = new Sema(1);
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (sem.tryAcquire() === undefined) await sem.acquire();
    count++;
    sem.release();
  }
  return count;
}

export default { ...mutexRows(make), ...semaphoreRows(make), "mutex.trylock": tryFirst };
