// The six-structure table: what it says is tested on recorded figures, that it measures what it says on a short run. How the six
// really compare is in six.stress.ts.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  loadSix,
  saveSix,
  six,
  sixAdvice,
  sixComparison,
  sixRows,
  sixScaling,
  sixTree,
} from "happens-before/bench";
import { sixFigure, sixTable, tableText } from "happens-before/plot";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { sixOfBusyMachine, sixOfGo } from "./sixsamples.js";

beforeEach(() => {
  vi.stubEnv("HB_MODE", "quick");
});

describe("what the table says", () => {
  test("six: told from Go's figures: which structures to use for which work, and why", () => {
    const advice = sixAdvice(sixOfGo());
    expect(advice.map(({ work, choose }) => [work, choose])).toEqual([
      ["long write", ["concurrent", "snapshot", "copyonwrite"]],
      ["read", ["snapshot"]],
      ["95/5", ["rwmutex"]],
      ["50/50", ["mutex"]],
      ["short writes", ["snapshot", "copyonwrite"]],
    ]);
    expect(advice[0]?.why).toBe(
      "p99 of readers while one write is held for 200 ms: concurrent 6.2 ms, snapshot 3 ms, copyonwrite 1.9 ms; " +
        "they wait with mutex 193 ms, rwmutex 193 ms, sharded 191 ms",
    );
    expect(advice[1]?.why).toMatch(
      /^an operation: snapshot 3\.64 ns, copyonwrite 4\.3 ns, .*, rwmutex 24\.4 ns$/,
    );
    expect(sixTree(advice).split("\n").slice(0, 2)).toEqual([
      "Can a write take long (I/O, a build)?",
      "├─ yes → concurrent or snapshot or copyonwrite",
    ]);
    expect(sixTree(advice).split("\n")[4]).toBe(
      "│        they wait with mutex 193 ms, rwmutex 193 ms, sharded 191 ms",
    );
    expect(
      Math.max(
        ...sixTree(advice)
          .split("\n")
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(96);
  });

  test("six: readers of a reader-writer lock get less done together than alone, those of a snapshot more", () => {
    const scaling = Object.fromEntries(
      sixScaling(sixOfGo()).map(({ structure, decision }) => [structure, decision]),
    );
    expect(scaling).toEqual({
      mutex: "more together",
      rwmutex: "less together",
      concurrent: "more together",
      snapshot: "more together",
      sharded: "less together",
      copyonwrite: "more together",
    });
  });

  test("six: what varies too much, or comes from a noisy machine, is not told", () => {
    const varying = sixAdvice(sixOfGo({ spread: 25 }));
    expect(varying.slice(2, 4).map(({ isSure, choose }) => [isSure, choose])).toEqual([
      [false, []],
      [false, []],
    ]);
    const noisy = sixAdvice(sixOfGo({ isNoisy: true }));
    expect(noisy[2]?.isSure).toBe(false); // 16 against 19 ns
    expect(noisy[1]?.choose).toEqual(["snapshot", "copyonwrite"]); // 3.6 and 4.3 against 10 ns and more
    expect(sixScaling(sixOfGo({ isNoisy: true })).map(({ decision }) => decision)).toContain(
      "too noisy to tell",
    );
    expect(sixTree(varying)).toContain("cannot tell");
  });

  test("six: of a structure whose readers wait without a long write too it cannot be told what the long one does", () => {
    const long = sixAdvice(sixOfGo({ p99Ms: { mutex: [60, 190], snapshot: [0.1, 30] } }))[0];
    expect(long?.choose).toEqual(["concurrent", "copyonwrite"]);
    expect(long?.why).toMatch(
      /they wait with rwmutex 193 ms, sharded 191 ms; cannot be told of mutex 190 ms, snapshot 30 ms$/,
    );
  });

  test("six: recorded on a busy machine, it tells nothing", async () => {
    const busy = await sixOfBusyMachine();
    expect(sixComparison(busy, "read").noise.isNoisy).toBe(true);
    expect(sixAdvice(busy).map(({ isSure, choose }) => [isSure, choose])).toEqual(
      new Array(5).fill([false, []]),
    );
    expect(sixScaling(busy).every(({ decision }) => decision === "too noisy to tell")).toBe(true);
  });

  test("six: a smoke run claims nothing", () => {
    expect(sixAdvice(sixOfGo({ mode: "smoke" })).every(({ isSure }) => !isSure)).toBe(true);
  });
});

describe("how it is shown and kept", () => {
  test("six: the table has a row a structure, Go's below, and the advice in words", () => {
    const result = sixOfGo();
    const rows = sixRows(result);
    const withGo = { ...result, go: { version: "go1.26.8", procs: 2, rows } };
    const text = tableText(sixTable(withGo));
    expect(
      text
        .split("\n")
        .filter((line) => /^(Go )?(mutex|rwmutex|concurrent|snapshot|sharded|copyonwrite) {2}/.test(line)),
    ).toHaveLength(12);
    expect(text).toContain("Go: go1.26.8, GOMAXPROCS 2.");
    expect(text).toContain("a write is held for 200 ms: concurrent or snapshot or copyonwrite.");
    expect(text).toMatch(/rwmutex 0\.59× \(less\)/);
    expect(sixTable(result).rows[0]).toEqual([
      "mutex",
      "17 ns",
      "15.7 ns",
      "19.8 ns",
      "21 ns",
      "4 µs",
      "64.3 ms",
      "193 ms",
      "212 ms",
      "100 ns",
    ]);
  });

  test("six: the figures have a bar for every structure and work", () => {
    for (const [what, series] of [
      ["speed", 4],
      ["waits", 3],
    ] as const) {
      const { data, alt } = sixFigure(sixOfGo(), what);
      expect(data.map((trace) => trace.x.length)).toEqual(new Array(series).fill(6));
      expect(alt).toContain("snapshot: ");
    }
    expect(() => sixFigure(sixOfGo(), "all" as never)).toThrow(
      new RangeError('sixFigure: expected `what` to be speed or waits, got "all"'),
    );
  });

  test("six: a saved table is the same when it is read; something else is refused", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hb-six-"));
    const path = join(folder, "six.json");
    try {
      await saveSix(path, sixOfGo());
      expect(await loadSix(path)).toEqual(sixOfGo());
      const { workloads } = sixOfGo();
      await saveSix(path, { ...sixOfGo(), workloads: workloads.slice(1) });
      await expect(loadSix(path)).rejects.toThrow(
        `${path}: not a saved six-structure table: it holds no work "read, 1 thread"`,
      );
      for (const [text, why] of [
        ["{}", "expected `format` to be"],
        ["null", "expected `format` to be"],
        ["{", "not JSON"],
      ] as const) {
        await writeFile(path, text);
        await expect(loadSix(path)).rejects.toThrow(`${path}: not a saved six-structure table: ${why}`);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(() => sixComparison({ ...sixOfGo(), workloads: [] }, "read")).toThrow(
      'six: the result holds no work "read"',
    );
  });
});

describe("the measurement", () => {
  test("six: all works of all structures are measured, in order, and the long write is held", async () => {
    const told: number[] = [];
    const result = await six({
      durationMs: 20,
      longMs: 100,
      rounds: 1,
      progress: ({ done, total }) => void told.push(done / total),
    });
    const names = ["mutex", "rwmutex", "concurrent", "snapshot", "sharded", "copyonwrite"];
    for (const { comparison } of result.workloads)
      expect(comparison.variants.map(({ name }) => name)).toEqual(names);
    for (const row of sixRows(result)) {
      expect(
        [row.readAloneNs, row.readNs, row.mixed95Ns, row.mixed50Ns, row.short.p99Ns].every((ns) => ns > 0),
      ).toBe(true);
    }
    for (const { name, roles } of sixComparison(result, "long write").variants) {
      const writes = roles["writer"]?.spans ?? [];
      const { ops = 0, unserved = 0 } = roles["reader"] ?? {};
      expect([name, writes.length, ops + unserved]).toEqual([name, 1, 5000]);
      expect(writes[0]!.endMs - writes[0]!.startMs).toBeGreaterThanOrEqual(19);
    }
    // Who locks the whole map keeps the reader out for as long, however busy the machine.
    for (const { name, roles } of sixComparison(result, "long write").variants.slice(0, 2)) {
      expect([name, roles["reader"]!.corrected.maxNs >= 18e6]).toEqual([name, true]);
    }
    expect(told[0]).toBe(0);
    expect([...told]).toEqual([...told].sort((a, b) => a - b));
  });

  test("six: bad arguments are told before anything runs; a signal ends it", async () => {
    await expect(six({ threads: 1 })).rejects.toThrow(
      new RangeError("six: expected `threads` to be an integer from 2 to 64, got 1"),
    );
    const reason = new Error("enough");
    await expect(six({ signal: AbortSignal.abort(reason), progress: "none" })).rejects.toBe(reason);
  });
});
