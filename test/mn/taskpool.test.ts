import type { Go } from "happens-before";
import { type Chan, type Machine, TaskPool } from "happens-before/mn";
import { FreeNameError, TeamError } from "happens-before/threads";
import { afterEach, describe, expect, test } from "vitest";

const pools: TaskPool[] = [];

function pool(threads = 2): TaskPool {
  const made = new TaskPool({ threads });
  pools.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((made) => made.close()));
});

describe("TaskPool", () => {
  test("TaskPool: results belong to their tasks, whatever their number", async () => {
    const results = await pool().map(
      (n: number) => n * 2,
      Array.from({ length: 20_000 }, (_, i) => i),
    );
    expect(results).toEqual(Array.from({ length: 20_000 }, (_, i) => i * 2));
  });

  test("TaskPool: more tasks than may be under way wait on the caller's side", async () => {
    const count = 70_000;
    const made = pool();
    const all = Array.from({ length: count }, (_, i) => made.run((n: number) => n + 1, i));
    expect(made.pending).toBe(count);
    const sum = (await Promise.all(all)).reduce((a, b) => a + b, 0);
    expect(sum).toBe((count * (count + 1)) / 2);
    expect(made.pending).toBe(0);
  });

  test("TaskPool: values of every kind go both ways", async () => {
    const echo = (...values: unknown[]) => values;
    const values = [
      1.5,
      -0,
      "hé\ud800",
      true,
      null,
      undefined,
      2n ** 70n,
      { a: [1, { b: "c" }] },
      new Map([[1, "x"]]),
    ];
    expect(await pool().run(echo, ...values)).toEqual(values);
  });

  test("TaskPool: two tasks run at the same time on two threads", async () => {
    const both = new SharedArrayBuffer(4);
    const made = pool();
    void both;
    const meet = function* (t: Machine): Go<number> {
      const word = t.int32(1);
      const ids = t.chan<number>(2);
      function* come(t: Machine, word: Int32Array, ids: Chan<number>): Go {
        Atomics.add(word, 0, 1);
        Atomics.notify(word, 0);
        while (Atomics.load(word, 0) < 2) Atomics.wait(word, 0, 1);
        yield* ids.send(t.id);
      }
      t.go(come, word, ids);
      t.go(come, word, ids);
      return (yield* ids.recv())! + (yield* ids.recv())!;
    };
    expect(await made.go(meet)).toBe(1);
  });

  test("TaskPool: a goroutine of the pool may start others and wait for them", async () => {
    const sum = await pool().go(function* (t, n: number) {
      const out = t.chan<number>();
      for (let i = 1; i <= n; i++) {
        t.go(
          function* (_t, i: number, out: Chan<number>) {
            yield* out.send(i);
          },
          i,
          out,
        );
      }
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (yield* out.recv())!;
      return sum;
    }, 100);
    expect(sum).toBe(5050);
  });

  test("TaskPool: what a task throws rejects its promise only, with class and line", async () => {
    const made = pool();
    const bad = made.run(function bad(n: number): number {
      if (n > 1) throw new RangeError(`too much: ${n}`);
      return n;
    }, 2);
    const error = (await bad.catch((e: unknown) => e)) as Error;
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe("too much: 2");
    expect(error.stack).toMatch(/at bad \(.*taskpool\.test\.ts:\d+:\d+\)/);
    const odd = made.go(function* (t): Go {
      yield* t.gosched();
      throw "text";
    });
    await expect(odd).rejects.toBe("text");
    expect(await made.run(() => "still there")).toBe("still there");
  });

  test("TaskPool: free names, promises and what cannot be copied are refused", async () => {
    const made = pool(1);
    const rate = 3;
    await expect(made.run(() => rate)).rejects.toThrow(FreeNameError);
    await expect(made.run(() => rate)).rejects.toThrow(
      /TaskPool\.run: .*names that do not exist on another thread: rate/,
    );
    await expect(made.run((s: symbol) => s, Symbol("no"))).rejects.toThrow(
      /Symbol\(no\) could not be cloned/,
    );
    await expect(made.run(async () => 1)).rejects.toThrow(/#<Promise> could not be cloned/);
    expect(await made.run(() => "still there")).toBe("still there");
  });

  test("TaskPool: close waits for what is under way; later tasks are refused", async () => {
    const made = pool();
    const last = made.run(() => {
      let x = 0;
      for (let i = 0; i < 1e6; i++) x += i;
      return x;
    });
    await made.close();
    expect(await last).toBe(499999500000);
    await expect(made.run(() => 1)).rejects.toThrow(TeamError);
  });

  test("TaskPool: a thread that dies rejects every task", async () => {
    const made = pool();
    const dying = made.run(() => process.exit(4));
    await expect(dying).rejects.toThrow(/thread [01] of 2 died: it ended by itself \(exit code 4\)/);
    await expect(made.run(() => 1)).rejects.toThrow(/died/);
  });

  test("TaskPool: bad arguments name what was expected", () => {
    expect(() => new TaskPool({ threads: 0 })).toThrow(
      "TaskPool: expected `threads` to be an integer from 1 to 16, got 0",
    );
  });
});

test("TaskPool: memory that results took on a thread comes back to the threads", async () => {
  const pool = new TaskPool({ threads: 2, memoryBytes: 2 ** 20 });
  for (let wave = 0; wave < 40; wave++) {
    const results = await pool.map((n: number) => `task ${n}`, new Array<undefined>(1000).keys());
    expect(results.at(-1)).toBe("task 999");
  }
  await pool.close();
});
