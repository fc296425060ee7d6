import { expect, test } from "vitest";
import { type Contestant, checked } from "./contestants.js";
import { measureRow } from "./rounds.js";
import { row } from "./samples.js";

const how = { budgetMs: 1, clock: "wall" } as const;

/** Answers with its values, one a call; throws at "fail". */
function fake(
  name: string,
  values: readonly (number | "fail")[],
  calls: string[] = [],
  isPeer = false,
): Contestant {
  let at = 0;
  return {
    name,
    isPeer,
    measure: async () => {
      calls.push(name);
      const value = values[at++];
      if (value === "fail" || value === undefined) throw new Error("did other work: returned 1, expected 2");
      return { value };
    },
  };
}

test("contestants run in turn, another one first in each round", async () => {
  const calls: string[] = [];
  const three = ["lib", "go1", "go2"].map((name) => fake(name, [1, 1, 1], calls));
  await measureRow(row("r", 1), three, { ...how, rounds: 3 });
  expect(calls.join(" ")).toBe("lib go1 go2 go1 go2 lib go2 lib go1");
});

test("one that fails is out of the row with its reason, and the others go on", async () => {
  const entries = await measureRow(row("r", 1), [fake("lib", [1, 2, 3]), fake("go1", [5, "fail", 7])], {
    ...how,
    rounds: 3,
  });
  expect(entries["lib"]?.samples.map((sample) => sample.value)).toEqual([1, 2, 3]);
  expect(entries["go1"]).toEqual({
    samples: [{ round: 0, value: 5 }],
    failure: "did other work: returned 1, expected 2",
  });
});

test("a peer far behind the fastest peer in the first round is not measured again; Go and the library are", async () => {
  const entries = await measureRow(
    row("r", 1),
    [
      fake("lib", [500, 500]),
      fake("near", [11, 11], [], true),
      fake("far", [14, 1], [], true),
      fake("fast", [10, 10], [], true),
      fake("node", [5, 5], [], true),
    ],
    { ...how, rounds: 2 },
  );
  expect(Object.entries(entries).map(([name, { samples }]) => [name, samples.length])).toEqual([
    ["lib", 2],
    ["near", 2],
    ["far", 1],
    ["fast", 2],
    ["node", 2],
  ]);
});

test("a planted body that does less than its work is refused", () => {
  const lazy = JSON.stringify({ value: 1, times: 10, check: 9 });
  expect(() => checked(row("r", 1), lazy)).toThrow("did other work: returned 9, expected 10");
  const honest = JSON.stringify({ value: 1, times: 10, check: 10, calibrationNs: 0.5 });
  expect(checked(row("r", 1), honest)).toEqual({ value: 1, calibrationNs: 0.5 });
});
