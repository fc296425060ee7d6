// @esfx/*: reader-writer lock, condition, countdown, semaphore, cancel tokens.
import { AsyncConditionVariable } from "@esfx/async-conditionvariable";
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

async function condPingPong(n) {
  const rw = new AsyncReaderWriterLock();
  const changed = new AsyncConditionVariable();
  let isPing = true;
  let count = 0;
  const takeTurns = async (mine) => {
    const writer = rw.createWriter();
    for (let i = 0; i < n; i++) {
      await writer.lock();
      while (isPing !== mine) await changed.wait(writer);
      isPing = !mine;
      count++;
      changed.notifyOne();
      writer.unlock();
    }
  };
  await Promise.all([takeTurns(true), takeTurns(false)]);
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
  "cond.pingpong": condPingPong,
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
