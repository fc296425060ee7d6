// @esfx/*: reader-writer lock, countdown, semaphore, cancel tokens. Its condition variable (1.0.0-pre.8) throws at the first
// wait with the versions of its own dependencies that npm installs.
import { AsyncCountdownEvent } from "@esfx/async-countdown";
import { AsyncReaderWriterLock } from "@esfx/async-readerwriterlock";
import { AsyncSemaphore } from "@esfx/async-semaphore";
import { CancelToken } from "@esfx/canceltoken";
import { semaphoreRows } from "./locks.mjs";

const makeSemaphore = (permits) => {
  const sem = new AsyncSemaphore(permits);
  return [() => sem.wait(), () => sem.release()];
};

async function held(lockOnce, n) {
  let count = 0;
  for (let i = 0; i < n; i++) {
    const handle = await lockOnce();
    count++;
    handle.unlock();
  }
  return count;
}

export default {
  ...semaphoreRows(makeSemaphore),
  "rwmutex.rlock.uncontended": (n) => {
    const rw = new AsyncReaderWriterLock();
    return held(() => rw.read(), n);
  },
  "rwmutex.lock.uncontended": (n) => {
    const rw = new AsyncReaderWriterLock();
    return held(() => rw.write(), n);
  },
  "waitgroup.adddone": async (n) => {
    const all = new AsyncCountdownEvent(1);
    let count = 0;
    for (let i = 0; i < n; i++) {
      all.add(1);
      count++;
      all.signal(1);
    }
    all.signal(1);
    await all.wait();
    return count;
  },
  "context.cancel.child": (n) => {
    const parent = CancelToken.source();
    let count = 0;
    for (let i = 0; i < n; i++) {
      const child = CancelToken.source([parent.token]);
      child.cancel();
      if (child.token.signaled) count++;
    }
    return count;
  },
  "context.fanout1000": (times) => {
    let count = 0;
    for (let wave = 0; wave < times; wave++) {
      const parent = CancelToken.source();
      const children = [];
      for (let i = 0; i < 1000; i++) children.push(CancelToken.source([parent.token]));
      parent.cancel();
      for (const child of children) if (child.token.signaled) count++;
    }
    return count;
  },
};
