// Planted bugs: semantics that are wrong on purpose. The oracle must contradict each of them, and by itself none.

import { expect, test } from "vitest";
import { comparison, contradictions } from "./compare.js";
import type { Fault } from "./interpret.js";
import { ourOutcomes } from "./ours.js";
import { PROGRAMS } from "./programs/index.js";
import { readRecord } from "./record.js";

const RUNS = 100;

/** Each fault with a program that it must show in: Go has an outcome that is impossible then, or never shows one. */
const FAULTS: readonly [fault: Fault, program: string][] = [
  ["buffers unbuffered channels", "rendezvous"],
  ["readers pass waiting writers", "pending-writer-stops-readers"],
  ["close wakes with a value", "close-wakes-receivers"],
  ["once runs again after a panic", "once-panics"],
  ["signal wakes all", "cond-signal-wakes-one"],
  ["compare-and-swap always succeeds", "atomic-cas-one-wins"],
  ["select takes the first ready case", "select-both-ready"],
  ["closed channels drop what is buffered", "closed-gives-the-rest"],
  ["stop never prevents", "timer-stopped-in-time"],
  ["cancel skips children", "cancel-goes-down"],
];

const { programs } = readRecord();

async function complaints(name: string, fault?: Fault): Promise<string[]> {
  const d = PROGRAMS.find((p) => p.name === name);
  const known = programs[name];
  if (d === undefined || known === undefined) throw new Error(`no program ${name}`);
  const ours = await ourOutcomes(d, RUNS, fault);
  const more = [...ours.keys()].filter((o) => !known.ours.includes(o)).map((o) => `${name}: new: ${o}`);
  return [...contradictions(comparison(d, ours, new Map(Object.entries(known.go)))), ...more];
}

for (const [fault, program] of FAULTS) {
  test(`oracle: the planted bug "${fault}" is found by ${program}`, async () => {
    expect(await complaints(program)).toEqual([]);
    expect(await complaints(program, fault)).not.toEqual([]);
  });
}
