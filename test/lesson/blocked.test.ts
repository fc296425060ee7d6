// predictBlocked: who can wait for ever, found in every state of a program.
import { Chan, go, Mutex, RWMutex, report } from "happens-before";
import { predictBlocked, whoCanBlock } from "happens-before/lesson";
import { describe, expect, test } from "vitest";
import { printedHere } from "./printed.js";

const printed = printedHere();

/** Two locks in opposite orders: some schedules deadlock. */
function* abba() {
  const a = new Mutex();
  const b = new Mutex();
  const done = new Chan<void>();
  go(function* other() {
    yield* b.lock();
    yield* a.lock();
    yield* a.unlock();
    yield* b.unlock();
    yield* done.send();
  });
  yield* a.lock();
  yield* b.lock();
  yield* b.unlock();
  yield* a.unlock();
  yield* done.recv();
}

function* upgrade() {
  const rw = new RWMutex();
  yield* rw.rLock();
  yield* rw.lock();
}

function* fine() {
  const mu = new Mutex();
  go(function* other() {
    yield* mu.lock();
    yield* mu.unlock();
  });
  yield* mu.lock();
  yield* mu.unlock();
}

/** main ends, and leaves a sender behind. */
function* leaves() {
  const ch = new Chan<number>();
  go(function* sender() {
    yield* ch.send(1);
  });
}

const PROGRAMS = { abba, upgrade, fine, leaves };

describe("predictBlocked", () => {
  test("finds who can block in each program: a circle, an upgrade, nobody, one who is left behind", async () => {
    const right = { abba: ["main", "other"], upgrade: ["main"], fine: [], leaves: ["sender"] };
    const seen = await predictBlocked("four", right, PROGRAMS);
    expect([seen.score, seen.isGuessed]).toEqual([1, true]);
    expect(printed()).toMatch(/^\[all 4 right\]/);
    expect(printed()).toContain("Every state that a schedule can lead to was looked at.");
  });

  test("shows who was forgotten, with the lanes of the program that was guessed wrong", async () => {
    const seen = await predictBlocked("two", { fine: ["main"], abba: ["main"] }, { fine, abba });
    expect(seen.programs["fine"]?.impossible).toEqual(["main"]);
    expect(seen.programs["abba"]?.missed.map((answer) => answer.result)).toEqual(["other"]);
    expect(printed()).toMatch(/fine +main +nobody +✗ wrong/);
    expect(printed()).toContain("How abba blocks:");
    expect(printed()).toContain("DEADLOCK");
  });

  test("the schedule that it names blocks, when it is replayed", async () => {
    const truth = whoCanBlock(abba);
    expect(truth).toMatchObject({ names: ["main", "other"], verdict: "global-deadlock", isComplete: true });
    const again = await report(abba, truth.witness === undefined ? {} : { schedule: truth.witness });
    expect(again.verdict).toBe("global-deadlock");
  });

  test("a program whose states do not fit is said to be seen in part", () => {
    expect(whoCanBlock(abba, { states: 3 }).isComplete).toBe(false);
  });

  test('gives nothing away while one of the guesses is "?"', async () => {
    const seen = await predictBlocked("two", { fine: [], abba: "?" }, { fine, abba });
    expect(seen).toMatchObject({ isGuessed: false, programs: {} });
    expect(printed()).not.toContain("nobody");
    expect(printed()).toContain("[not guessed yet]");
  });

  test("a program without a guess is named", async () => {
    await expect(predictBlocked("two", { fine: [] }, { fine, abba })).rejects.toThrow(
      'predictBlocked "two": expected a guess for "abba", got none',
    );
  });
});
