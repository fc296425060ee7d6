import { type LitmusTest, litmus, litmusTests, litmusText } from "happens-before/bench";
import { expect, test } from "vitest";

const deadlineMs = 60_000;
const names = Object.keys(litmusTests) as (keyof typeof litmusTests)[];

for (const name of names) {
  test(`${name}: with Atomics the forbidden outcome is not seen in 100,000 rounds`, async () => {
    const seen = await litmus(name, { deadlineMs });
    expect(seen.forbidden).toBe(0);
    expect(seen.rounds).toBe(100_352);
    expect(seen.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(seen.rounds);
  }, 70_000);
}

test("plain accesses are counted too; what they show is reported, not judged", async () => {
  for (const name of names) {
    const seen = await litmus(name, { accesses: "plain", rounds: 2000, deadlineMs });
    expect(seen.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(2048);
    expect(seen.accesses).toBe("plain");
  }
}, 70_000);

// SB with its steps in the other order: each thread reads, dawdles, and then writes. Its "forbidden" outcome is an ordinary one, if
// the rounds of the two threads overlap.
const SWAPPED: LitmusTest = {
  name: "SB swapped",
  asks: "does the harness overlap its rounds, and count?",
  threads: [
    [{ read: "y", into: "r0" }, { pauseTurns: 1000 }, { write: "x", value: 1 }],
    [{ read: "x", into: "r1" }, { pauseTurns: 1000 }, { write: "y", value: 1 }],
  ],
  forbidden: { r0: 0, r1: 0 },
};

test("a planted test whose forbidden outcome is reachable is caught: rounds overlap, and are counted", async () => {
  const seen = await litmus(SWAPPED, { rounds: 20_000, deadlineMs });
  expect(seen.forbidden).toBeGreaterThan(0);
  expect(litmusText([seen])).toMatch(
    /^SB swapped, atomics, 20480 rounds: the forbidden outcome was seen \d+ times\n/,
  );
  expect(litmusText([seen])).toMatch(/\n +\d+ {2}r0=0 r1=0 {2}forbidden/);
}, 70_000);

test("last values are part of the outcome", async () => {
  const seen = await litmus(
    {
      name: "last",
      asks: "what is left?",
      threads: [
        [
          { write: "x", value: 1 },
          { write: "x", value: 3 },
        ],
        [{ read: "x", into: "r0" }],
      ],
      finals: ["x"],
      forbidden: { x: 1 },
    },
    { rounds: 1024, deadlineMs },
  );
  expect(seen.forbidden).toBe(0);
  expect(seen.outcomes.every(({ values }) => values["x"] === 3)).toBe(true);
});

test("what is no litmus test is refused", async () => {
  await expect(litmus("XY" as "SB")).rejects.toThrow(
    'litmus: expected the name of a test (SB, MP, LB, IRIW, CoRR, 2+2W, R) or a test, got "XY"',
  );
  await expect(litmus("SB", { rounds: 0 })).rejects.toThrow(
    "litmus: expected `rounds` to be an integer from 1 to 1073741824, got 0",
  );
  await expect(litmus({ ...SWAPPED, forbidden: { r9: 1 } })).rejects.toThrow(
    "litmus: expected `forbidden` to name registers and last values, got r9",
  );
});
