import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { Cell, explore, go, type Report } from "../../lib/index.js";
import {
  explorationDiagram,
  lanes,
  outcomeTable,
  type RenderForm,
  render,
  renderExploration,
} from "../../lib/plot/index.js";
import { blockedOf, cycleOf } from "../../lib/plot/waits.js";
import { abba, leak, long, lostUpdate, lostUpdates } from "./reports.js";
import { wellFormed } from "./xml.js";

const source = "06-deadlocks/transfer";
const samples = { abba, lostUpdate, leak, long: () => long(12, 400) };

describe("render", () => {
  test.each(Object.entries(samples))("the text of %s is what it was", async (name, make) => {
    await expect(render(make(), "text", { source })).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  test.each(Object.entries(samples))(
    "the lanes of %s are what they were, well-formed and without ids",
    async (name, make) => {
      const svg = render(make(), "svg", { source });
      expect(wellFormed(svg)).toBe(true);
      expect(svg).not.toMatch(/ id=|NaN|undefined/);
      await expect(svg).toMatchFileSnapshot(`golden/${name}.svg`);
    },
  );

  test("the first line is the verdict and the last one replays", () => {
    const lines = render(abba(), "text", { source }).split("\n");
    expect(lines[0]).toBe("DEADLOCK: all goroutines are asleep");
    expect(lines[lines.length - 1]).toBe("replay: npx hb replay 06-deadlocks/transfer 1.2-3-1-2-3-2.0c18");
  });

  test("a deadlock names both sides, what each holds and the cycle", () => {
    const text = render(abba());
    expect(text).toContain(
      'goroutine 2 "alice" waits for mutex#2 [sync.Mutex.Lock] at transfer.ts:12, held by goroutine 3; holds mutex#1',
    );
    expect(text).toContain(
      'goroutine 3 "bob" waits for mutex#1 [sync.Mutex.Lock] at transfer.ts:12, held by goroutine 2; holds mutex#2',
    );
    expect(text).toContain("cycle: goroutine 2 → mutex#2 → goroutine 3 → mutex#1 → goroutine 2");
  });

  test("without a second lock held there is no cycle to name", () => {
    expect(cycleOf(blockedOf(leak()))).toBeUndefined();
    expect(render(leak())).not.toContain("cycle");
  });

  test("locking twice is a goroutine that waits for itself", () => {
    const report = abba();
    const alice = report.goroutines[1]!;
    const self: Report = {
      ...report,
      goroutines: [{ ...alice, waitingOn: "mutex#1" }],
      events: report.events!.slice(0, 7),
    };
    expect(render(self)).toContain(
      "waits for mutex#1 [sync.Mutex.Lock] at transfer.ts:12, which it holds itself",
    );
    expect(render(self)).toContain("cycle: goroutine 2 → mutex#1 → goroutine 2");
  });

  test("an unlocked mutex has no holder", () => {
    const report = abba();
    const freed = { step: 9, g: 3, what: "done" as const, op: "unlock", object: "mutex#2", atNs: 0 };
    const text = render({ ...report, events: [...report.events!, freed] });
    expect(text).not.toContain("held by goroutine 3");
    expect(text).not.toContain("cycle");
  });

  test("a wrong result begins with what was expected, and the lanes show the lost update", () => {
    const text = render(lostUpdate());
    expect(text.split("\n")[0]).toBe("WRONG RESULT: expected 2, got 1 (transfer.ts:40)");
    expect(text).toMatch(/3 .*● load cell#1 = 0/);
    expect(text).toMatch(/5 .*┴ store cell#1 \(1\), ends/);
    expect(text).toMatch(/7 +┴ wait waitgroup#1 ← g3, ends/);
  });

  test("a long run of many goroutines stays under 40 lines and says what is left out", () => {
    const text = render(long(12, 400), "text", { source });
    expect(text.split("\n").length).toBeLessThan(40);
    expect(text).toMatch(/… \d+ steps left out …/);
    expect(text).toMatch(/not shown: goroutines \d/);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(110);
  });

  test("virtual time stands in a column of its own, only where it moved", () => {
    const report = leak();
    const moved = report.events!.map((e) => ({ ...e, atNs: e.step >= 2 ? 125e9 : 0 }));
    const lines = render({ ...report, events: moved }).split("\n");
    const times = lines.flatMap((line) => /^ +\d {2}(.{5}) {2}/.exec(line)?.[1]?.trim() ?? []);
    expect(times).toEqual(["0 ns", "", "125 s", ""]);
    expect(render(abba())).not.toContain("time");
  });

  test("a sleep tells how long", () => {
    const report = leak();
    const sleep = { step: 4, g: 2, what: "park" as const, op: "sleep", value: "50", atNs: 0 };
    expect(render({ ...report, events: [...report.events!, sleep] })).toContain("○ sleep (50 ms)");
  });

  test("the ansi form says the same as the text, in colour", () => {
    for (const make of Object.values(samples)) {
      const ansi = render(make(), "ansi", { source });
      expect(stripVTControlCharacters(ansi)).toBe(render(make(), "text", { source }));
      expect(ansi).not.toBe(stripVTControlCharacters(ansi));
    }
  });

  test("the dump is Go's, with minutes of waiting and the creator", () => {
    const dump = render(abba(), "dump");
    expect(dump).toMatch(
      /^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[sync\.WaitGroup\.Wait\]:\n/,
    );
    expect(dump).toContain("goroutine 2 [sync.Mutex.Lock]:\nalice(...)\n\t/home/ana/course/transfer.ts:12");
    expect(dump).toContain("created by main in goroutine 1");
    expect(render(leak(), "dump")).toMatch(/^goroutine 2 \[chan send, 2 minutes\]:/);
  });

  test("a run without events still tells verdict, seed and replay", () => {
    const { events: _, ...bare } = abba();
    expect(render(bare).split("\n").length).toBeLessThan(10);
    expect(render(bare)).toContain("seed 1, 8 steps");
    expect(wellFormed(render(bare, "svg"))).toBe(true);
  });

  test("a source with spaces survives the shell", () => {
    expect(render(abba(), "text", { source: "my work/ana's.ts" })).toContain(
      "replay: npx hb replay 'my work/ana'\\''s.ts' 1.2-3-1-2-3-2.0c18",
    );
  });

  test("without a source the replay is a call", () => {
    expect(render(abba())).toContain('replay: report(program, { schedule: "1.2-3-1-2-3-2.0c18" })');
  });

  test("a result that JSON cannot write is shown all the same", () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const ok = { ...leak(), verdict: "ok" as const, findings: [], goroutines: [] };
    expect(render({ ...ok, result: 12n })).toContain('result: "12n"');
    expect(render({ ...ok, result: cyclic })).toContain("result: [object Object]");
    expect(render({ ...ok, result: undefined })).not.toContain("result:");
  });

  test("refuses what it cannot render", () => {
    expect(() => render(abba(), "html" as RenderForm)).toThrow(
      new RangeError('render: expected form to be text, ansi, svg or dump, got "html"'),
    );
    expect(() => render(Promise.resolve(abba()) as unknown as Report)).toThrow(
      "render: expected a report, got a promise (write `await` before it)",
    );
  });

  test("control characters and markup in a value do not reach the picture", () => {
    const report = lostUpdate();
    const hostile = report.events!.map((e) => ({ ...e, value: "</svg>\u001b[31m<b>" }));
    expect(wellFormed(render({ ...report, events: hostile }, "svg"))).toBe(true);
  });
});

describe("renderExploration", () => {
  test("a failure keeps the replay command last and lists the outcomes before it", () => {
    const lines = renderExploration(lostUpdates(), "text", { source }).split("\n");
    expect(lines[0]).toBe("WRONG RESULT: expected 2, got 1 (transfer.ts:40)");
    expect(lines.join("\n")).toContain("2             153  76.5%  1.1-3X2.77aa");
    expect(lines[lines.length - 1]).toBe(`replay: npx hb replay ${source} 1.2-3-2-3.77aa`);
    expect(lines.length).toBeLessThan(40);
  });

  test("without a failure it tells outcomes and the claim, nothing more", () => {
    const { failure: _, ...rest } = lostUpdates();
    const text = renderExploration({ ...rest, verdict: "ok", claim: "nothing wrong in 200 schedules" });
    expect(text.split("\n")[0]).toBe("OK");
    expect(text).toContain("nothing wrong in 200 schedules");
  });

  test("a great many outcomes are cut, and counted", () => {
    const outcomes = Array.from({ length: 50 }, (_, i) => ({
      result: i,
      count: 50 - i,
      witness: `1.${i}.a`,
    }));
    const t = outcomeTable({ ...lostUpdates(), outcomes });
    expect(t.rows).toHaveLength(12);
    expect(t.notes[0]).toBe("… and 38 more outcomes");
  });

  test("a diagram of it shows the failing lanes, or a bar an outcome", () => {
    const failing = explorationDiagram(lostUpdates());
    expect(failing.svg).toBe(lanes(lostUpdate()).svg);
    const { failure: _, ...rest } = lostUpdates();
    const fine = explorationDiagram({ ...rest, verdict: "ok" });
    expect(wellFormed(fine.svg)).toBe(true);
    expect(fine.svg).toContain("153 (76.5%)");
  });
});

test("the picture of a race names it and its advice; stacks stand in the text", async () => {
  const { failure } = await explore({
    setup: () => new Cell(0, "stock"),
    *main(stock: Cell<number>) {
      go(function* other() {
        yield* stock.write(1);
      });
      yield* stock.write(2);
    },
  });
  const race = failure as Report;
  expect(race.verdict).toBe("race");
  const svg = render(race, "svg");
  expect(svg).toContain("data race on stock");
  expect(svg).toContain(race.findings[0]?.race?.advice.slice(0, 40));
  expect(svg).not.toContain("WARNING: DATA RACE");
  expect(render(race, "text")).toContain("WARNING: DATA RACE");
});
