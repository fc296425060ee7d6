// Unit 06, executed in smoke size: what each of its cells must have shown, by the row of the curriculum. course.test.ts
// executes it and registers these tests.
import type { ICodeCell, INotebookContent, IOutput } from "@jupyterlab/nbformat";
import { expect, test } from "vitest";

/** Registers the tests of the notebook that `executed` reads. */
export function unit06(executed: () => INotebookContent): void {
  /** All that a cell has shown, as text. */
  function shown(id: string): string {
    const cell = executed().cells.find((c) => c["id"] === id) as ICodeCell | undefined;
    if (cell === undefined) throw new Error(`no cell is called ${id}`);
    return cell.outputs.map(textOf).join("\n").replace(/\n+/g, "\n"); // a stream comes in pieces
  }

  /** A row of a table, by its first cell: words apart by two spaces or more. */
  function row(id: string, first: string): string[] {
    const line = shown(id)
      .split("\n")
      .find((text) => text.startsWith(`${first}  `));
    return line?.trim().split(/ {2,}/) ?? [];
  }

  test("nothing is given away before the learner has guessed", () => {
    expect(shown("who-blocks")).toMatch(/not guessed yet/);
    expect(shown("measured-guess")).toMatch(/not guessed yet/);
  });

  test("AP-18: the second read waits behind the writer, and the upgrade for itself", () => {
    expect(shown("read-twice")).toMatch(/a writer in line|held for reading by goroutine/);
    expect(shown("read-twice")).toMatch(/circle: goroutine 1 → rwmutex#1 → goroutine 1/);
  });

  test("AP-19: three locks in a circle stand still, are predicted from a calm run, and refused on threads", () => {
    expect(shown("once")).toContain("ok - all three have returned");
    expect(shown("standstill")).toMatch(/DEADLOCK: all goroutines are asleep/);
    expect(shown("wait-graph")).toMatch(
      /circle: goroutine \d → .* → goroutine \d → .* → goroutine \d → .* → goroutine \d/,
    );
    expect(shown("lock-order")).toMatch(/the run itself: all three have returned[\s\S]*LOCK ORDER: a circle/);
    expect(shown("in-order")).toMatch(/^ok - /);
    expect(shown("threads-circle")).toMatch(/would deadlock: thread \d+ and thread \d+ wait for each other/);
  });

  test("AP-20: a method that calls a method, and a lock whose other half is a channel", () => {
    expect(shown("double-lock")).toMatch(/circle: goroutine 1 → mutex#1 → goroutine 1/);
    expect(shown("lock-and-channel")).toMatch(
      /chan send[\s\S]*sync\.Mutex\.Lock|sync\.Mutex\.Lock[\s\S]*chan send/,
    );
  });

  test("AP-21: five ways out keep the lock; a dead thread's lock is poisoned; a key in Redis costs its time to live", () => {
    for (const way of ["return", "break", "continue", "throw", "endless wait"]) {
      expect(row("ways-out-table", way)).toEqual([way, "held for ever"]);
    }
    expect(shown("terminated")).toContain("still locked after 300 ms");
    expect(shown("poisoned")).toContain("the next thread got the lock, and knew");
    expect(shown("crashed")).toMatch(
      /0\.5 s: .* after 0\.5 s\n.*30 s: .* after 30\.\d s\n.*Infinity s: .* not within an hour/,
    );
  });

  test("AP-22: without a deadline the pool never comes back, and the close waits behind the caller's mutex", () => {
    expect(shown("pool-claims")).toMatch(/Without any: \d+, never/);
    expect(shown("blocked-write-tested")).toContain("with the caller's mutex: waits as well");
  });

  test("AP-23: two keys on sharded locks deadlock as they come, and not in the order of the shards", () => {
    expect(shown("shards")).toMatch(/as they come: global-deadlock; by shard: ok/);
  });

  test("FX-21: order, budget and narrow locks, each run beside what it replaces", () => {
    expect(shown("timeouts")).toMatch(/moved, moved/);
    expect(shown("timeouts")).toMatch(/gave up, gave up/);
    expect(shown("timeouts")).not.toContain("DEADLOCK");
    expect(shown("measured-picture")).toMatch(/128, in order/);
    expect(shown("rules")).toMatch(/4 of 4 kept/);
  });

  test("FX-22: a wait that its context ends returns in time and leaves nothing behind", () => {
    expect(shown("with-context")).toContain(
      "in: false, after 501 ms: context deadline exceeded; the next one got the lock at 2000 ms",
    );
  });

  test("FX-23: the table of four locks and five steps is computed, and comes out so", () => {
    const table = "reentrancy-table";
    expect(row(table, "R, then R").slice(1, 5)).toEqual(["hangs", "can hang", "fine", "can hang"]);
    expect(row(table, "W, then W").slice(1, 5)).toEqual(["hangs", "hangs", "hangs", "hangs"]);
    expect(row(table, "R, then W").slice(1, 5)).toEqual(["hangs", "hangs", "hangs", "fine"]);
    expect(row(table, "W, then R").slice(1, 5)).toEqual(["hangs", "hangs", "hangs", "fine"]);
    expect(row(table, "W, release, W").slice(1, 5)).toEqual(["fine", "fine", "fine", "fine"]);
  });

  test("FX-24: a real dump is read, explained and drawn; Go's rule sees the global deadlock only", () => {
    expect(shown("dump")).toMatch(/goroutine \d+ \[sync\.(RW)?Mutex\.R?Lock\]:/);
    expect(shown("dump-explained")).toMatch(/cycle: goroutine \d+ →/);
    expect(shown("dump-graph")).toMatch(/circle: goroutine \d+ → \w+ of \*main\.\w+/);
    expect(shown("partial")).toMatch(/ticker false: .*deadlock!; our detectors: global-deadlock/);
    expect(shown("partial")).toMatch(/ticker true: .*no word; our detectors: partial-deadlock/);
  });

  test("FC-34: with a deadline the queue is gone again; how high it was depends on rate × deadline", () => {
    expect(shown("pool-claims")).toMatch(/most in line \d{3,}; empty again at second \d+/);
    expect(shown("pool-claims")).toMatch(/With 500 ms: 0, no queue at all/);
  });

  test("FC-35: a panic, a Goexit and a defer behind the recover all release the lock", () => {
    for (const way of ["panic, deferred", "Goexit, deferred", "panic, deferred after the recover"]) {
      expect(row("ways-out-table", way)).toEqual([way, "free"]);
    }
    expect(shown("ways-out-table")).toContain("does not hold here");
  });

  test("FC-36: the sample as it is printed is clean in every schedule, nested it deadlocks", () => {
    expect(shown("three-locks")).toMatch(/as printed: ok\./);
    expect(shown("three-locks")).toMatch(/nested: {5}global-deadlock\./);
    expect(shown("three-locks-tested")).toContain("does not hold here");
  });

  test("FC-37: a real dump names waiters and no holder", () => {
    expect(shown("dump-holders")).toMatch(/6 goroutines are said to wait, and 0 to hold/);
    expect(shown("dump-holders")).toContain("does not hold here");
  });

  test("FC-38: the published table of re-entrancy does not fit Go's locks", () => {
    expect(shown("reentrancy-table")).toContain("does not hold here");
  });

  test("FC-39: the mutex that a blocked write holds is the caller's", () => {
    expect(shown("blocked-write-tested")).toContain("without: could close it");
    expect(shown("blocked-write-tested")).toContain("does not hold here");
  });
}

function textOf(output: IOutput): string {
  const data =
    (output["data"] as Record<string, unknown> | undefined)?.["text/plain"] ?? output["text"] ?? "";
  return Array.isArray(data) ? data.join("") : String(data);
}
