import { DeadlockError, type Go, MisuseError } from "happens-before";
import { type Chan, type Machine, type Mutex, runThreads, type WaitGroup } from "happens-before/mn";
import {
  ChannelError,
  carry,
  FreeNameError,
  LockError,
  TeamError,
  Mutex as ThreadMutex,
} from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

describe("runThreads: results", () => {
  for (const threads of [1, 2, 4]) {
    test(`runThreads: main's result comes back (${threads} threads)`, async () => {
      const seen = await runThreads(
        threads,
        function* (t) {
          yield* t.gosched();
          return { count: t.count, goid: t.goid(), text: "hé\ud800", list: [1, null, undefined, true] };
        },
        { deadlineMs },
      );
      expect(seen).toEqual({ count: threads, goid: 1, text: "hé\ud800", list: [1, null, undefined, true] });
    });

    test(`runThreads: 100,000 goroutines count in one word (${threads} threads)`, async () => {
      const seen = await runThreads(
        threads,
        function* (t) {
          const total = t.int32(1);
          const wg = t.waitGroup();
          for (let i = 0; i < 100_000; i++) {
            wg.go(function* (_t, total: Int32Array) {
              Atomics.add(total, 0, 1);
            }, total);
          }
          yield* wg.wait();
          return total[0];
        },
        { deadlineMs },
      );
      expect(seen).toBe(100_000);
    });

    test(`runThreads: a mutex lets one goroutine in at a time (${threads} threads)`, async () => {
      const seen = await runThreads(
        threads,
        function* (t) {
          const mu = t.mutex();
          const wg = t.waitGroup();
          const money = t.int32(3);
          for (let i = 0; i < 20; i++) {
            wg.go(
              function* (t, mu: Mutex, money: Int32Array) {
                for (let k = 0; k < 500; k++) {
                  yield* mu.lock();
                  money[1]!++;
                  if (money[1] !== 1) money[2] = 1;
                  if (k % 50 === 0) yield* t.gosched();
                  money[0]!++;
                  money[1]!--;
                  mu.unlock();
                }
              },
              mu,
              money,
            );
          }
          yield* wg.wait();
          return [...money];
        },
        { deadlineMs },
      );
      expect(seen).toEqual([10_000, 0, 0]);
    });
  }
});

describe("runThreads: channels", () => {
  test("Chan: values of one sender come in order, each once, to receivers on all threads", async () => {
    const [sums, isOrdered] = await runThreads(
      2,
      function* (t) {
        function* produce(_t: Machine, id: number, out: Chan<[number, number]>, wg: WaitGroup): Go {
          for (let i = 1; i <= 2000; i++) yield* out.send([id, i]);
          wg.done();
        }
        function* consume(
          _t: Machine,
          inn: Chan<[number, number]>,
          out: Chan<{ sums: number[]; isOrdered: boolean }>,
        ): Go {
          const sums = [0, 0, 0];
          const last = [0, 0, 0];
          let isOrdered = true;
          yield* inn.forEach(function* ([id, i]) {
            if (i <= last[id]!) isOrdered = false;
            last[id] = i;
            sums[id]! += i;
          });
          yield* out.send({ sums, isOrdered });
        }
        const ch = t.chan<[number, number]>(8);
        const results = t.chan<{ sums: number[]; isOrdered: boolean }>();
        const wg = t.waitGroup();
        wg.add(3);
        for (let id = 0; id < 3; id++) t.go(produce, id, ch, wg);
        for (let id = 0; id < 3; id++) t.go(consume, ch, results);
        yield* wg.wait();
        ch.close();
        const sums = [0, 0, 0];
        let isOrdered = true;
        for (let i = 0; i < 3; i++) {
          const one = (yield* results.recv())!;
          one.sums.forEach((sum, id) => {
            sums[id]! += sum;
          });
          isOrdered &&= one.isOrdered;
        }
        return [sums, isOrdered] as const;
      },
      { deadlineMs },
    );
    expect(sums).toEqual([2001000, 2001000, 2001000]);
    expect(isOrdered).toBe(true);
  });

  test("Chan: goroutines on two threads pass a value to and fro, and each parks itself only", async () => {
    const seen = await runThreads(
      2,
      function* (t) {
        function* other(t: Machine, ping: Chan<number>, pong: Chan<number>, where: Int32Array): Go {
          Atomics.store(where, 0, t.id + 1);
          Atomics.notify(where, 0);
          for (;;) {
            const { value, ok } = yield* ping.recvOk();
            if (!ok) return pong.close() as never;
            yield* pong.send(value! + 1);
          }
        }
        const [ping, pong, where] = [t.chan<number>(), t.chan<number>(), t.int32(1)];
        t.go(other, ping, pong, where);
        // The thread waits: so it is the other one that takes it.
        t.blocking(() => Atomics.wait(where, 0, 0));
        let n = 0;
        for (let i = 0; i < 500; i++) {
          yield* ping.send(n);
          n = (yield* pong.recv())!;
        }
        ping.close();
        const end = yield* pong.recvOk();
        return { n, end, isElsewhere: where[0] !== t.id + 1 };
      },
      { deadlineMs },
    );
    expect(seen).toEqual({ n: 500, end: { value: undefined, ok: false }, isElsewhere: true });
  });

  test("Chan: a channel, a lock and a function inside a message are the ones that were sent", async () => {
    const seen = await runThreads(
      2,
      function* (t) {
        function* serve(
          _t: Machine,
          requests: Chan<{ n: number; f: (n: number) => number; reply: Chan<number> }>,
        ): Go {
          yield* requests.forEach(function* ({ n, f, reply }) {
            yield* reply.send(f(n));
          });
        }
        const requests = t.chan<{ n: number; f: (n: number) => number; reply: Chan<number> }>();
        t.go(serve, requests);
        const replies = [t.chan<number>(), t.chan<number>()];
        const f = (n: number) => n * n;
        yield* requests.send({ n: 3, f, reply: replies[0]! });
        const first = yield* replies[0]!.recv();
        yield* requests.send({ n: 4, f, reply: replies[1]! });
        return [first, yield* replies[1]!.recv()];
      },
      { deadlineMs },
    );
    expect(seen).toEqual([9, 16]);
  });

  test("Chan: a receiver gets a copy, also on the thread of the sender", async () => {
    const seen = await runThreads(
      1,
      function* (t) {
        const ch = t.chan<number[]>(1);
        const mine = [1];
        yield* ch.send(mine);
        mine.push(2);
        return yield* ch.recv();
      },
      { deadlineMs },
    );
    expect(seen).toEqual([1]);
  });

  test("Chan: what cannot be copied is an error at the send", async () => {
    const sending = runThreads(
      1,
      function* (t) {
        yield* t.chan<unknown>(1).send({ done: Symbol("no") });
      },
      { deadlineMs },
    );
    await expect(sending).rejects.toThrow(
      /a value cannot be sent to another goroutine: Symbol\(no\) could not be cloned/,
    );
  });

  test("Chan: closing wakes receivers, fails senders, and refuses what comes later", async () => {
    const seen = await runThreads(
      2,
      function* (t) {
        function* wait(_t: Machine, ch: Chan<number>, out: Chan<unknown>): Go {
          yield* out.send(yield* ch.recvOk());
        }
        function* send(_t: Machine, ch: Chan<number>, out: Chan<unknown>): Go {
          try {
            yield* ch.send(1);
          } catch (error) {
            yield* out.send((error as Error).message);
          }
        }
        const out = t.chan<unknown>(8);
        const empty = t.chan<number>();
        const full = t.chan<number>();
        for (let i = 0; i < 2; i++) t.go(wait, empty, out);
        for (let i = 0; i < 2; i++) t.go(send, full, out);
        yield* t.sleep(5);
        empty.close();
        full.close();
        const seen: unknown[] = [];
        for (let i = 0; i < 4; i++) seen.push(yield* out.recv());
        for (const late of [() => full.close(), () => full.trySend(1)]) {
          try {
            late();
          } catch (error) {
            seen.push(`${(error as Error).name}: ${(error as Error).message}`);
          }
        }
        return seen.map((one) => JSON.stringify(one)).sort();
      },
      { deadlineMs },
    );
    expect(seen).toEqual([
      '"ChannelError: close of closed channel"',
      '"ChannelError: send on closed channel"',
      '"send on closed channel"',
      '"send on closed channel"',
      '{"ok":false}',
      '{"ok":false}',
    ]);
  });
});

describe("runThreads: the end", () => {
  test("a deadlock is found across threads, with all goroutines and their lines", async () => {
    const running = runThreads(
      2,
      function* main(t) {
        const ch = t.chan<number>();
        const mu = t.mutex();
        yield* mu.lock();
        t.go(function* locker(_t, mu: Mutex) {
          yield* mu.lock();
        }, mu);
        t.go(function* receiver(_t, ch: Chan<number>) {
          yield* ch.recv();
        }, ch);
        yield* ch.recv();
      },
      { deadlineMs },
    );
    const error = await running.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DeadlockError);
    const { message } = error as Error;
    expect(message).toMatch(
      /^all goroutines are asleep - deadlock!\n\ngoroutine 1 \[chan receive\]:\nmain\(/,
    );
    expect(message).toMatch(/goroutine 2 \[sync\.Mutex\.Lock\]:\nlocker\(/);
    expect(message).toMatch(/goroutine 3 \[chan receive\]:\nreceiver\(/);
    expect(message).toMatch(/runthreads\.test\.ts:\d+:\d+\n/);
    expect(message).toMatch(/created by main in goroutine 1/);
  });

  test("a goroutine that sleeps is no deadlock", async () => {
    const seen = await runThreads(
      2,
      function* (t) {
        const ch = t.chan<string>();
        t.go(function* (t, ch: Chan<string>) {
          yield* t.sleep(30);
          yield* ch.send("awake");
        }, ch);
        return yield* ch.recv();
      },
      { deadlineMs },
    );
    expect(seen).toBe("awake");
  });

  test("a goroutine that throws ends the run with its error, its class and its line", async () => {
    const running = runThreads(
      2,
      function* main(t) {
        t.go(function* thrower(t: Machine) {
          yield* t.gosched();
          throw new RangeError("too much");
        });
        yield* t.chan().recv();
      },
      { deadlineMs },
    );
    const error = (await running.catch((error: unknown) => error)) as Error;
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe("too much");
    expect(error.stack).toMatch(/at thrower \(.*runthreads\.test\.ts:\d+:\d+\)/);
    expect(error.stack).not.toMatch(/lib\/mn\//);
  });

  test("when main returns the run is over, whatever others do", async () => {
    const seen = await runThreads(
      2,
      function* (t) {
        const ready = t.int32(1);
        t.go(function* (_t, ready: Int32Array) {
          Atomics.store(ready, 0, 1);
          Atomics.notify(ready, 0);
          for (;;) Atomics.load(ready, 0);
        }, ready);
        t.blocking(() => Atomics.wait(ready, 0, 0));
        return "over";
      },
      { deadlineMs },
    );
    expect(seen).toBe("over");
  });

  test("a thread that dies ends the run", async () => {
    const running = runThreads(
      2,
      function* (t) {
        t.go(function* () {
          process.exit(3);
        });
        yield* t.chan().recv();
      },
      { deadlineMs },
    );
    await expect(running).rejects.toThrow(/thread [01] of 2 died: it ended by itself \(exit code 3\)/);
  });

  test("the deadline and the signal end a run", async () => {
    const forever = function* (t: Machine): Go {
      yield* t.sleep(1e6);
    };
    const late = (await runThreads(2, forever, { deadlineMs: 300 }).catch((e: unknown) => e)) as Error;
    expect(late).toBeInstanceOf(TeamError);
    expect(late.message).toBe("runThreads: the deadline of 300 ms passed");
    const stop = new AbortController();
    const running = runThreads(2, forever, { signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
  });
});

describe("runThreads: threads", () => {
  test("threads are kept for the next run, also after the one that loaded this room", async () => {
    const ids: number[] = [];
    for (let i = 0; i < 4; i++) {
      ids.push(
        await runThreads(
          1,
          function* (t) {
            yield* t.gosched();
            return process.getBuiltinModule("node:worker_threads").threadId;
          },
          { deadlineMs },
        ),
      );
    }
    expect(new Set(ids).size).toBe(1);
  });
});

describe("runThreads: what goes between threads", () => {
  test("a body that uses a name from outside is refused, by whom it would be started too", async () => {
    const rate = 3;
    const outside = runThreads(1, function* () {
      yield* [];
      return rate;
    } as never);
    await expect(outside).rejects.toThrow(FreeNameError);
    await expect(outside).rejects.toThrow(
      /runThreads: .* uses names that do not exist on another thread: rate/,
    );
    const inside = runThreads(
      1,
      function* (t) {
        const price = 4;
        t.go(function* worker() {
          if (price > 3) return;
        });
        yield* t.gosched();
      },
      { deadlineMs },
    );
    await expect(inside).rejects.toThrow(
      /go: `worker` uses names that do not exist on another thread: price/,
    );
  });

  test("arguments of the run are shared: primitives, memory, carried functions, from goroutine to goroutine", async () => {
    const mu = new ThreadMutex();
    const money = new Int32Array(new SharedArrayBuffer(4));
    const worker = carry(function* (
      t: Machine,
      mu: ThreadMutex,
      money: Int32Array,
      n: number,
      wg: WaitGroup,
    ): Go {
      for (let i = 0; i < n; i++) {
        mu.withLock(() => money[0]!++);
        if (i % 10 === 0) yield* t.gosched();
      }
      wg.done();
    });
    await runThreads(
      2,
      function* (t, mu, money, worker) {
        const wg = t.waitGroup();
        wg.add(4);
        for (let i = 0; i < 4; i++)
          t.go(worker as never, mu as never, money as never, 500 as never, wg as never);
        yield* wg.wait();
      },
      { args: [mu, money, worker], deadlineMs },
    );
    expect(money[0]).toBe(2000);
  });

  test("misuse is named: an operation that is not yielded, a yield of something else, unlock, a wait group below 0", async () => {
    const forgotten = runThreads(
      1,
      function* (t) {
        const ch = t.chan<number>(1);
        ch.send(1);
        yield* ch.recv();
      },
      { deadlineMs },
    );
    await expect(forgotten).rejects.toThrow(MisuseError);
    await expect(forgotten).rejects.toThrow("send: was called and not yielded; write `yield*` before it");
    const odd = runThreads(
      1,
      function* odd(): Generator<never, void, unknown> {
        yield 5 as never;
      },
      { deadlineMs },
    );
    await expect(odd).rejects.toThrow(
      "odd: yielded something that is not an operation; write `yield*`, not `yield`",
    );
    const unlock = runThreads(
      1,
      function* (t) {
        t.mutex().unlock();
        yield* t.gosched();
      },
      { deadlineMs },
    );
    await expect(unlock).rejects.toThrow(LockError);
    await expect(unlock).rejects.toThrow("sync: unlock of unlocked mutex");
    const below = runThreads(
      1,
      function* (t) {
        t.waitGroup().done();
        yield* t.gosched();
      },
      { deadlineMs },
    );
    await expect(below).rejects.toThrow("sync: negative WaitGroup counter");
    const closed = runThreads(
      1,
      function* (t) {
        const ch = t.chan<number>();
        ch.close();
        yield* ch.send(1);
      },
      { deadlineMs },
    );
    await expect(closed).rejects.toThrow(ChannelError);
  });

  test("bad arguments name what was expected", async () => {
    const main = function* (t: Machine): Go {
      yield* t.gosched();
    };
    await expect(runThreads(0, main)).rejects.toThrow(
      "runThreads: expected `threads` to be an integer from 1 to 16, got 0",
    );
    await expect(runThreads(1, main, { memoryBytes: 100 })).rejects.toThrow(
      "runThreads: expected `memoryBytes` to be a multiple of 64 from 65536 to 2147483648, got 100",
    );
    await expect(runThreads(1, main, { deadlineMs: 0 })).rejects.toThrow(
      "runThreads: expected `deadlineMs` to be a number > 0, got 0",
    );
  });

  test("a run whose memory is full says how to get more", async () => {
    const running = runThreads(
      1,
      function* (t) {
        for (;;) yield* t.chan<number>(1000).send(1);
      },
      { memoryBytes: 2 ** 20, deadlineMs },
    );
    await expect(running).rejects.toThrow(
      "runThreads: the run's shared memory of 1048576 bytes is full; pass { memoryBytes: … }",
    );
  });
});

describe("select", () => {
  test("select: takes what is ready, waits for the first, tells the end, and never takes two", async () => {
    const seen = await runThreads(
      2,
      function* (t) {
        function* numbers(_t: Machine, from: number, out: Chan<number>): Go {
          for (let i = 0; i < 1000; i++) yield* out.send(from + i);
          out.close();
        }
        const [a, b] = [t.chan<number>(), t.chan<number>(2)];
        t.go(numbers, 0, a);
        t.go(numbers, 1000, b);
        let sum = 0;
        let open: [Chan<number> | null, Chan<number> | null] = [a, b];
        while (open[0] !== null || open[1] !== null) {
          const one = yield* t.select(open[0]?.onRecv() ?? null, open[1]?.onRecv() ?? null);
          if (one.ok) sum += one.value!;
          else open = one.index === 0 ? [null, open[1]] : [open[0], null];
        }
        const none = yield* t.select(t.chan<number>().onRecv(), t.onDefault());
        const sent = t.chan<string>(1);
        const send = yield* t.select(sent.onSend("x"), t.onDefault());
        const late = yield* t.select(t.chan<number>().onRecv(), t.after(5).onRecv());
        return [sum, none.index, send.index, yield* sent.recv(), late.index];
      },
      { deadlineMs },
    );
    expect(seen).toEqual([(1999 * 2000) / 2, 1, 0, "x", 1]);
  });

  test("select: goroutines that select on the same two channels both ways exchange every value once", async () => {
    const seen = await runThreads(
      2,
      function* (t) {
        function* trade(t: Machine, a: Chan<number>, b: Chan<number>, got: Int32Array, wg: WaitGroup): Go {
          for (let i = 0; i < 400; i++) {
            const one = yield* t.select(a.onSend(1), b.onRecv());
            Atomics.add(got, one.index, 1);
          }
          wg.done();
        }
        const [a, b, got, wg] = [t.chan<number>(), t.chan<number>(), t.int32(2), t.waitGroup()];
        wg.add(4);
        for (let i = 0; i < 2; i++) t.go(trade, a, b, got, wg);
        for (let i = 0; i < 2; i++) t.go(trade, b, a, got, wg);
        yield* wg.wait();
        return [...got];
      },
      { deadlineMs },
    );
    expect(seen[0]! + seen[1]!).toBe(1600);
    expect(seen[0]).toBe(seen[1]);
  });
});
