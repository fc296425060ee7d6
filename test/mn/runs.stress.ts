// Ten thousand runs leave nothing behind; a minute of goroutines that do everything at once loses nothing.

import type { Go } from "happens-before";
import { type Chan, type Machine, type Mutex, runThreads, TaskPool, type WaitGroup } from "happens-before/mn";
import { expect, test } from "vitest";

const MIB = 2 ** 20;

test("ten thousand runs: no thread, no handle and no memory is left", async () => {
  const once = () =>
    runThreads(2, function* (t) {
      const ch = t.chan<number>();
      for (let i = 0; i < 4; i++) {
        t.go(
          function* (_t, i: number, out: Chan<number>) {
            yield* out.send(i);
          },
          i,
          ch,
        );
      }
      let sum = 0;
      for (let i = 0; i < 4; i++) sum += (yield* ch.recv())!;
      return sum;
    });
  const rssBytes: number[] = [];
  for (let i = 0; i <= 10_000; i++) {
    expect(await once()).toBe(6);
    if (i % 1000 === 0) rssBytes.push(process.memoryUsage().rss);
  }
  const workers = process
    .getActiveResourcesInfo()
    .filter((name) => name === "Worker" || name === "MessagePort");
  console.log(`rss in MiB after each thousand runs: ${rssBytes.map((b) => Math.round(b / MIB)).join(" ")}`);
  expect(rssBytes.at(-1)! - rssBytes[2]!).toBeLessThan(100 * MIB);
  expect(workers.length).toBeLessThan(40);
});

for (const threads of [2, 4, 8]) {
  test(`channels, selects, a mutex and wait groups together conserve every value (${threads} threads, a minute)`, async () => {
    const untilMs = performance.now() + 60_000;
    let rounds = 0;
    for (; performance.now() < untilMs; rounds++) {
      const seen = await runThreads(
        threads,
        function* (t) {
          function* produce(t: Machine, from: number, a: Chan<number>, b: Chan<number>, wg: WaitGroup): Go {
            for (let i = 0; i < 500; i++) {
              if (i % 3 === 0) yield* a.send(from + i);
              else yield* t.select(a.onSend(from + i), b.onSend(from + i));
            }
            wg.done();
          }
          function* consume(
            t: Machine,
            a: Chan<number>,
            b: Chan<number>,
            mu: Mutex,
            total: Int32Array,
            wg: WaitGroup,
          ): Go {
            let open: [Chan<number> | null, Chan<number> | null] = [a, b];
            while (open[0] !== null || open[1] !== null) {
              const one = yield* t.select(open[0]?.onRecv() ?? null, open[1]?.onRecv() ?? null);
              if (!one.ok) {
                open = one.index === 0 ? [null, open[1]] : [open[0], null];
                continue;
              }
              yield* mu.lock();
              total[0]!++;
              total[1]! += one.value!;
              mu.unlock();
            }
            wg.done();
          }
          const [a, b, mu, total] = [t.chan<number>(), t.chan<number>(3), t.mutex(), t.int32(2)];
          const [producing, consuming] = [t.waitGroup(), t.waitGroup()];
          producing.add(8);
          consuming.add(8);
          for (let i = 0; i < 8; i++) t.go(produce, i * 500, a, b, producing);
          for (let i = 0; i < 8; i++) t.go(consume, a, b, mu, total, consuming);
          yield* producing.wait();
          a.close();
          b.close();
          yield* consuming.wait();
          return [...total];
        },
        { deadlineMs: 60_000 },
      );
      expect(seen).toEqual([4000, (3999 * 4000) / 2]);
    }
    console.log(`${rounds} rounds on ${threads} threads`);
  });
}

test("a pool of tasks for a minute: every result once, and memory stays", async () => {
  const pool = new TaskPool({ threads: 2 });
  const untilMs = performance.now() + 60_000;
  const rssBytes: number[] = [];
  while (performance.now() < untilMs) {
    const results = await pool.map(
      (n: number) => ({ n, text: `task ${n}` }),
      Array.from({ length: 10_000 }, (_, i) => i),
    );
    expect(results.every(({ n, text }, i) => n === i && text === `task ${i}`)).toBe(true);
    rssBytes.push(process.memoryUsage().rss);
  }
  await pool.close();
  expect(rssBytes.at(-1)! - rssBytes[Math.trunc(rssBytes.length / 4)]!).toBeLessThan(150 * MIB);
});
