// What the promise semaphores have in common: a lock is two functions.

/** The rows of a mutex; `make` returns `[acquire, release]`, acquire returning a promise. */
export function mutexRows(make) {
  return {
    "mutex.uncontended": (n) => free(make(1), n),
    "mutex.contended.2": (n) => wanted(make(1), 2, n, false),
    "mutex.contended.100": (n) => wanted(make(1), 100, n, false),
    "mutex.held.yield.2": (n) => wanted(make(1), 2, n, true),
    "mutex.held.yield.100": (n) => wanted(make(1), 100, n, true),
  };
}

/** The rows of a semaphore. */
export function semaphoreRows(make) {
  return {
    "semaphore.uncontended": (n) => free(make(1), n),
    "semaphore.held.yield.8of2": (n) => wanted(make(2), 8, n, true),
  };
}

async function free([acquire, release], n) {
  let count = 0;
  for (let i = 0; i < n; i++) {
    await acquire();
    count++;
    release();
  }
  return count;
}

async function wanted([acquire, release], tasks, n, yields) {
  let count = 0;
  const body = async () => {
    for (let i = 0; i < n; i++) {
      await acquire();
      if (yields) await null;
      count++;
      release();
    }
  };
  await Promise.all(Array.from({ length: tasks }, body));
  return count;
}
