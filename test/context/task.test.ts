// Tasks, regions and log entries: what a program says about its own work, in the trace and in Chrome's form of it.
import { describe, expect, test } from "vitest";
import {
  background,
  chromeTrace,
  explore,
  go,
  Mutex,
  newTask,
  type Report,
  report,
  run,
  sleep,
  startRegion,
  traceEnabled,
  traceLog,
  WaitGroup,
  withRegion,
  withTimeout,
} from "../../lib/index.js";

const KINDS = ["newTask", "endTask", "startRegion", "endRegion", "log"];

function told(seen: Report): string[] {
  return (seen.events ?? [])
    .filter((e) => KINDS.includes(e.op))
    .map((e) => `g${e.g} ${e.op} ${e.value}${e.task === undefined ? "" : ` of ${e.task}`}`);
}

function* kitchen() {
  const wg = new WaitGroup();
  for (const dish of ["soup", "cake"]) {
    const [ctx, task] = newTask(background(), dish);
    wg.go(function* cook() {
      yield* withRegion(ctx, "cut", function* () {
        yield* sleep(1);
      });
      const [inner] = withTimeout(ctx, 1000);
      go(function* helper() {
        const region = startRegion(inner, "stir");
        yield* sleep(2);
        region.end();
        traceLog(inner, "state", "done");
        task.end();
      });
    });
  }
  yield* wg.wait();
  yield* sleep(5);
}

describe("newTask", () => {
  test("its number goes with the context, to other goroutines and to contexts below", async () => {
    const seen = await report(kitchen, { trace: true, strategy: "fifo" });
    expect(told(seen).filter((row) => row.includes(" of 1"))).toEqual([
      "g1 newTask soup of 1",
      "g2 startRegion cut of 1",
      "g2 endRegion cut of 1",
      "g4 startRegion stir of 1",
      "g4 endRegion stir of 1",
      "g4 log state: done of 1",
      "g4 endTask soup of 1",
    ]);
  });

  test("in a run without trace it works and tells nobody", async () => {
    const result = await run(function* () {
      const [ctx, task] = newTask(background(), "quiet");
      const isSeen = traceEnabled();
      const value = yield* withRegion(ctx, "sum", function* () {
        return 3;
      });
      task.end();
      return [isSeen, value, task.id];
    });
    expect(result).toEqual([false, 3, 0]);
  });

  test("a task that ends twice ends once", async () => {
    const seen = await report(
      function* main() {
        const [, task] = newTask(background(), "t");
        task.end();
        task.end();
      },
      { trace: true },
    );
    expect(told(seen)).toEqual(["g1 newTask t of 1", "g1 endTask t of 1"]);
  });

  test("tasks do not change which schedules there are", async () => {
    const program = (isTold: boolean) =>
      function* main() {
        const mu = new Mutex();
        const [ctx] = isTold ? newTask(background(), "t") : [background()];
        for (let i = 0; i < 2; i++)
          go(function* () {
            yield* mu.lock();
            if (isTold) traceLog(ctx, "", "inside");
            yield* mu.unlock();
          });
      };
    const [plain, noted] = [
      await explore(program(false), { exhaustive: true }),
      await explore(program(true), { exhaustive: true }),
    ];
    expect(noted.classes).toBe(plain.classes);
  });
});

describe("a region", () => {
  test("ends when its body throws", async () => {
    const seen = await report(
      function* main() {
        try {
          yield* withRegion(background(), "fails", function* () {
            throw new Error("no");
          });
        } catch {}
      },
      { trace: true },
    );
    expect(told(seen)).toEqual(["g1 startRegion fails", "g1 endRegion fails"]);
  });

  test("ends in the goroutine that started it, as in Go", async () => {
    const seen = await report(function* main() {
      const region = startRegion(background(), "mine");
      go(function* () {
        region.end();
      });
      yield* sleep(1);
    });
    expect(seen.error?.message).toContain(
      "Region.end: expected to be called by the goroutine that started the region mine",
    );
  });
});

/** Ends without a beginning, beginnings without an end, ends that are out of turn. */
function unpaired(
  entries: readonly { ph: string; cat?: string; id?: number | string; name: string; ts?: number }[],
): string[] {
  const open = new Map<string, string[]>();
  const found: string[] = [];
  for (const e of entries
    .filter(({ ph }) => ph === "b" || ph === "e")
    .sort((a, b) => (a.ts ?? 0) - (b.ts ?? 0))) {
    const key = `${e.cat}/${e.id}`;
    const names = open.get(key) ?? [];
    open.set(key, names);
    if (e.ph === "b") names.push(e.name);
    else if (names.pop() !== e.name) found.push(`${key}: ${e.name} ends out of turn`);
  }
  for (const [key, names] of open) for (const name of names) found.push(`${key}: ${name} never ends`);
  return found;
}

describe("chromeTrace", () => {
  test("shows tasks and regions as spans, each begun and ended", async () => {
    const { traceEvents } = chromeTrace(await report(kitchen, { trace: true }));
    expect(unpaired(traceEvents)).toEqual([]);
    const begun = traceEvents.filter((e) => e.ph === "b").map((e) => `${e.cat} ${e.name}`);
    expect(begun.sort()).toEqual([
      "region cut",
      "region cut",
      "region stir",
      "region stir",
      "task cake",
      "task soup",
    ]);
    expect(traceEvents.some((e) => e.ph === "i" && e.name === "state: done")).toBe(true);
  });

  test("ends what the program left open", async () => {
    const seen = await report(
      function* main() {
        const [ctx] = newTask(background(), "open");
        startRegion(ctx, "outer");
        startRegion(ctx, "inner");
      },
      { trace: true },
    );
    expect(unpaired(chromeTrace(seen).traceEvents)).toEqual([]);
  });

  test("planted: an end that is dropped, and one out of turn, are noticed by the check of this file", async () => {
    const { traceEvents } = chromeTrace(await report(kitchen, { trace: true }));
    const last = traceEvents.map((e) => e.ph).lastIndexOf("e");
    expect(unpaired(traceEvents.filter((_, i) => i !== last))).not.toEqual([]);
    const renamed = traceEvents.map((e, i) => (i === last ? { ...e, name: "other" } : e));
    expect(unpaired(renamed)).not.toEqual([]);
  });
});
