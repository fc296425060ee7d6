// superlock 1.3.5.
import superlock from "superlock";

/** Its lock runs a function: `lock(body)`. */
async function wanted(permits, tasks, n, yields) {
  const lock = superlock.withLock(permits);
  let count = 0;
  const inside = async () => {
    if (yields) await null;
    count++;
  };
  const body = async () => {
    for (let i = 0; i < n; i++) await lock(inside);
  };
  await Promise.all(Array.from({ length: tasks }, body));
  return count;
}

export default {
  "mutex.uncontended": (n) => wanted(1, 1, n, false),
  "mutex.contended.2": (n) => wanted(1, 2, n, false),
  "mutex.contended.100": (n) => wanted(1, 100, n, false),
  "mutex.held.yield.2": (n) => wanted(1, 2, n, true),
  "mutex.held.yield.100": (n) => wanted(1, 100, n, true),
  "semaphore.uncontended": (n) => wanted(1, 1, n, false),
  "semaphore.held.yield.8of2": (n) => wanted(2, 8, n, true),
};
