import { describe, expect, test } from "vitest";
import { Cell, explore, Mutex, report, WaitGroup } from "../../lib/index.js";

describe("Cell", () => {
  test("reads what was written last, and peeks without an operation", async () => {
    const cell = new Cell("a");
    const seen = await report(function* () {
      const before = yield* cell.read();
      yield* cell.write("b");
      return [before, yield* cell.read(), cell.peek()];
    });
    expect(seen.result).toEqual(["a", "b", "b"]);
  });

  test("shows its label, what was read and what was written in a trace", async () => {
    const counter = new Cell(1, "counter");
    const { events = [] } = await report(
      function* () {
        yield* counter.write((yield* counter.read()) + 1);
      },
      { trace: true },
    );
    const shown = events.filter(({ op }) => op === "read" || op === "write");
    expect(shown.map(({ op, object, value }) => `${op} ${object} ${value}`)).toEqual([
      "read counter#1 1",
      "write counter#1 2",
    ]);
  });

  const counting = (isLocked: boolean) => ({
    setup: () => ({ mu: new Mutex(), cell: new Cell(0), wg: new WaitGroup() }),
    *main(s: { mu: Mutex; cell: Cell<number>; wg: WaitGroup }) {
      for (let i = 0; i < 2; i++) {
        s.wg.go(function* () {
          if (isLocked) yield* s.mu.lock();
          yield* s.cell.write((yield* s.cell.read()) + 1);
          if (isLocked) s.mu.unlock();
        });
      }
      yield* s.wg.wait();
      return s.cell.peek();
    },
  });

  test("protects nothing: two goroutines race and lose an update", async () => {
    const seen = await explore(counting(false), { schedules: 200, stopAt: "never" });
    expect(seen.verdict).toBe("race");
    expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 2]);
  });

  test("under a lock nothing is lost and nothing is reported", async () => {
    const seen = await explore(counting(true), { schedules: 200, stopAt: "never" });
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual([2]);
  });

  test("an operation that nobody yields is misuse", async () => {
    const cell = new Cell(0);
    const seen = await report(function* () {
      cell.write(1);
      yield* cell.read();
    });
    expect(seen.error?.message).toMatch(/^write: the operation was created and never yielded/);
  });

  test("a label that is no text is refused", () => {
    expect(() => new Cell(0, 7 as never)).toThrow(
      new TypeError("Cell: expected `label` to be a string, got 7"),
    );
  });
});
