// Snapshot and SeqLock in turns: readers beside a writer see whole records, in order; without the second look they do not.
import { models } from "happens-before";
import { SeqLock, Snapshot } from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { judge, REGISTER } from "./histories.js";
import { type Change, runRounds, type Subject } from "./planted.js";

const SUBJECTS: readonly Subject[] = [
  {
    file: "snapshot",
    name: "Snapshot",
    make: () => new Snapshot(new Float64Array(2), { readers: 2 }),
    judge: (log) => judge(log, REGISTER, models.register<number>(0)),
    threads: 3,
    roles: "writer and readers",
  },
  {
    file: "seqlock",
    name: "SeqLock",
    make: () => new SeqLock(2),
    judge: (log) => judge(log, REGISTER, models.register<number>(0)),
    threads: 3,
    roles: "writer and readers",
  },
];

const PLANTED: readonly (readonly [name: string, what: string, changes: readonly Change[]])[] = [
  [
    "Snapshot",
    "whose reader does not look again after its pin",
    [["if (again === current)", "if (again >= 0 || true)"]],
  ],
  [
    "SeqLock",
    "whose reader does not look again after its copy",
    [["if (Atomics.load(this.#words, SEQUENCE) === before)", "if (true)"]],
  ],
];

describe("records in turns", () => {
  for (const subject of SUBJECTS) {
    test(`${subject.name}: a writer and two readers are linearizable in 1000 interleavings (seeds 1 to 1000)`, {
      timeout: 120_000,
    }, async () => {
      expect(await runRounds(subject, [], 1000)).toEqual({ verdict: "ok", text: "", rounds: 1000 });
    });
  }

  for (const [name, what, changes] of PLANTED) {
    test(`${name}: one ${what} is found (planted bug, seeds from 1)`, { timeout: 120_000 }, async () => {
      const { verdict } = await runRounds(SUBJECTS.find((other) => other.name === name)!, changes, 20_000);
      expect(["illegal", "stuck"]).toContain(verdict);
    });
  }
});
