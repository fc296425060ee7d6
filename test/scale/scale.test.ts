// Every primitive under many goroutines and every strategy; scale.stress.ts runs the same with 100,000.

import * as library from "happens-before";
import { expect, test } from "vitest";
import { type StrategyName, strategyNames } from "../../lib/runtime/index.js";
import { load } from "./load.js";
import { HAVE_NO_LOAD, LOADS } from "./loads.js";
import { runLoad } from "./run.js";

const N = 300;
/** Strategies that search compare everybody who can go on at every step, so a run costs n * n. */
const N_SEARCHING = 60;
const SEARCHING: readonly string[] = ["pct", "pos", "urw", "delay"];

test.for(strategyNames() as StrategyName[])("all loads hold under %s", async (strategy) => {
  const n = SEARCHING.includes(strategy) ? N_SEARCHING : N;
  for (const l of LOADS) expect(`${l.name}: ${await runLoad(l, n, { strategy })}`).toBe(`${l.name}: ok`);
});

test("all loads hold under gmp with 4 procs", async () => {
  for (const l of LOADS)
    expect(`${l.name}: ${await runLoad(l, N, { strategy: "gmp", procs: 4 })}`).toBe(`${l.name}: ok`);
});

test("everything that the library exports has a load, or a reason for none", () => {
  const values = Object.keys(library).filter((name) => !name.endsWith("Error"));
  const subjects = new Set(LOADS.flatMap((l) => l.subjects));
  expect(values.filter((name) => !subjects.has(name) && HAVE_NO_LOAD[name] === undefined)).toEqual([]);
  expect([...subjects, ...Object.keys(HAVE_NO_LOAD)].filter((name) => !values.includes(name))).toEqual([]);
  expect(Object.keys(HAVE_NO_LOAD).filter((name) => subjects.has(name))).toEqual([]);
});

test("a load whose invariant does not hold is found: an unlocked counter", async () => {
  const lost = load("Mutex", "n increments without a lock", {
    setup: () => ({ count: 0 }),
    *main(s, n) {
      const all = new library.WaitGroup();
      for (let i = 0; i < n; i++) {
        all.go(function* () {
          const seen = s.count;
          yield* library.gosched();
          s.count = seen + 1;
        });
      }
      yield* all.wait();
    },
    after: (s, n) => {
      if (s.count !== n) throw new Error(`count: expected ${n}, got ${s.count}`);
    },
  });
  expect(await runLoad(lost, 20, { strategy: "random" })).toMatch(
    /^wrong-result: count: expected 20, got \d+$/,
  );
});
