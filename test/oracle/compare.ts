// compare: what Go and this library say about one program, side by side.

import type { Description } from "./description.js";
import type { Outcomes } from "./ours.js";

export interface Comparison {
  readonly name: string;
  readonly about: string;
  readonly ours: Outcomes;
  readonly go: ReadonlyMap<string, number>;
}

/** What contradicts Go, one sentence each: nothing, if all is well. */
export function contradictions({ name, ours, go }: Comparison): string[] {
  const found: string[] = [];
  for (const [outcome, count] of go) {
    if (!ours.has(outcome)) {
      found.push(
        `${name}: Go showed ${JSON.stringify(outcome)} (${count} times); here there is only ${[...ours.keys()].map((o) => JSON.stringify(o)).join(", ")}`,
      );
    }
  }
  if (go.size === 0) found.push(`${name}: Go showed nothing`);
  if (ours.size === 0) found.push(`${name}: here it never ends`);
  return found;
}

/** A table: program, outcomes here and in Go, what it is about, witnesses of those that Go never showed. */
export function table(rows: readonly Comparison[], title: string): string {
  const width = Math.max(...rows.map((r) => r.name.length));
  const lines = rows.flatMap((r) => {
    const unseen = [...r.ours].filter(([outcome]) => !r.go.has(outcome));
    return [
      `${r.name.padEnd(width)}  ${String(r.ours.size).padStart(4)}  ${String(r.go.size).padStart(3)}  ${r.about}`,
      ...unseen.map(
        ([outcome, { schedule, how }]) =>
          `${" ".repeat(width)}    never in Go: ${JSON.stringify(outcome)}, ${how}, schedule ${schedule}`,
      ),
    ];
  });
  const head = `${"program".padEnd(width)}  ours   Go  about`;
  const sum = (of: (r: Comparison) => number): number => rows.reduce((total, r) => total + of(r), 0);
  const foot = `${rows.length} programs, ${sum((r) => r.ours.size)} outcomes here, ${sum((r) => r.go.size)} of them seen in Go in ${sum((r) => [...r.go.values()].reduce((a, b) => a + b, 0))} runs`;
  return [title, head, ...lines, foot].join("\n");
}

export function comparison(d: Description, ours: Outcomes, go: ReadonlyMap<string, number>): Comparison {
  return { name: d.name, about: d.about, ours, go };
}
