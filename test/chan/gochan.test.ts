// What Go's own tests of channels check (src/runtime/chan_test.go, chanbarrier_test.go), written anew. Where Go hammers
// a race many times, the explorer goes through schedules.

import {
  AtomicBool,
  Chan,
  explore,
  go,
  gosched,
  Mutex,
  onDefault,
  report,
  run,
  select,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

for (const capacity of [0, 1, 5, 50]) {
  test(`Chan: blocks while it is empty, blocks while it is full, and loses nothing (capacity ${capacity}) [TestChan]`, async () => {
    const seen = await run(
      function* () {
        const empty = new Chan<number>(capacity);
        const received = new AtomicBool();
        for (const how of [() => empty.recv(), () => empty.recvOk()]) {
          go(function* () {
            yield* how();
            yield* received.store(true);
          });
        }
        yield* sleep(1);
        const blocksEmpty =
          !(yield* received.load()) && (yield* select(empty.onRecv(), onDefault())).index === 1;
        yield* empty.send(0);
        yield* empty.send(0);

        const full = new Chan<number>(capacity);
        for (let i = 0; i < capacity; i++) yield* full.send(i);
        const sent = new AtomicBool();
        go(function* () {
          yield* full.send(0);
          yield* sent.store(true);
        });
        yield* sleep(1);
        const blocksFull = !(yield* sent.load());
        // With the sender in line a further one cannot get in, but there is something to receive.
        const second = (yield* select(full.onSend(0), onDefault())).index === 1;
        yield* full.recv();

        const closed = new Chan<number>(capacity);
        for (let i = 0; i < capacity; i++) yield* closed.send(i);
        closed.close();
        const rest: (number | undefined)[] = [];
        for (let i = 0; i < capacity; i++) rest.push(yield* closed.recv());
        const after = yield* closed.recvOk();
        return { blocksEmpty, blocksFull, second, rest, after };
      },
      { clock: "jump" },
    );
    expect(seen).toEqual({
      blocksEmpty: true,
      blocksFull: true,
      second: true,
      rest: Array.from({ length: capacity }, (_, i) => i),
      after: { value: undefined, ok: false },
    });
  });
}

test("Chan: a receiver that waits sees false when the channel closes [TestChan]", async () => {
  const ok = await run(function* () {
    const ch = new Chan<number>();
    const done = new Chan<boolean>();
    go(function* () {
      yield* done.send((yield* ch.recvOk()).ok);
    });
    yield* gosched();
    ch.close();
    return yield* done.recv();
  });
  expect(ok).toBe(false);
});

for (const capacity of [1, 10, 100]) {
  test(`Chan: four senders and four receivers of 1,000 each pass every value once (capacity ${capacity}) [TestChan]`, async () => {
    const counts = await run(
      function* () {
        const ch = new Chan<number>(capacity);
        const seen = new Map<number, number>();
        const wg = new WaitGroup();
        for (let p = 0; p < 4; p++) {
          wg.go(function* () {
            for (let i = 0; i < 1000; i++) yield* ch.send(i);
          });
          wg.go(function* () {
            for (let i = 0; i < 1000; i++) {
              const v = (yield* ch.recv()) as number;
              seen.set(v, (seen.get(v) ?? 0) + 1);
            }
          });
        }
        yield* wg.wait();
        return seen;
      },
      { strategy: "random" },
    );
    expect(counts.size).toBe(1000);
    expect([...counts.values()].every((n) => n === 4)).toBe(true);
  });
}

test("Chan: a non-blocking receive finds the item or the closed channel, whoever comes first [TestNonblockRecvRace]", async () => {
  const seen = await explore(
    function* () {
      const ch = new Chan<number>(1);
      const done = new Chan<boolean>();
      yield* ch.send(1);
      go(function* () {
        const got = yield* select(ch.onRecv(), onDefault());
        yield* done.send(got.index === 0);
      });
      yield* ch.close();
      yield* ch.recv();
      return yield* done.recv();
    },
    { schedules: 300, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual([true]);
});

test("select: a default is not taken while one of two channels is ready at any time [TestNonblockSelectRace]", async () => {
  const seen = await explore(
    function* () {
      const a = new Chan<number>(1);
      const b = new Chan<number>(1);
      const done = new Chan<boolean>(1);
      yield* a.send(1);
      go(function* () {
        const got = yield* select(a.onRecv(), b.onRecv(), onDefault());
        yield* done.send(got.index < 2);
      });
      yield* b.send(1);
      yield* select(a.onRecv(), onDefault());
      return yield* done.recv();
    },
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual([true]);
});

test("select: the same with a channel that closes [TestNonblockSelectRace2]", async () => {
  const seen = await explore(
    function* () {
      const a = new Chan<number>(1);
      const b = new Chan<number>();
      const done = new Chan<boolean>(1);
      yield* a.send(1);
      go(function* () {
        const got = yield* select(a.onRecv(), b.onRecv(), onDefault());
        yield* done.send(got.index < 2);
      });
      yield* b.close();
      yield* select(a.onRecv(), onDefault());
      return yield* done.recv();
    },
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual([true]);
});

test("select: the tests above can fail: with the second channel ready too late, the default is taken", async () => {
  const seen = await explore(
    function* () {
      const a = new Chan<number>(1);
      const b = new Chan<number>(1);
      const done = new Chan<boolean>(1);
      yield* a.send(1);
      go(function* () {
        const got = yield* select(a.onRecv(), b.onRecv(), onDefault());
        yield* done.send(got.index < 2);
      });
      yield* select(a.onRecv(), onDefault());
      yield* b.send(1);
      return yield* done.recv();
    },
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([false, true]);
});

for (const capacity of [0, 10]) {
  for (const strategy of ["gmp", "random"] as const) {
    test(`select: two goroutines that send and receive in one select never receive from themselves (capacity ${capacity}, ${strategy}) [TestSelfSelect]`, async () => {
      const own = await run(
        function* () {
          const ch = new Chan<number>(capacity);
          const wg = new WaitGroup();
          let own = 0;
          for (let p = 0; p < 2; p++) {
            wg.go(function* () {
              for (let i = 0; i < 1000; i++) {
                const isSendFirst = p === 0 || i % 2 === 0;
                const got = yield* isSendFirst
                  ? select(ch.onSend(p), ch.onRecv())
                  : select(ch.onRecv(), ch.onSend(p));
                if (got.index === (isSendFirst ? 1 : 0) && got.value === p) own++;
              }
            });
          }
          yield* wg.wait();
          return own;
        },
        { strategy, procs: strategy === "gmp" ? 2 : 1 },
      );
      if (capacity === 0) expect(own).toBe(0);
    });
  }
}

for (const strategy of ["gmp", "random"] as const) {
  test(`select: four channels, plain and select senders and receivers, nothing lost (${strategy}) [TestSelectStress]`, async () => {
    const N = 400;
    const got = await run(
      function* () {
        const chans = [0, 0, 2, 3].map((cap) => new Chan<number>(cap));
        const wg = new WaitGroup();
        const received = [0, 0, 0, 0];
        for (const [k, ch] of chans.entries()) {
          wg.go(function* () {
            for (let i = 0; i < N; i++) yield* ch.send(i);
          });
          wg.go(function* () {
            for (let i = 0; i < N; i++) {
              yield* ch.recv();
              received[k] = (received[k] as number) + 1;
            }
          });
        }
        // One that sends N to each by select, one that receives N from each by select; a done channel is nil.
        wg.go(function* () {
          const left = [N, N, N, N];
          for (let i = 0; i < 4 * N; i++) {
            const { index } = yield* select(
              ...chans.map((ch, k) => ((left[k] as number) > 0 ? ch.onSend(i) : null)),
            );
            left[index] = (left[index] as number) - 1;
          }
        });
        wg.go(function* () {
          const left = [N, N, N, N];
          for (let i = 0; i < 4 * N; i++) {
            const { index } = yield* select(
              ...chans.map((ch, k) => ((left[k] as number) > 0 ? ch.onRecv() : null)),
            );
            left[index] = (left[index] as number) - 1;
            received[index] = (received[index] as number) + 1;
          }
        });
        yield* wg.wait();
        return { received, left: chans.map((ch) => ch.len) };
      },
      { strategy },
    );
    expect(got).toEqual({ received: [2 * N, 2 * N, 2 * N, 2 * N], left: [0, 0, 0, 0] });
  });
}

for (const [kind, makes] of [
  ["two ready channels", true],
  ["waiting senders", false],
] as const) {
  test(`select: 10,000 choices among ${kind} are within 10 sigma of half and half [TestSelectFairness]`, async () => {
    const trials = 10_000;
    const counts = await run(function* () {
      const a = new Chan<number>(makes ? trials + 1 : 0);
      const b = new Chan<number>(makes ? trials + 1 : 0);
      const stop = new Chan<never>();
      for (const ch of [a, b]) {
        if (makes) {
          for (let i = 0; i <= trials; i++) yield* ch.send(i);
        } else {
          go(function* () {
            for (;;) if ((yield* select(ch.onSend(0), stop.onRecv())).index === 1) return;
          });
        }
      }
      const counts = [0, 0];
      for (let i = 0; i < trials; i++) {
        if (!makes) yield* gosched(); // both senders wait
        const { index } = yield* select(a.onRecv(), b.onRecv());
        counts[index] = (counts[index] as number) + 1;
      }
      stop.close();
      return counts;
    });
    const sigma = Math.sqrt(trials / 4);
    expect((counts[0] as number) + (counts[1] as number)).toBe(trials);
    expect(Math.abs((counts[0] as number) - trials / 2)).toBeLessThan(10 * sigma);
  });
}

test("Chan: values of any kind come out as they went in, by send, select and default [TestChanSendInterface]", async () => {
  const value = { x: 1 };
  const got = await run(function* () {
    const ch = new Chan<unknown>(3);
    yield* ch.send(value);
    yield* select(ch.onSend(value), onDefault());
    yield* select(ch.onSend(value), new Chan<never>().onRecv());
    return [yield* ch.recv(), yield* ch.recv(), yield* ch.recv()];
  });
  expect(got.every((v) => v === value)).toBe(true);
});

for (const capacity of [0, 100]) {
  test(`select: sends of 0 and 1 on one channel are mixed (capacity ${capacity}) [TestPseudoRandomSend]`, async () => {
    const n = 100;
    const got = await run(function* () {
      const ch = new Chan<number>(capacity);
      const got: number[] = [];
      const mu = new Mutex();
      yield* mu.lock();
      go(function* () {
        for (let i = 0; i < n; i++) {
          yield* gosched();
          got.push((yield* ch.recv()) as number);
        }
        mu.unlock();
      });
      for (let i = 0; i < n; i++) yield* select(ch.onSend(1), ch.onSend(0));
      yield* mu.lock();
      return got;
    });
    const ones = got.filter((v) => v === 1).length;
    expect(got.length).toBe(n);
    expect(ones).toBeGreaterThan(n / 10);
    expect(ones).toBeLessThan(n - n / 10);
  });
}

for (const procs of [1, 4]) {
  test(`Chan: 23 workers range over one queue, and the sum is right (procs ${procs}) [TestMultiConsumer]`, async () => {
    const workers = 23;
    const items = 20_000;
    const values = [2, 3, 7, 11, 13, 17, 19, 23, 27, 31];
    const got = await run(
      function* () {
        const q = new Chan<number>(workers * 3);
        const r = new Chan<number>(workers * 3);
        const wg = new WaitGroup();
        for (let w = 0; w < workers; w++) {
          wg.go(function* () {
            yield* q.forEach(function* (v) {
              if (values[w % values.length] === v) yield* gosched();
              yield* r.send(v);
            });
          });
        }
        let expected = 0;
        go(function* () {
          for (let i = 0; i < items; i++) {
            const v = values[i % values.length] as number;
            expected += v;
            yield* q.send(v);
          }
          q.close();
          yield* wg.wait();
          r.close();
        });
        let n = 0;
        let sum = 0;
        yield* r.forEach(function* (v) {
          n++;
          sum += v;
        });
        return { n, isRight: sum === expected };
      },
      { strategy: "gmp", procs },
    );
    expect(got).toEqual({ n: items, isRight: true });
  });
}

test("select: a goroutine may wait twice on one channel, and leaves it both times [TestSelectDuplicateChannel]", async () => {
  const r = await report(function* () {
    const c = new Chan<number>();
    const d = new Chan<number>();
    const e = new Chan<number>();
    go(function* () {
      yield* select(c.onRecv(), c.onRecv(), d.onRecv());
      yield* e.send(9);
    });
    yield* sleep(1);
    const woken = new Chan<number>(1);
    go(function* () {
      yield* woken.send((yield* c.recv()) as number);
    });
    yield* sleep(1);
    yield* d.send(7);
    yield* e.recv();
    yield* c.send(8);
    return yield* woken.recv();
  });
  expect(r).toMatchObject({ verdict: "ok", result: 8 });
});

for (const [name, usesSelect] of [
  ["TestChanSendSelectBarrier", true],
  ["TestChanSendBarrier", false],
] as const) {
  test(`Chan: what a sender made is whole when it is received, ${usesSelect ? "from a select" : "from a send"} [${name}]`, async () => {
    const bad = await run(
      function* () {
        const wg = new WaitGroup();
        let bad = 0;
        for (let i = 0; i < 10; i++) {
          wg.go(function* () {
            for (let k = 0; k < 200; k++) {
              const ch = new Chan<{ readonly error: Error }>();
              const done = new Chan<never>();
              go(function* () {
                const made = { error: new RangeError("mine") };
                if (usesSelect) yield* select(ch.onSend(made), done.onRecv());
                else yield* ch.send(made);
              });
              const got = yield* ch.recv();
              yield* gosched();
              if (!(got?.error instanceof RangeError)) bad++;
            }
          });
        }
        yield* wg.wait();
        return bad;
      },
      { strategy: "random" },
    );
    expect(bad).toBe(0);
  });
}
