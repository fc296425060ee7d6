import { getEventListeners } from "node:events";
import { readFileSync } from "node:fs";
import {
  carry,
  FreeNameError,
  LockError,
  Mutex,
  type Shareable,
  TeamError,
  team,
} from "happens-before/threads";
import { afterEach, describe, expect, test, vi } from "vitest";

const deadlineMs = 20_000;

function cells(n: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * n));
}

afterEach(() => vi.restoreAllMocks());

describe("team: results", () => {
  for (const threads of [1, 2, 4]) {
    test(`team: ${threads} threads return their results in the order of their numbers`, async () => {
      const seen = await team(threads, (t) => [t.id, t.count, t.stopped()], { deadlineMs });
      expect(seen).toEqual(Array.from({ length: threads }, (_, id) => [id, threads, false]));
    });
  }

  test("team: a body may be async, a method, a generator's caller or a named function", async () => {
    const object = {
      async later(t: { id: number }) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return t.id + 10;
      },
    };
    function named(t: { id: number }): number {
      return t.id + 20;
    }
    expect(await team(2, object.later, { deadlineMs })).toEqual([10, 11]);
    expect(await team(2, named, { deadlineMs })).toEqual([20, 21]);
  });

  test("team: threads run at the same time and meet at the barrier, round after round", async () => {
    const rounds = await team(
      3,
      (t, cells) => {
        for (let round = 1; round <= 200; round++) {
          cells[t.id] = round;
          t.barrier();
          if (cells.some((value) => value !== round)) return `round ${round}: ${cells.join()}`;
          t.barrier();
        }
        return "together";
      },
      { args: [cells(3)], deadlineMs },
    );
    expect(rounds).toEqual(["together", "together", "together"]);
  });

  test("team: the library is there as t.threads, and it is the real one", async () => {
    const kinds = await team(
      1,
      (t) => {
        const mu = new t.threads.Mutex();
        return [mu.tryLock(), mu.tryLock(), Object.keys(t.threads).length > 8];
      },
      { deadlineMs },
    );
    expect(kinds).toEqual([[true, false, true]]);
  });

  test("team: plain data are copied, shared memory and primitives inside them are shared", async () => {
    const config = { list: [1, "two", null, { deep: true }], total: cells(1), locks: [new Mutex()] };
    await team(
      2,
      (_t, config) => {
        config.list.push("mine");
        config.locks[0]!.withLock(() => config.total[0]!++);
      },
      { args: [config], deadlineMs },
    );
    expect([config.total[0], config.list.length]).toEqual([2, 4]);
  });

  test("team: a carried function travels as its source", async () => {
    const area = carry((width: number, height: number) => width * height);
    const areas = await team(2, (t, shape) => shape.area(t.id, 7), { args: [{ area }], deadlineMs });
    expect(areas).toEqual([0, 7]);
  });
});

describe("team: output", () => {
  test("team: what a body prints arrives at the caller's stdout and stderr, complete, before the result", async () => {
    const out: string[] = [];
    const err: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
    vi.spyOn(process.stderr, "write").mockImplementation((text) => err.push(String(text)) > 0);
    await team(
      1,
      () => {
        for (let i = 0; i < 1_000; i++) console.log(`line ${i}`);
        console.error("trouble");
        process.stdout.write(new TextEncoder().encode("bytes\n"));
      },
      { deadlineMs },
    );
    vi.restoreAllMocks();
    expect(out.join("").split("\n")).toHaveLength(1_002);
    expect(out.join("")).toContain("line 999\nbytes\n");
    expect(err.join("")).toBe("trouble\n");
  });

  test("team: what was printed before the deadline is not lost", async () => {
    const out: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
    const running = team(
      1,
      () => {
        console.log("last words");
        for (;;);
      },
      { deadlineMs: 300 },
    );
    await expect(running).rejects.toThrow(TeamError);
    vi.restoreAllMocks();
    expect(out.join("")).toBe("last words\n");
  });
});

describe("team: free names", () => {
  test("team: a name from outside is an error that lists them all, before any thread starts", async () => {
    const rate = 0.19;
    const table = [1, 2];
    const refused = team(2, function price() {
      return rate * table[0]!;
    });
    await expect(refused).rejects.toThrow(FreeNameError);
    await expect(refused).rejects.toThrow(
      /^team: `price` uses names that do not exist on another thread: rate, table\.\n.*`args`.*t\.threads/,
    );
  });

  test("team: an imported class is named as it was written, however the test runner has rewritten it", async () => {
    await expect(team(1, () => new Mutex().tryLock())).rejects.toThrow(/another thread: Mutex\./);
    await expect(team(1, () => vi.fn())).rejects.toThrow(/another thread: vi\./);
  });

  test("team: a carried function is checked too, under its own name", () => {
    const rate = 2;
    expect(() =>
      carry(function twice(n: number) {
        return rate * n;
      }),
    ).toThrow(/^carry: `twice` uses names .* rate\./);
  });
});

describe("team: arguments that cannot be shared", () => {
  const refuse = (arg: unknown) => team(1, (_t, _arg: unknown) => 0, { args: [arg as object] });
  for (const [what, arg, text] of [
    [
      "an ordinary typed array",
      { a: new Float64Array(2) },
      "`args[0].a` to be over a SharedArrayBuffer, got a Float64Array",
    ],
    [
      "a plain function",
      [() => 1],
      "`args[0][0]` to be shareable, got a function (anonymous); wrap it: carry(fn)",
    ],
    ["a Map", new Map(), "`args[0]` to be shareable, got an object of class Map"],
    ["a symbol", Symbol.iterator, "`args[0]` to be shareable, got a symbol"],
  ] as const) {
    test(`team: ${what} is refused with its place`, async () => {
      await expect(refuse(arg)).rejects.toThrow(text);
    });
  }

  test("team: an object that contains itself is refused with its place", async () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    await expect(refuse(loop)).rejects.toThrow("`args[0].self` to be without cycles");
  });

  test("team: bad numbers are refused", async () => {
    await expect(team(0, () => 0)).rejects.toThrow(
      "team: expected `threads` to be an integer from 1 to 256, got 0",
    );
    await expect(team(1, () => 0, { deadlineMs: 0 })).rejects.toThrow(
      "expected `deadlineMs` to be a number > 0, got 0",
    );
    await expect(team(1, "not a function" as never)).rejects.toThrow("team: expected a function, got string");
    await expect(team(1, Math.max as never)).rejects.toThrow(
      "team: `max` cannot travel to a thread: it is built in",
    );
  });
});

describe("team: types of arguments", () => {
  interface Stock {
    readonly items: Int32Array;
    readonly mu: Mutex;
    readonly tags: readonly string[];
  }
  type Fits<T> = T extends Shareable ? true : false;

  test("team: what can be shared passes the compiler, what cannot does not", () => {
    const fits: [Fits<Stock>, Fits<Mutex>, Fits<Float64Array>, Fits<{ a: (number | null)[] }>] = [
      true,
      true,
      true,
      true,
    ];
    const unfit: [Fits<Map<string, number>>, Fits<() => void>, Fits<Promise<number>>, Fits<symbol>] = [
      false,
      false,
      false,
      false,
    ];
    expect([...fits, ...unfit]).toHaveLength(8);
  });

  test("team: the body's parameters have the types of the arguments, numbers as number", async () => {
    const stock: Stock = { items: cells(1), mu: new Mutex(), tags: [] };
    const sums = await team(
      1,
      (_t, stock, add, name) => {
        let sum = add;
        sum = sum + 1;
        let text = name;
        text = `${text}!`;
        stock.items[0] = sum;
        return { sum, text };
      },
      { args: [stock, 41, "x"], deadlineMs },
    );
    expect([sums[0]?.sum, sums[0]?.text, stock.items[0]]).toEqual([42, "x!", 42]);
  });
});

describe("team: failures", () => {
  test("team: a throw on one thread rejects with that error, its class, and the line where it was thrown", async () => {
    const failing = team(
      2,
      (t) => {
        if (t.id === 1) throw new RangeError("too far");
        t.barrier(); // thread 1 never comes
      },
      { deadlineMs },
    );
    const error = (await failing.catch((e: unknown) => e)) as RangeError;
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe("too far");
    expect(error.stack).toMatch(
      /RangeError: too far\n\s+at .*team\.test\.ts:\d+:\d+\)?\n\s+at thread 1 of 2\n/,
    );
    const line = Number(/team\.test\.ts:(\d+)/.exec(error.stack ?? "")?.[1]);
    expect(sourceLine(line)).toContain('throw new RangeError("too far")');
  });

  // biome-ignore format: thrown on the first line of its text
  const firstLine = {
    method() { throw new Error("in a method"); },
    arrow: () => { throw new Error("in an arrow"); },
  };
  for (const [what, fn] of Object.entries(firstLine)) {
    test(`team: the column of a throw on the first line of a carried ${what} is right`, async () => {
      const failing = team(1, (_t, fn) => fn(), { args: [carry(fn)], deadlineMs });
      const { stack = "" } = (await failing.catch((e: unknown) => e)) as Error;
      const [, line, column] = /team\.test\.ts:(\d+):(\d+)/.exec(stack) ?? [];
      expect(sourceLine(Number(line)).slice(Number(column) - 1)).toMatch(/^new Error/);
    });
  }

  test("team: who waits at the barrier for a thread that has returned is told", async () => {
    const waiting = team(2, (t) => t.id === 0 && t.barrier(), { deadlineMs });
    await expect(waiting).rejects.toThrow(
      "t.barrier: another thread of the team has ended, so nobody can pass any more",
    );
  });

  test("team: a thread that looks at t.stopped() ends by itself after another has failed", async () => {
    const log = cells(1);
    const failing = team(
      2,
      (t, log) => {
        if (t.id === 0) throw new Error("first");
        while (!t.stopped());
        log[0] = 1;
      },
      { args: [log], deadlineMs },
    );
    await expect(failing).rejects.toThrow("first");
    expect(log[0]).toBe(1);
  });

  test("team: a thread that never looks is ended, and the promise waits for that", async () => {
    const log = cells(1);
    const failing = team(
      2,
      (t, log) => {
        if (t.id === 0) throw new Error("first");
        for (;;) Atomics.add(log, 0, 1);
      },
      { args: [log], deadlineMs },
    );
    await expect(failing).rejects.toThrow("first");
    const after = log[0];
    await new Promise((resolve) => setImmediate(resolve));
    expect(log[0]).toBe(after);
  });

  test("team: what is not an Error arrives as the cause of one", async () => {
    const failing = team(1, () => {
      throw 42;
    });
    await expect(failing).rejects.toMatchObject({
      message: "team: thread 0 of 1 threw 42, which is not an Error",
      cause: 42,
    });
  });

  test("team: an error of an async body arrives", async () => {
    await expect(team(1, async () => Promise.reject(new TypeError("later")))).rejects.toThrow(
      new TypeError("later"),
    );
  });

  test("team: a result that cannot be cloned is told", async () => {
    await expect(team(1, () => () => 1, { deadlineMs })).rejects.toThrow(
      /^team: the result of thread 0 cannot be sent: .*could not be cloned/,
    );
  });

  test("team: an error that cannot be cloned arrives all the same", async () => {
    const failing = team(
      1,
      () => {
        throw Object.assign(new Error("with baggage"), { callback: () => 1, code: "E42" });
      },
      { deadlineMs },
    );
    await expect(failing).rejects.toMatchObject({ message: "with baggage", code: "E42" });
  });

  test("team: the name of the library's errors survives the way", async () => {
    const failing = team(1, (t) => new t.threads.Mutex().unlock(), { deadlineMs });
    await expect(failing).rejects.toMatchObject({
      name: LockError.name,
      message: "sync: unlock of unlocked mutex",
    });
  });

  test("team: an error that comes after the body has returned is shown on stderr", async () => {
    const err: string[] = [];
    const shown = new Promise<void>((resolve) => {
      vi.spyOn(process.stderr, "write").mockImplementation((text) => {
        err.push(String(text));
        resolve();
        return true;
      });
    });
    await team(1, () => void Promise.reject(new Error("forgotten")), { deadlineMs });
    await shown;
    vi.restoreAllMocks();
    expect(err.join("")).toMatch(/^Uncaught on a thread whose body had returned: Error: forgotten\n/);
  });

  test("team: a thread that exits is noticed at once", async () => {
    const exiting = team(
      2,
      (t) => {
        if (t.id === 1) process.exit(3);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      },
      { deadlineMs },
    );
    await expect(exiting).rejects.toThrow("team: thread 1 of 2 died: it ended by itself (exit code 3)");
  });

  test("team: an error in a timer of the body kills its thread and fails the team", async () => {
    const failing = team(
      1,
      () =>
        new Promise((resolve) => {
          setTimeout(() => {
            throw new Error("in a timer");
          }, 1);
          setTimeout(resolve, 10_000);
        }),
      { deadlineMs },
    );
    const error = (await failing.catch((e: unknown) => e)) as TeamError;
    expect(error.message).toMatch(/^team: thread 0 of 1 died: of an uncaught error: in a timer$/);
    expect((error.cause as Error).message).toBe("in a timer");
  });
});

describe("team: ended from outside", () => {
  test("team: a deadline ends a body that loops for ever, and says which threads were late", async () => {
    const late = team(
      2,
      () => {
        for (;;);
      },
      { deadlineMs: 100 },
    );
    await expect(late).rejects.toThrow(
      "team: the deadline of 100 ms passed; thread 0 and thread 1 of 2 had not returned and had to stop",
    );
  });

  test("team: a deadline ends a thread that sleeps on a lock nobody opens", async () => {
    const mu = new Mutex();
    mu.tryLock();
    await expect(team(1, (_t, mu) => mu.lock(), { args: [mu], deadlineMs: 200 })).rejects.toThrow(TeamError);
  });

  test("team: an abort ends it and rejects with the reason; the signal is left alone afterwards", async () => {
    const controller = new AbortController();
    const running = team(
      1,
      () => {
        for (;;);
      },
      { signal: controller.signal, deadlineMs },
    );
    setImmediate(() => controller.abort(new Error("changed my mind")));
    await expect(running).rejects.toThrow("changed my mind");
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  test("team: a signal that is aborted already starts nothing", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(team(1, () => 0, { signal })).rejects.toThrow("too late");
  });
});

describe("team: threads are kept and never leaked", () => {
  test("team: 300 teams in a row use the same few threads", async () => {
    const threads = new Set<number>();
    for (let round = 0; round < 300; round++) {
      const ids = await team(2, () => process.getBuiltinModule("node:worker_threads").threadId, {
        deadlineMs,
      });
      for (const id of ids) threads.add(id);
    }
    expect(threads.size).toBe(2);
  });

  test("team: teams at the same time do not share a thread", async () => {
    const both = await Promise.all([
      team(2, (t) => t.barrier(), { deadlineMs }),
      team(2, (t) => t.barrier(), { deadlineMs }),
    ]);
    expect(both).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  test("team: a thread on which a body left a timer or a global is not used again", async () => {
    await team(
      1,
      () => {
        setInterval(() => {}, 1);
        Object.assign(globalThis, { leftover: 1 });
      },
      { deadlineMs },
    );
    const seen = await team(
      4,
      () => ["leftover" in globalThis, process.getActiveResourcesInfo().includes("Timeout")],
      {
        deadlineMs,
      },
    );
    expect(seen).toEqual(seen.map(() => [false, false]));
  });
});

function sourceLine(line: number): string {
  return source.split("\n")[line - 1] ?? "";
}

const source = readFileSync(new URL(import.meta.url), "utf8");
