// Litmus body: a litmus test as the text of a function that a team's threads run.
//
// Invariants:
//  I1. Every round has variables of its own, each on a line of its own, so nothing but the test's steps touches them.
//  I2. Before its steps a thread waits, but not for long, until the others have come to the same round, and then a random number of
//      turns: rounds overlap, in all possible ways. A thread that lost its core delays the others by MEET_TURNS a round at most.
//  I3. Between the meeting and the end of a round a thread does nothing but the steps: results go to a table of its own.
//
// Source: litmus7 (Alglave, Maranget, 2011): arrays of test instances, barriers between batches.

import type { Shareable, Thread } from "../threads/index.js";
import type { LitmusStep, LitmusTest } from "./litmustests.js";

/** Taken now: who grades a submission takes the global away from it. */
const FunctionOf = Function;

/** Words of a line. */
export const LINE_WORDS = 16;
const MEET_TURNS = 300;
/** Outcomes are numbers with two bits for each part. */
export const PART_BITS = 2;

/** What a round's outcome is made of: registers in the order of the threads, then variables. */
export function partsOf(test: LitmusTest): string[] {
  const registers = test.threads.flatMap((steps) =>
    steps.flatMap((step) => ("into" in step ? [step.into] : [])),
  );
  return [...registers, ...(test.finals ?? [])];
}

/** The variables of a test, in the order in which they are named. */
export function variablesOf(test: LitmusTest): string[] {
  const names = test.threads.flatMap((steps) =>
    steps.flatMap((step) => ("write" in step ? [step.write] : "read" in step ? [step.read] : [])),
  );
  return [...new Set(names)];
}

/** A team's body: `(t, memory, registers, sync, counts, batches, batchRounds)`; each thread runs its steps. */
export type LitmusBody = (t: Thread, ...args: Shareable[]) => void;

/** Writes the function for a test. `isPlain`: accesses are those of ordinary variables, not `Atomics`. */
export function litmusBody(test: LitmusTest, isPlain: boolean): LitmusBody {
  const parts = partsOf(test);
  const variables = variablesOf(test);
  const stride = variables.length * LINE_WORDS;
  const place = (name: string) => `at + ${variables.indexOf(name) * LINE_WORDS}`;
  // ORDER: the accesses of the test are what it is about. Those to `sync` meet and pause: each is on its thread's own line.
  const stepText = (step: LitmusStep): string => {
    if ("pauseTurns" in step)
      return `for (let turn = 0; turn < ${step.pauseTurns}; turn++) Atomics.load(sync, mine);`;
    if ("write" in step) {
      return isPlain
        ? `memory[${place(step.write)}] = ${step.value};`
        : `Atomics.store(memory, ${place(step.write)}, ${step.value});`;
    }
    const value = isPlain ? `memory[${place(step.read)}]` : `Atomics.load(memory, ${place(step.read)})`;
    return `const ${step.into} = ${value};`;
  };
  const programs = test.threads.map((steps) => {
    const keep = steps.flatMap((step) =>
      "into" in step
        ? [`registers[round * ${parts.length} + ${parts.indexOf(step.into)}] = ${step.into};`]
        : [],
    );
    return `(from) => {
      for (let round = 0; round < batchRounds; round++) {
        const at = round * ${stride};
        meet(from + round + 1);
        ${steps.map(stepText).join("\n        ")}
        ${keep.join("\n        ")}
      }
    }`;
  });
  const finals = (test.finals ?? []).map(
    (name, i) =>
      `registers[round * ${parts.length} + ${parts.length - (test.finals ?? []).length + i}] = memory[round * ${stride} + ${variables.indexOf(name) * LINE_WORDS}];`,
  );
  return new FunctionOf(
    "t",
    "memory",
    "registers",
    "sync",
    "counts",
    "batches",
    "batchRounds",
    bodyText(programs, finals, parts.length),
  ) as LitmusBody;
}

function bodyText(programs: readonly string[], finals: readonly string[], parts: number): string {
  // ORDER: `meet` stores its round before it looks at the others': so all have begun when the last one goes on.
  return `
  const mine = ${LINE_WORDS} * (t.id + 1);
  let random = 2463534242 + t.id;
  const meet = (round) => {
    Atomics.store(sync, mine, round);
    for (let other = 0; other < t.count; other++) {
      const theirs = ${LINE_WORDS} * (other + 1);
      for (let turn = 0; turn < ${MEET_TURNS} && Atomics.load(sync, theirs) < round; turn++);
    }
    random ^= random << 13; random ^= random >>> 17; random ^= random << 5;
    for (let turn = random & 7; turn > 0; turn--) Atomics.load(sync, mine);
  };
  const run = [${programs.join(", ")}][t.id];
  for (let batch = 0; batch < batches && !t.stopped(); batch++) {
    if (t.id === 0) memory.fill(0);
    t.barrier();
    run(batch * batchRounds);
    t.barrier();
    if (t.id !== 0) continue;
    for (let round = 0; round < batchRounds; round++) {
      ${finals.join("\n      ")}
      let key = 0;
      for (let part = 0; part < ${parts}; part++) key |= registers[round * ${parts} + part] << (${PART_BITS} * part);
      counts[key]++;
    }
  }`;
}
