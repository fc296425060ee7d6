// Go's exact texts on misuse, one row each: what provokes it, the text, and whether recover can catch it.

import {
  background,
  Canceled,
  Chan,
  Cond,
  DeadlineExceeded,
  type Go,
  GoMap,
  Group,
  go,
  goexit,
  gosched,
  Mutex,
  newTicker,
  nilChan,
  onDefault,
  RWMutex,
  Semaphore,
  SingleFlight,
  SyncMap,
  select,
  sleep,
  synctest,
  synctestDate,
  synctestWait,
  Ticker,
  Timer,
  WaitGroup,
  withCancel,
  withTimeout,
  withValue,
} from "happens-before";

export interface Row {
  readonly where: string;
  /** `fatal`: recover cannot catch it. `panic`: it can. `value`: the body returns it. `argument`: ours, for a bad argument. */
  readonly kind: "fatal" | "panic" | "value" | "argument";
  readonly text: string;
  /** What provokes it, or why nothing can. */
  readonly body: (() => Go<unknown>) | { readonly reason: string };
  /** It needs a certain order of goroutines: it must come up among this many schedules, and all others must be fine. */
  readonly schedules?: number;
  /** It runs in a bubble, and so does what recovers. */
  readonly isInBubble?: true;
}

/** Two goroutines on one map. */
function onMap(second: (m: GoMap<string, number>) => Go<unknown>): () => Go {
  return function* () {
    const m = new GoMap<string, number>();
    yield* m.set("k", 0);
    const wg = new WaitGroup();
    yield* wg.go(function* () {
      yield* m.set("k", 1);
    });
    yield* wg.go(function* () {
      yield* second(m);
    });
    yield* wg.wait();
  };
}

/** A channel that was made in a bubble, used outside. */
function fromBubble(use: (ch: Chan<number>) => Go<unknown>): () => Go {
  return function* () {
    const ch = yield* synctest(function* () {
      return new Chan<number>(1);
    });
    yield* use(ch as Chan<number>);
  };
}

const NIL = null as never;

export const ROWS: readonly Row[] = [
  {
    where: "scheduler",
    kind: "fatal",
    text: "all goroutines are asleep - deadlock!",
    *body() {
      yield* new Chan().recv();
    },
  },
  {
    where: "main called Goexit, nothing left",
    kind: "fatal",
    text: "no goroutines (main called runtime.Goexit) - deadlock!",
    *body() {
      yield* goexit();
    },
  },
  {
    where: "go nilFunc()",
    kind: "fatal",
    text: "go of nil func value",
    *body() {
      go(NIL);
    },
  },
  {
    where: "Mutex.Unlock",
    kind: "fatal",
    text: "sync: unlock of unlocked mutex",
    *body() {
      new Mutex().unlock();
    },
  },
  {
    where: "RWMutex.Unlock",
    kind: "fatal",
    text: "sync: Unlock of unlocked RWMutex",
    *body() {
      new RWMutex().unlock();
    },
  },
  {
    where: "RWMutex.RUnlock",
    kind: "fatal",
    text: "sync: RUnlock of unlocked RWMutex",
    *body() {
      new RWMutex().rUnlock();
    },
  },
  {
    where: "Mutex internals",
    kind: "fatal",
    text: "sync: inconsistent mutex state",
    body: {
      reason:
        "Go throws it when its own invariants are broken, by a copied or overwritten mutex; the state is a private field here, which a program cannot reach",
    },
  },
  {
    where: "map: two writers",
    kind: "fatal",
    text: "concurrent map writes",
    body: onMap((m) => m.set("k", 2) as unknown as Go),
    schedules: 200,
  },
  {
    where: "map: reader and writer",
    kind: "fatal",
    text: "concurrent map read and map write",
    body: onMap((m) => m.get("k") as unknown as Go),
    schedules: 200,
  },
  {
    where: "map: range and writer",
    kind: "fatal",
    text: "concurrent map iteration and map write",
    body: onMap((m) => m.forEach(function* () {}) as unknown as Go),
    schedules: 200,
  },
  {
    where: "map: clone and writer",
    kind: "fatal",
    text: "concurrent map clone and map write",
    body: onMap((m) => m.clone() as unknown as Go),
    schedules: 200,
  },
  {
    where: "nil map store",
    kind: "panic",
    text: "assignment to entry in nil map",
    *body() {
      yield* GoMap.nil<string, number>().set("k", 1);
    },
  },
  {
    where: "WaitGroup: one done too many",
    kind: "panic",
    text: "sync: negative WaitGroup counter",
    *body() {
      yield* new WaitGroup().done();
    },
  },
  {
    where: "WaitGroup: Add beside Wait",
    kind: "panic",
    text: "sync: WaitGroup misuse: Add called concurrently with Wait",
    *body() {
      const wg = new WaitGroup();
      yield* wg.add(1);
      go(function* () {
        yield* wg.done();
      });
      go(function* () {
        yield* wg.add(1);
        yield* wg.done();
      });
      yield* wg.wait();
    },
    schedules: 3000,
  },
  {
    where: "WaitGroup: used again too early",
    kind: "panic",
    text: "sync: WaitGroup is reused before previous Wait has returned",
    *body() {
      const wg = new WaitGroup();
      wg.add(1);
      go(function* () {
        yield* gosched();
        wg.done();
        wg.add(1);
      });
      yield* wg.wait();
    },
  },
  {
    where: "WaitGroup in two bubbles",
    kind: "fatal",
    text: "sync: WaitGroup.Add called from multiple synctest bubbles",
    *body() {
      const wg = new WaitGroup();
      for (let i = 0; i < 2; i++) {
        yield* synctest(function* () {
          wg.add(1);
        });
      }
    },
  },
  {
    where: "WaitGroup inside and outside a bubble",
    kind: "fatal",
    text: "sync: WaitGroup.Add called from inside and outside synctest bubble",
    *body() {
      const wg = new WaitGroup();
      wg.add(1);
      yield* synctest(function* () {
        wg.add(1);
      });
    },
  },
  {
    where: "Cond",
    kind: "panic",
    text: "sync.Cond is copied",
    *body() {
      (Object.create(new Cond(new Mutex())) as Cond).signal();
    },
  },
  {
    where: "Pool",
    kind: "panic",
    text: "nil Pool",
    body: {
      reason:
        "a method on a nil pointer; there is no object here whose method could be called, JavaScript throws first",
    },
  },
  {
    where: "sync.Map CompareAndSwap",
    kind: "panic",
    text: "called CompareAndSwap when value is not of comparable type",
    *body() {
      yield* new SyncMap<string, unknown>().compareAndSwap("k", [], 1);
    },
  },
  {
    where: "sync.Map CompareAndDelete",
    kind: "panic",
    text: "called CompareAndDelete when value is not of comparable type",
    *body() {
      yield* new SyncMap<string, unknown>().compareAndDelete("k", []);
    },
  },
  {
    where: "channel: send",
    kind: "panic",
    text: "send on closed channel",
    *body() {
      const ch = new Chan<number>();
      ch.close();
      yield* ch.send(1);
    },
  },
  {
    where: "channel: a sender that waits",
    kind: "panic",
    text: "send on closed channel",
    *body() {
      const ch = new Chan<number>();
      go(function* () {
        yield* sleep(1);
        ch.close();
      });
      yield* ch.send(1);
    },
  },
  {
    where: "channel: close twice",
    kind: "panic",
    text: "close of closed channel",
    *body() {
      const ch = new Chan<number>();
      ch.close();
      ch.close();
    },
  },
  {
    where: "channel: close nil",
    kind: "panic",
    text: "close of nil channel",
    *body() {
      nilChan<number>().close();
    },
  },
  {
    where: "channel: size (Go: makechan: size out of range)",
    kind: "argument",
    text: "Chan: expected `capacity` to be an integer >= 0, got -1",
    *body() {
      new Chan(-1);
    },
  },
  {
    where: "channel of a bubble: send",
    kind: "fatal",
    text: "send on synctest channel from outside bubble",
    body: fromBubble((ch) => ch.send(1) as unknown as Go),
  },
  {
    where: "channel of a bubble: receive",
    kind: "fatal",
    text: "receive on synctest channel from outside bubble",
    body: fromBubble((ch) => ch.recv() as unknown as Go),
  },
  {
    where: "channel of a bubble: close",
    kind: "fatal",
    text: "close of synctest channel from outside bubble",
    body: fromBubble(function* (ch) {
      ch.close();
    }),
  },
  {
    where: "channel of a bubble: select",
    kind: "fatal",
    text: "select on synctest channel from outside bubble",
    body: fromBubble((ch) => select(ch.onRecv(), onDefault()) as unknown as Go),
  },
  {
    where: "Timer.Stop",
    kind: "panic",
    text: "time: Stop called on uninitialized Timer",
    *body() {
      new Timer().stop();
    },
  },
  {
    where: "Timer.Reset",
    kind: "panic",
    text: "time: Reset called on uninitialized Timer",
    *body() {
      new Timer().reset(1);
    },
  },
  {
    where: "Ticker.Reset",
    kind: "panic",
    text: "time: Reset called on uninitialized Ticker",
    *body() {
      new Ticker().reset(1);
    },
  },
  {
    where: "NewTicker",
    kind: "panic",
    text: "non-positive interval for NewTicker",
    *body() {
      newTicker(0);
    },
  },
  {
    where: "Ticker.Reset of 0",
    kind: "panic",
    text: "non-positive interval for Ticker.Reset",
    *body() {
      newTicker(1).reset(0);
    },
  },
  {
    where: "context: nil parent",
    kind: "panic",
    text: "cannot create context from nil parent",
    *body() {
      withCancel(NIL);
    },
  },
  {
    where: "context: nil key",
    kind: "panic",
    text: "nil key",
    *body() {
      withValue(background(), null, 1);
    },
  },
  {
    where: "context: key",
    kind: "panic",
    text: "key is not comparable",
    *body() {
      withValue(background(), [], 1);
    },
  },
  {
    where: "context: canceled",
    kind: "value",
    text: "context canceled",
    *body() {
      const [ctx, cancel] = withCancel(background());
      cancel();
      return ctx.err() === Canceled ? ctx.err()?.message : undefined;
    },
  },
  {
    where: "context: deadline (Timeout and Temporary are true)",
    kind: "value",
    text: "context deadline exceeded",
    *body() {
      const [ctx] = withTimeout(background(), 1);
      yield* ctx.done().recv();
      const isNet = DeadlineExceeded.timeout() && DeadlineExceeded.temporary();
      return isNet && ctx.err() === DeadlineExceeded ? ctx.err()?.message : undefined;
    },
  },
  {
    where: "errgroup.SetLimit",
    kind: "panic",
    text: "errgroup: modify limit while 2 goroutines in the group are still active",
    *body() {
      const group = new Group();
      for (let i = 0; i < 2; i++) {
        yield* group.go(function* () {
          yield* sleep(1);
        });
      }
      group.setLimit(1);
    },
  },
  {
    where: "semaphore.Weighted",
    kind: "panic",
    text: "semaphore: released more than held",
    *body() {
      yield* new Semaphore(1).release(1);
    },
  },
  {
    where: "singleflight: a panic comes back in the caller",
    kind: "panic",
    text: "boom",
    *body() {
      yield* new SingleFlight<string>().do("key", function* () {
        throw new Error("boom");
      });
    },
  },
  {
    where: "synctest: in a bubble already",
    kind: "panic",
    text: "synctest.Run called from within a synctest bubble",
    isInBubble: true,
    *body() {
      yield* synctest(function* () {});
    },
  },
  {
    where: "synctest: in no bubble",
    kind: "panic",
    text: "goroutine is not in a bubble",
    *body() {
      yield* synctestWait();
    },
  },
  {
    where: "synctest: date in no bubble",
    kind: "panic",
    text: "goroutine is not in a bubble",
    *body() {
      synctestDate();
    },
  },
  {
    where: "synctest: two wait",
    kind: "panic",
    text: "wait already in progress",
    *body() {
      yield* synctest(function* () {
        yield* select(onDefault());
        go(function* () {
          yield* synctestWait();
        });
        yield* sleep(0);
        yield* synctestWait();
      });
    },
    schedules: 300,
  },
  {
    where: "synctest: all blocked",
    kind: "panic",
    text: "deadlock: all goroutines in bubble are blocked",
    *body() {
      yield* synctest(function* () {
        yield* new Chan().recv();
      });
    },
  },
  {
    where: "synctest: main has exited",
    kind: "panic",
    text: "deadlock: main bubble goroutine has exited but blocked goroutines remain",
    *body() {
      yield* synctest(function* () {
        go(function* () {
          yield* new Chan().recv();
        });
      });
    },
  },
];
