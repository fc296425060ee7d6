// hb cost: what the checks of the course cost, for who writes them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type CheckCost,
  costOf,
  coursePlaces,
  exerciseIds,
  findExercise,
  type Places,
} from "../grade/index.js";
import { EXIT, UsageError } from "./exit-code.js";
import { fitted } from "./fitted.js";
import type { Output } from "./output.js";

/** Prints what each property of an exercise's check costs, or of all exercises; returns the exit code. */
export async function costCommand(
  word: string | undefined,
  words: { readonly json?: boolean },
  out: Output,
  places: Places = coursePlaces(),
): Promise<number> {
  const files = word === undefined ? solutions(places) : [theOne(word, places)];
  const costs: CheckCost[] = [];
  for (const [id, file] of files) {
    out.status(`checking the solution of ${id}`);
    costs.push(await costOf(id, file, places));
  }
  out.status("");
  costs.sort((a, b) => b.elapsedMs - a.elapsedMs);
  if (words.json === true) out.print(JSON.stringify(costs, undefined, 2));
  else out.print(fitted(costs.map(table).join("\n\n"), out));
  return costs.every(({ status }) => status === "pass") ? EXIT.ok : EXIT.failed;
}

function solutions(places: Places): [id: string, file: string][] {
  return exerciseIds(places)
    .map((id): [string, string] => [id, join(places.root, "solutions", `${id}.ts`)])
    .filter(([, file]) => existsSync(file));
}

/** A file stands for itself; an exercise for its solution. */
function theOne(word: string, places: Places): [id: string, file: string] {
  const { id, file: named } = findExercise(word, places);
  const file = word.endsWith(".ts") ? named : join(places.root, "solutions", `${id}.ts`);
  if (existsSync(file)) return [id, file];
  throw new UsageError(`${id}: expected a solution at ${file}; or name a file whose cost you want to see`);
}

const HEAD = ["seconds", "of limit", "schedules", "steps each", "at most", "of limit", "points", "property"];

/** One exercise: a line that sums up, then a line per property, the dearest first. */
function table({ id, status, elapsedMs, properties }: CheckCost): string {
  const rows = properties.map((property) => {
    const { steps, schedules, name, points } = property;
    return [
      (property.elapsedMs / 1000).toFixed(2),
      percent(property.timeShare),
      schedules === undefined ? "measured" : `${schedules}`,
      steps === undefined ? "-" : steps.mean.toFixed(0),
      steps === undefined ? "-" : `${steps.most}`,
      steps === undefined ? "-" : percent(steps.share),
      `${points}`,
      property.status === "pass" ? name : `${name} (${property.status})`,
    ];
  });
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  const last = HEAD.length - 1;
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === last ? cell : cell.padStart(widths[column]!))).join("  ");
  const sum = properties.reduce((total, property) => total + property.elapsedMs, 0);
  const rest = `${(sum / 1000).toFixed(2)} s of it in ${properties.length} properties`;
  const title = `${id}: ${(elapsedMs / 1000).toFixed(2)} s, ${rest}${status === "pass" ? "" : `; it does not pass (${status})`}`;
  return [title, line(HEAD), ...rows.map(line)].join("\n");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
}
