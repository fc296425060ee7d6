// What the programs in Go's test/chan (and closedchan.go) check, written anew. A name in brackets is the
// Go file.

import {
  Chan,
  explore,
  type Go,
  go,
  gosched,
  nilChan,
  onDefault,
  PanicError,
  type RecvChan,
  report,
  run,
  type SendChan,
  select,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, expectTypeOf, test } from "vitest";

test("select: no two cases of one select ever happen, in 5,000 selects over four channels [doubleselect.go]", async () => {
  const N = 5000;
  const seen = await run(
    function* () {
      const chans = Array.from({ length: 4 }, () => new Chan<number>());
      const merged = new Chan<number>();
      const wg = new WaitGroup();
      go(function* () {
        for (let i = 0; i < N; i++) {
          yield* select(...chans.map((ch) => ch.onSend(i)));
        }
        for (const ch of chans) ch.close();
      });
      for (const ch of chans) {
        wg.go(function* () {
          yield* ch.forEach(function* (v) {
            yield* merged.send(v);
          });
        });
      }
      go(function* () {
        yield* wg.wait();
        merged.close();
      });
      const all: number[] = [];
      yield* merged.forEach(function* (v) {
        all.push(v);
      });
      return all;
    },
    { strategy: "random" },
  );
  expect(seen.length).toBe(N);
  expect(new Set(seen).size).toBe(N);
});

for (const capacity of [0, 10]) {
  test(`Chan: values and turns go round in order (capacity ${capacity}) [fifo.go]`, async () => {
    const N = 10;
    const got = await run(function* () {
      const asynchronous = new Chan<number>(capacity || N);
      for (let i = 0; i < N; i++) yield* asynchronous.send(i);
      const values: (number | undefined)[] = [];
      for (let i = 0; i < N; i++) values.push(yield* asynchronous.recv());
      // A chain: each waits for the one before it, so receivers get their turn in order.
      const ch = new Chan<number>(capacity);
      const turns: number[] = [];
      let before = new Chan<void>(1);
      yield* before.send(undefined);
      const wg = new WaitGroup();
      for (let i = 0; i < N; i++) {
        const mine = before;
        const next = new Chan<void>(1);
        wg.go(function* () {
          yield* mine.recv();
          turns.push((yield* ch.recv()) as number);
          yield* next.send(undefined);
        });
        before = next;
      }
      for (let i = 0; i < N; i++) yield* ch.send(i);
      yield* wg.wait();
      return { values, turns };
    });
    const inOrder = Array.from({ length: N }, (_, i) => i);
    expect(got).toEqual({ values: inOrder, turns: inOrder });
  });
}

test("go: 10,000 goroutines in a row hand one value on [goroutines.go]", async () => {
  const got = await run(function* () {
    const first = new Chan<number>();
    let left: Chan<number> = first;
    for (let i = 0; i < 10_000; i++) {
      const right = new Chan<number>();
      go(
        function* (l: Chan<number>, r: Chan<number>) {
          yield* l.send((yield* r.recv()) as number);
        },
        left,
        right,
      );
      left = right;
    }
    go(function* (last: Chan<number>) {
      yield* last.send(1);
    }, left);
    return yield* first.recv();
  });
  expect(got).toBe(1);
});

for (const capacity of [0, 1]) {
  for (const value of [123, 123456n, true, "hello"]) {
    test(`select: a send and a receive with default get through when the partner waits (${typeof value}, capacity ${capacity}) [nonblock.go]`, async () => {
      const got = await run(
        function* () {
          const ch = new Chan<unknown>(capacity);
          const strobe = new Chan<boolean>();
          const isBlocked = (yield* select(ch.onRecv(), onDefault())).index === 1;
          let seen: unknown;
          go(function* () {
            seen = yield* ch.recv();
            yield* strobe.send(true);
          });
          while ((yield* select(ch.onSend(value), onDefault())).index === 1) yield* sleep(1);
          yield* strobe.recv();
          go(function* () {
            yield* ch.send(value);
            yield* strobe.send(true);
          });
          for (;;) {
            const back = yield* select(ch.onRecv(), onDefault());
            if (back.index === 0) {
              yield* strobe.recv();
              return [isBlocked, seen, back.value];
            }
            yield* sleep(1);
          }
        },
        { clock: "jump" },
      );
      expect(got).toEqual([true, value, value]);
    });
  }
}

test("Chan: a direction takes the other operations away, for the compiler [perm.go]", () => {
  expectTypeOf<RecvChan<number>>().not.toHaveProperty("send");
  expectTypeOf<RecvChan<number>>().not.toHaveProperty("close");
  expectTypeOf<RecvChan<number>>().not.toHaveProperty("onSend");
  expectTypeOf<SendChan<number>>().not.toHaveProperty("recv");
  expectTypeOf<SendChan<number>>().not.toHaveProperty("recvOk");
  expectTypeOf<SendChan<number>>().not.toHaveProperty("onRecv");
  expectTypeOf<SendChan<number>>().not.toHaveProperty("forEach");
  expectTypeOf<Chan<number>>().toExtend<RecvChan<number>>();
  expectTypeOf<Chan<number>>().toExtend<SendChan<number>>();
});

// Power series as goroutines: a series is a pair of channels, one coefficient for each request. McIlroy, "Squinting at
// Power Series" (1990).
interface Series {
  readonly request: Chan<void>;
  readonly coefficient: Chan<number>;
}

function series(body: (out: Series) => Go): Series {
  const out = { request: new Chan<void>(), coefficient: new Chan<number>() };
  go(function* () {
    yield* body(out);
  });
  return out;
}

function* get(s: Series): Go<number> {
  yield* s.request.send(undefined);
  return (yield* s.coefficient.recv()) as number;
}

function* put(out: Series, value: number): Go {
  yield* out.request.recv();
  yield* out.coefficient.send(value);
}

function constants(value: number): Series {
  return series(function* (out) {
    for (;;) yield* put(out, value);
  });
}

function sum(f: Series, g: Series): Series {
  return series(function* (out) {
    for (;;) yield* put(out, (yield* get(f)) + (yield* get(g)));
  });
}

/** Two readers of one series, each at its own pace. */
function split(f: Series): [Series, Series] {
  const kept: [number[], number[]] = [[], []];
  const reader = (mine: number[], other: number[]): Series =>
    series(function* (out) {
      for (;;) {
        yield* out.request.recv();
        if (mine.length === 0) {
          const value = yield* get(f);
          mine.push(value);
          other.push(value);
        }
        yield* out.coefficient.send(mine.shift() as number);
      }
    });
  return [reader(kept[0], kept[1]), reader(kept[1], kept[0])];
}

function times(c: number, f: Series): Series {
  return series(function* (out) {
    for (;;) yield* put(out, c * (yield* get(f)));
  });
}

/** (f0 + x F)(g0 + x G) = f0 g0 + x (f0 G + g0 F + x F G) */
function product(f: Series, g: Series): Series {
  return series(function* (out) {
    yield* out.request.recv();
    const f0 = yield* get(f);
    const g0 = yield* get(g);
    yield* out.coefficient.send(f0 * g0);
    const [F1, F2] = split(f);
    const [G1, G2] = split(g);
    const rest = sum(times(f0, G1), times(g0, F1));
    yield* put(out, yield* get(rest));
    const last = product(F2, G2);
    for (;;) yield* put(out, (yield* get(rest)) + (yield* get(last)));
  });
}

for (const strategy of ["gmp", "random"] as const) {
  test(`Chan: power series as coroutines add and multiply (${strategy}) [powser1.go] [powser2.go]`, async () => {
    const got = await run(
      function* () {
        const first = function* (s: Series): Go<number[]> {
          const out: number[] = [];
          for (let i = 0; i < 7; i++) out.push(yield* get(s));
          return out;
        };
        return {
          sum: yield* first(sum(constants(1), constants(2))),
          square: yield* first(product(constants(1), constants(1))),
        };
      },
      { strategy },
    );
    expect(got).toEqual({ sum: [3, 3, 3, 3, 3, 3, 3], square: [1, 2, 3, 4, 5, 6, 7] });
  });
}

test("select: sends and receives of both partners in one select count right [select.go]", async () => {
  const got = await run(function* () {
    let counter = 0;
    let shift = 0;
    const next = (): number => ++counter;
    const a = new Chan<number>();
    const b = new Chan<number>();
    const done = new Chan<string>();
    const sender = function* (x: Chan<number> | null, y: Chan<number> | null, values: number): Go<string> {
      const seen: number[] = [];
      for (let i = 0; i < values; i++) {
        const v = next();
        const { index } = yield* select(x?.onSend(v) ?? null, y?.onSend(v) ?? null);
        seen.push(index);
        if (index === 1) shift++;
      }
      return seen.join("");
    };
    go(function* () {
      yield* done.send(yield* sender(a, b, 4));
    });
    const received: (number | undefined)[] = [];
    for (const ch of [a, b, b, a]) received.push(yield* ch.recv());
    return { order: yield* done.recv(), received, shift };
  });
  expect(got).toEqual({ order: "0110", received: [1, 2, 3, 4], shift: 2 });
});

test("select: waits that are given up leave nothing behind in the queues of channels [select2.go]", async () => {
  const kept = await run(function* () {
    const ch = new Chan<number>();
    const quiet = new Chan<number>();
    go(function* () {
      for (let i = 0; i < 20_000; i++) yield* ch.send(i);
      ch.close();
    });
    for (;;) {
      const got = yield* select(ch.onRecv(), quiet.onRecv());
      if (!got.ok) break;
    }
    // Nobody is left in line at the quiet channel: a send finds no receiver.
    return quiet.trySend(1);
  });
  expect(kept).toBe(false);
});

type Row = [what: string, outcome: "blocks" | "goes on" | "panics", body: () => Go<unknown>];
const closed = function* (): Go<Chan<number>> {
  const ch = new Chan<number>();
  ch.close();
  return ch;
};
const filled = function* (): Go<Chan<number>> {
  const ch = new Chan<number>(1);
  yield* ch.send(7);
  return ch;
};
const TRUTH: Row[] = [
  ["a send on nil", "blocks", () => nilChan<number>().send(7) as unknown as Go],
  ["a receive from nil", "blocks", () => nilChan<number>().recv() as unknown as Go],
  ["a send into a free buffer", "goes on", () => new Chan<number>(1).send(7) as unknown as Go],
  [
    "a receive from closed",
    "goes on",
    function* () {
      return yield* (yield* closed()).recv();
    },
  ],
  [
    "a send on closed",
    "panics",
    function* () {
      yield* (yield* closed()).send(7);
    },
  ],
  ["a receive from what is not ready", "blocks", () => new Chan<number>().recv() as unknown as Go],
  ["an empty select", "blocks", () => select() as unknown as Go],
  ["a select of a nil receive", "blocks", () => select(nilChan<number>().onRecv()) as unknown as Go],
  ["a select of a nil send", "blocks", () => select(nilChan<number>().onSend(7)) as unknown as Go],
  [
    "a select of both on nil",
    "blocks",
    () => select(nilChan<number>().onRecv(), nilChan<number>().onSend(7)) as unknown as Go,
  ],
  ["a select of what is not ready", "blocks", () => select(new Chan<number>().onRecv()) as unknown as Go],
  ["a select with default only", "goes on", () => select(onDefault()) as unknown as Go],
  [
    "a select of a nil receive with default",
    "goes on",
    () => select(nilChan<number>().onRecv(), onDefault()) as unknown as Go,
  ],
  [
    "a select of a nil send with default",
    "goes on",
    () => select(nilChan<number>().onSend(7), onDefault()) as unknown as Go,
  ],
  [
    "a select of a send that is ready",
    "goes on",
    () => select(new Chan<number>(1).onSend(7)) as unknown as Go,
  ],
  [
    "a select of a receive that is ready",
    "goes on",
    function* () {
      return yield* select((yield* filled()).onRecv());
    },
  ],
  [
    "a select of a receive from closed",
    "goes on",
    function* () {
      return yield* select((yield* closed()).onRecv());
    },
  ],
  [
    "a select of a send on closed",
    "panics",
    function* () {
      yield* select((yield* closed()).onSend(7));
    },
  ],
  [
    "a select that sees itself",
    "blocks",
    function* () {
      const ch = new Chan<number>();
      yield* select(ch.onSend(1), ch.onRecv());
    },
  ],
];
for (const [what, outcome, body] of TRUTH) {
  for (const strategy of ["gmp", "random"] as const) {
    test(`Chan: ${what} ${outcome} (${strategy}) [select3.go]`, async () => {
      const r = await report(
        function* () {
          yield* body();
        },
        { strategy },
      );
      expect(r.verdict).toBe({ blocks: "global-deadlock", "goes on": "ok", panics: "panic" }[outcome]);
    });
  }
}

test("select: only the case that is taken assigns [select4.go]", async () => {
  const got = await run(function* () {
    const ready = new Chan<number>(1);
    const quiet = new Chan<number>();
    yield* ready.send(42);
    let assigned = "nothing";
    const taken = yield* select(quiet.onRecv(), ready.onRecv());
    if (taken.index === 0) assigned = "quiet";
    else assigned = `ready ${taken.value}`;
    return assigned;
  });
  expect(got).toBe("ready 42");
});

test("select: channels and values are evaluated once each, from top to bottom, before anything is chosen [select5.go]", async () => {
  const order = await run(function* () {
    const order: string[] = [];
    const note = <T>(what: string, value: T): T => {
      order.push(what);
      return value;
    };
    const full = new Chan<number>(1);
    const quiet = new Chan<number>();
    yield* select(
      note("chan 1", quiet).onRecv(),
      note("chan 2", full).onSend(note("value 2", 1)),
      note("chan 3", quiet).onSend(note("value 3", 2)),
    );
    order.push("chosen");
    return order;
  });
  expect(order).toEqual(["chan 1", "chan 2", "value 2", "chan 3", "value 3", "chosen"]);
});

test("select: a receiver that was in a select and lost keeps the queue whole for those behind it [select6.go]", async () => {
  const r = await report(function* () {
    const c1 = new Chan<boolean>();
    const c2 = new Chan<boolean>();
    const c3 = new Chan<boolean>();
    const c4 = new Chan<boolean>();
    go(function* () {
      yield* c1.recv();
    });
    go(function* () {
      yield* select(c1.onRecv(), c2.onRecv());
      yield* c3.send(true);
    });
    go(function* () {
      yield* c2.recv();
    });
    go(function* () {
      yield* select(c2.onRecv(), c1.onRecv());
      yield* c4.send(true);
    });
    yield* gosched();
    yield* c1.send(true);
    yield* c2.send(true);
    yield* select(c1.onSend(true), c2.onSend(true));
    yield* select(c1.onSend(true), c2.onSend(true));
    yield* c3.recv();
    yield* c4.recv();
  });
  expect(r.verdict).toBe("ok");
});

const RECEIVERS: Record<string, (ch: Chan<number>) => Go> = {
  plain: function* (ch) {
    yield* ch.recv();
  },
  "select of one": function* (ch) {
    yield* select(ch.onRecv());
  },
  "select of two": function* (ch) {
    yield* select(ch.onRecv(), new Chan<number>().onRecv());
  },
};
const SENDERS: Record<string, (ch: Chan<number>) => Go> = {
  plain: function* (ch) {
    yield* ch.send(1);
  },
  "select of one": function* (ch) {
    yield* select(ch.onSend(1));
  },
  "select of two": function* (ch) {
    yield* select(ch.onSend(1), new Chan<number>().onSend(1));
  },
};
for (const [send, sender] of Object.entries(SENDERS)) {
  for (const [recv, receiver] of Object.entries(RECEIVERS)) {
    test(`Chan: ${send} send meets ${recv} receive whose value nobody wants [select7.go]`, async () => {
      const seen = await explore(
        function* () {
          const ch = new Chan<number>();
          const wg = new WaitGroup();
          yield* wg.go(receiver, ch);
          yield* sender(ch);
          yield* wg.wait();
          return "met";
        },
        { schedules: 60, stopAt: "never" },
      );
      expect(seen).toMatchObject({ verdict: "ok", outcomes: [{ result: "met" }] });
    });
  }
}

test("select: a break leaves the loop around it, and only that [select8.go]", async () => {
  const got = await run(function* () {
    const ch = new Chan<number>();
    go(function* () {
      for (;;) yield* ch.send(5);
    });
    let rounds = 0;
    outer: for (;;) {
      for (;;) {
        const { index } = yield* select(ch.onRecv(), onDefault());
        rounds++;
        if (index === 0) break outer;
        yield* gosched();
        break;
      }
    }
    return rounds;
  });
  expect(got).toBeGreaterThan(0);
});

test("Chan: a send is a statement of its own, also with a comparison as its value [sendstmt.go]", async () => {
  const got = await run(function* () {
    const ch = new Chan<boolean>(1);
    yield* ch.send(1 < 2);
    return yield* ch.recv();
  });
  expect(got).toBe(true);
});

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71];
for (const [file, filters] of [
  ["sieve1.go", "one goroutine per prime"],
  ["sieve2.go", "a buffered generator"],
] as const) {
  test(`Chan: a sieve of ${filters} gives the primes [${file}]`, async () => {
    const got = await run(function* () {
      let from = new Chan<number>(file === "sieve2.go" ? 10 : 0);
      go(function* (out: Chan<number>) {
        for (let i = 2; ; i++) yield* out.send(i);
      }, from);
      const primes: number[] = [];
      for (let n = 0; n < PRIMES.length; n++) {
        const prime = (yield* from.recv()) as number;
        primes.push(prime);
        const to = new Chan<number>();
        go(
          function* (source: Chan<number>, sink: Chan<number>) {
            yield* source.forEach(function* (v) {
              if (v % prime !== 0) yield* sink.send(v);
            });
          },
          from,
          to,
        );
        from = to;
      }
      return primes;
    });
    expect(got).toEqual(PRIMES);
  });
}

test("Chan: items of no content are counted all the same [zerosize.go]", async () => {
  const got = await run(function* () {
    const ch = new Chan<undefined>(10);
    for (let i = 0; i < 3; i++) yield* ch.send(undefined);
    return [ch.len, yield* ch.recvOk()];
  });
  expect(got).toEqual([3, { value: undefined, ok: true }]);
});

for (const way of ["recv", "select", "tryRecv", "forEach"] as const) {
  test(`Chan: everything in a closed channel comes out, then ok is false (${way}) [closedchan.go]`, async () => {
    const got = await run(function* () {
      const ch = new Chan<number>(3);
      for (const v of [1, 2]) yield* ch.send(v);
      ch.close();
      const seen: unknown[] = [];
      if (way === "forEach") {
        yield* ch.forEach(function* (v) {
          seen.push(v);
        });
        return [...seen, undefined];
      }
      for (let i = 0; i < 3; i++) {
        if (way === "recv") seen.push((yield* ch.recvOk()).value);
        else if (way === "select") seen.push((yield* select(ch.onRecv(), onDefault())).value);
        else seen.push(ch.tryRecv()?.value);
      }
      return seen;
    });
    expect(got).toEqual([1, 2, undefined]);
  });
}

test("Chan: sending on and closing a closed channel panics, also in a select [closedchan.go]", async () => {
  const texts = await run(function* () {
    const texts: string[] = [];
    for (const doIt of [
      (ch: Chan<number>) => ch.send(1),
      (ch: Chan<number>) => ch.close(),
      (ch: Chan<number>) => select(ch.onSend(1), onDefault()),
    ]) {
      try {
        yield* doIt(yield* closed()) as unknown as Go;
      } catch (error) {
        if (error instanceof PanicError) texts.push(error.message);
      }
    }
    return texts;
  });
  expect(texts).toEqual(["send on closed channel", "close of closed channel", "send on closed channel"]);
});
