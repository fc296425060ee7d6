// Ignoring: sentences that say which goroutines are no leaks.
//
// Source: the options of go.uber.org/goleak, which read as sentences, too (IgnoreTopFunction, IgnoreAnyFunction). They go
// by what is on the stack; here by names, which a run without stacks knows as well.

import type { G } from "../runtime/index.js";

type Test = (g: G, parents: readonly G[]) => boolean;

const GRAMMAR: readonly (readonly [RegExp, (what: string) => Test])[] = [
  [/^goroutines? named (.+)$/, (name) => (g) => g.name === name],
  [/^goroutines? started by (.+)$/, (name) => (_, parents) => parents.some((parent) => parent.name === name)],
  [/^goroutines? waiting in (.+)$/, (reason) => (g) => g.kind?.wait === reason],
  [/^goroutines? waiting for (?:an? )?(.+)$/, (label) => (g) => g.object?.label === label.toLowerCase()],
];

/**
 * Reads sentences; the answer says whether one of them is about a goroutine.
 *
 * @throws {RangeError} `` ignoring: expected a sentence such as "goroutines named purge", … got "…" ``
 */
export function reader(sentences: readonly string[]): Test {
  const tests = sentences.map(testOf);
  return (g, parents) => tests.some((test) => test(g, parents));
}

function testOf(sentence: string): Test {
  for (const [form, make] of GRAMMAR) {
    const what = form.exec(sentence)?.[1];
    if (what !== undefined) return make(what.replace(/^["'`](.*)["'`]$/, "$1"));
  }
  throw new RangeError(
    `ignoring: expected a sentence such as "goroutines named purge", "goroutines started by main", "goroutines waiting in chan receive" or "goroutines waiting for a mutex", got ${JSON.stringify(sentence)}`,
  );
}
