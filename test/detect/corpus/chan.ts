// Go: chan_test.go
import { Chan, type Go, go, gosched, onDefault, type RecvChan, select, sleep } from "../../../lib/index.js";
import { cases, panics, type Variable, variable } from "./case.js";

/** `write` in a goroutine that then closes, against `after` a receive. */
function* closedThen(capacity: number, receive: (c: Chan<number>) => Go<unknown>): Go {
  const v = variable("v");
  const c = new Chan<number>(capacity);
  yield* go(function* () {
    yield* v.write(1);
    yield* c.close();
  });
  yield* receive(c);
  yield* v.write(2);
}

function* mayPanic(c: Chan<number>): Go {
  yield* panics(() => c.recvOk() as unknown as Go);
}
function* ok(c: Chan<number>): Go {
  yield* c.recvOk();
}
function* range(c: Chan<number>): Go {
  yield* c.forEach(function* () {});
}

/** A goroutine uses the channel in `c` while main puts another one into it. */
function* itself(first: Chan<number>, use: (c: Chan<number>) => Go<unknown>): Go {
  const done = new Chan<boolean>(1);
  const c = variable("c", first);
  yield* go(function* () {
    yield* use(yield* c.read());
    yield* done.send(true);
  });
  yield* c.write(new Chan<number>(20));
  yield* done.recv();
}

/** Two goroutines take `mtx`, a channel of `capacity` tokens, around a write. */
function* tokens(capacity: number): Go {
  const done = new Chan<null>();
  const mtx = new Chan<boolean>(capacity);
  const data = variable("data");
  yield* go(function* () {
    yield* mtx.send(true);
    yield* data.write(42);
    yield* mtx.recv();
    yield* done.send(null);
  });
  yield* mtx.send(true);
  yield* data.write(43);
  yield* mtx.recv();
  yield* done.recv();
}

/** A goroutine sends the value of x; main stores what it receives from `from` in x. */
function* sendAgainstStore(
  send: Chan<number>,
  from: RecvChan<number>,
  before: () => Go<unknown>,
  spare?: Chan<number>,
): Go {
  const done = new Chan<boolean>();
  const x = variable();
  yield* before();
  yield* go(function* () {
    const value = yield* x.read();
    if (spare === undefined) yield* send.send(value);
    else yield* select(send.onSend(value), spare.onSend(1));
    yield* done.send(true);
  });
  if (spare === undefined) {
    yield* x.write((yield* from.recv()) ?? 0);
  } else {
    const got = yield* select(from.onRecv(), spare.onSend(1));
    if (got.index === 0) yield* x.write(got.value ?? 0);
  }
  yield* done.recv();
}

function* nothing(): Go {}

/** A buffer of one with a nil in it, a goroutine that sends a box, and a receiver of both. */
function* blockedSend(last: (c: Chan<{ i: Variable } | null>) => Go<unknown>): Go {
  const c = new Chan<{ i: Variable } | null>(1);
  yield* c.send(null);
  yield* go(function* () {
    const i = variable("i");
    yield* i.write(42);
    yield* c.send({ i });
  });
  yield* sleep(10);
  yield* c.recv();
  yield* last(c);
}

export const clean = cases({
  *ChanSync() {
    const v = variable("v");
    const c = new Chan<number>();
    yield* go(function* () {
      yield* v.write(1);
      yield* c.send(0);
    });
    yield* c.recv();
    yield* v.write(2);
  },
  *ChanSyncRev() {
    const v = variable("v");
    const c = new Chan<number>();
    yield* go(function* () {
      yield* c.send(0);
      yield* v.write(2);
    });
    yield* v.write(1);
    yield* c.recv();
  },
  *ChanAsync() {
    const v = variable("v");
    const c = new Chan<number>(10);
    yield* go(function* () {
      yield* v.write(1);
      yield* c.send(0);
    });
    yield* c.recv();
    yield* v.write(2);
  },
  ChanAsyncCloseRecv: () => closedThen(10, mayPanic),
  ChanAsyncCloseRecv2: () => closedThen(10, ok),
  ChanAsyncCloseRecv3: () => closedThen(10, range),
  ChanSyncCloseRecv: () => closedThen(0, mayPanic),
  ChanSyncCloseRecv2: () => closedThen(0, ok),
  ChanSyncCloseRecv3: () => closedThen(0, range),
  *ChanPtr() {
    const c = new Chan<Variable>();
    yield* go(function* () {
      const x = variable();
      yield* x.write(1);
      yield* c.send(x);
    });
    const x = yield* c.recv();
    yield* (x as Variable).write(2);
  },
  *SelectReadWriteAsync() {
    const c = new Chan<number>();
    yield* sendAgainstStore(c, c, nothing, new Chan<number>());
  },
  *ChanReadWriteAsync() {
    const c = new Chan<number>(10);
    yield* sendAgainstStore(c, c, nothing);
  },
  *ProducerConsumerUnbuffered() {
    const queue = new Chan<{ f: () => Go<unknown>; done: Chan<boolean> }>();
    const x = variable();
    yield* go(function* () {
      const task = yield* queue.recv();
      if (task === undefined) return;
      yield* task.f();
      yield* task.done.send(true);
    });
    const done = new Chan<boolean>(1);
    yield* queue.send({ f: () => x.write(1) as unknown as Go, done });
    yield* done.recv();
    yield* x.read();
  },
  *ChanCloseLen() {
    const c = new Chan<number>(10);
    const r = new Chan<number>(10);
    yield* go(function* () {
      yield* r.send(c.len);
    });
    yield* go(function* () {
      yield* c.close();
      yield* r.send(0);
    });
    yield* r.recv();
    yield* r.recv();
  },
  *ChanCloseCap() {
    const c = new Chan<number>(10);
    const r = new Chan<number>(10);
    yield* go(function* () {
      yield* r.send(c.cap);
    });
    yield* go(function* () {
      yield* c.close();
      yield* r.send(0);
    });
    yield* r.recv();
    yield* r.recv();
  },
  ChanMutex: () => tokens(1),
  *SelectMutex() {
    const done = new Chan<null>();
    const mtx = new Chan<null>(1);
    const aux = new Chan<boolean>();
    const data = variable("data");
    function* guarded(value: number): Go {
      yield* select(mtx.onSend(null), aux.onRecv());
      yield* data.write(value);
      yield* select(mtx.onRecv(), aux.onRecv());
    }
    yield* go(function* () {
      yield* guarded(42);
      yield* done.send(null);
    });
    yield* guarded(43);
    yield* done.recv();
  },
  *ChanWaitGroup() {
    const n = 10;
    const places = new Chan<boolean>(n / 2);
    const data = Array.from({ length: n }, (_, i) => variable(`data${i}`));
    for (const d of data) {
      yield* places.send(true);
      yield* go(function* () {
        yield* d.write(42);
        yield* places.recv();
      });
    }
    for (let i = 0; i < places.cap; i++) yield* places.send(true);
    for (const d of data) yield* d.read();
  },
  BlockedSendSync: () =>
    blockedSend(function* (c) {
      yield* (yield* c.recv())?.i.read() ?? sleep(0);
    }),
  BlockedSelectSendSync: () =>
    blockedSend(function* (c) {
      const got = yield* select(c.onRecv(), new Chan<number>().onRecv());
      if (got.index === 0 && got.value != null) yield* got.value.i.read();
    }),
  *CloseHappensBeforeRead() {
    for (let round = 0; round < 3; round++) {
      const loc = variable("loc");
      const write = new Chan<null>();
      const read = new Chan<null>();
      yield* go(function* () {
        const got = yield* select(write.onRecv(), onDefault());
        if (got.index === 0) yield* loc.read();
        yield* read.close();
      });
      yield* go(function* () {
        yield* loc.write(1);
        yield* write.close();
      });
      yield* read.recv();
    }
  },
  *ElemSize0() {
    const x = variable("x");
    const y = variable("y");
    const c = new Chan<null>(2);
    yield* c.send(null);
    yield* c.send(null);
    for (const v of [x, y]) {
      yield* go(function* () {
        yield* v.write((yield* v.read()) + 1);
        yield* c.recv();
      });
    }
    yield* sleep(10);
    yield* c.send(null);
    yield* c.send(null);
    yield* x.write((yield* x.read()) + 1);
    yield* y.write((yield* y.read()) + 1);
  },
});

export const racy = cases({
  *ChanAsyncRev() {
    const v = variable("v");
    const c = new Chan<number>(10);
    yield* go(function* () {
      yield* c.send(0);
      yield* v.write(1);
    });
    yield* v.write(2);
    yield* c.recv();
  },
  *ChanSyncCloseSend() {
    const v = variable("v");
    const c = new Chan<number>();
    yield* go(function* () {
      yield* v.write(1);
      yield* c.close();
    });
    yield* panics(() => c.send(0) as unknown as Go);
    yield* v.write(2);
  },
  *ChanAsyncCloseSend() {
    const v = variable("v");
    const c = new Chan<number>(10);
    yield* go(function* () {
      yield* v.write(1);
      yield* c.close();
    });
    yield* panics(function* () {
      for (;;) yield* c.send(0);
    });
    yield* v.write(2);
  },
  *ChanCloseClose() {
    const done = new Chan<boolean>(2);
    const v1 = variable("v1");
    const v2 = variable("v2");
    const c = new Chan<number>();
    for (const [mine, other] of [
      [v1, v2],
      [v2, v1],
    ] as const) {
      yield* go(function* () {
        const hasPanicked = yield* panics(function* () {
          yield* mine.write(1);
          yield* c.close();
        });
        if (hasPanicked) yield* other.write(2);
        yield* done.send(true);
      });
    }
    yield* done.recv();
    yield* done.recv();
  },
  *ChanSendLen() {
    const v = variable("v");
    const c = new Chan<number>(10);
    yield* go(function* () {
      yield* v.write(1);
      yield* c.send(1);
    });
    while (c.len === 0) yield* gosched();
    yield* v.write(2);
  },
  *ChanRecvLen() {
    const v = variable("v");
    const c = new Chan<number>(10);
    yield* c.send(1);
    yield* go(function* () {
      yield* v.write(1);
      yield* c.recv();
    });
    while (c.len !== 0) yield* gosched();
    yield* v.write(2);
  },
  *ChanSendSend() {
    const done = new Chan<boolean>(2);
    const v1 = variable("v1");
    const v2 = variable("v2");
    const c = new Chan<number>(1);
    for (const [mine, other] of [
      [v1, v2],
      [v2, v1],
    ] as const) {
      yield* go(function* () {
        yield* mine.write(1);
        const got = yield* select(c.onSend(1), onDefault());
        if (got.index === 1) yield* other.write(2);
        yield* done.send(true);
      });
    }
    yield* done.recv();
    yield* done.recv();
  },
  *ChanWrongSend() {
    const v1 = variable("v1");
    const v2 = variable("v2");
    const c = new Chan<number>(2);
    yield* go(function* () {
      yield* v1.write(1);
      yield* c.send(1);
    });
    yield* go(function* () {
      yield* v2.write(2);
      yield* c.send(2);
    });
    yield* sleep(10);
    if ((yield* c.recv()) === 1) yield* v2.write(3);
    else yield* v1.write(3);
  },
  *ChanWrongClose() {
    const v1 = variable("v1");
    const v2 = variable("v2");
    const c = new Chan<number>(1);
    const done = new Chan<boolean>();
    yield* go(function* () {
      yield* panics(function* () {
        yield* v1.write(1);
        yield* c.send(1);
        yield* done.send(true);
      });
    });
    yield* go(function* () {
      yield* sleep(10);
      yield* v2.write(2);
      yield* c.close();
      yield* done.send(true);
    });
    yield* sleep(20);
    const { ok: isSent } = yield* c.recvOk();
    yield* (isSent ? v2 : v1).write(2);
    yield* done.recv();
    yield* done.recv();
  },
  *ChanSendClose() {
    const done = new Chan<boolean>(2);
    const c = new Chan<number>(1);
    yield* go(function* () {
      yield* panics(() => c.send(1) as unknown as Go);
      yield* done.send(true);
    });
    yield* go(function* () {
      yield* sleep(10);
      yield* c.close();
      yield* done.send(true);
    });
    yield* done.recv();
    yield* done.recv();
  },
  *ChanSendSelectClose() {
    const done = new Chan<boolean>(2);
    const c = new Chan<number>(1);
    const c1 = new Chan<number>();
    yield* go(function* () {
      yield* panics(function* () {
        yield* sleep(10);
        yield* select(c.onSend(1), c1.onRecv());
      });
      yield* done.send(true);
    });
    yield* go(function* () {
      yield* c.close();
      yield* done.send(true);
    });
    yield* done.recv();
    yield* done.recv();
  },
  *SelectReadWriteAsync() {
    const c2 = new Chan<number>(10);
    yield* sendAgainstStore(new Chan<number>(10), c2, () => c2.send(1) as unknown as Go, new Chan<number>());
  },
  *SelectReadWriteSync() {
    const c1 = new Chan<number>();
    const c2 = new Chan<number>();
    yield* sendAgainstStore(c1, c2, () => readyBoth(c1, c2), new Chan<number>());
  },
  *ChanReadWriteAsync() {
    const c2 = new Chan<number>(10);
    yield* sendAgainstStore(new Chan<number>(10), c2, () => c2.send(10) as unknown as Go);
  },
  *ChanReadWriteSync() {
    const c1 = new Chan<number>();
    const c2 = new Chan<number>();
    yield* sendAgainstStore(c1, c2, () => readyBoth(c1, c2));
  },
  ChanItselfSend: () => itself(new Chan<number>(10), (c) => c.send(0) as unknown as Go),
  *ChanItselfRecv() {
    const c = new Chan<number>(10);
    yield* c.send(1);
    yield* itself(c, (first) => first.recv() as unknown as Go);
  },
  *ChanItselfNil() {
    const c = variable<Chan<number> | null>("c", new Chan<number>(10));
    yield* go(function* () {
      yield* (yield* c.read())?.send(0) ?? sleep(0);
    });
    yield* sleep(10);
    yield* c.write(null);
    yield* c.read();
  },
  ChanItselfClose: () => itself(new Chan<number>(), (c) => c.close() as unknown as Go),
  ChanItselfLen: () =>
    itself(new Chan<number>(), function* (c) {
      return c.len;
    }),
  ChanItselfCap: () =>
    itself(new Chan<number>(), function* (c) {
      return c.cap;
    }),
  *ChanCloseSend() {
    const done = new Chan<boolean>(1);
    const c = new Chan<number>(10);
    yield* go(function* () {
      yield* c.close();
      yield* done.send(true);
    });
    yield* c.send(0);
    yield* done.recv();
  },
  ChanSem: () => tokens(2),
});

/** Somebody receives from the one and sends to the other. */
function* readyBoth(c1: Chan<number>, c2: Chan<number>): Go {
  yield* go(function* () {
    yield* c1.recv();
  });
  yield* go(function* () {
    yield* c2.send(1);
  });
}
