// hb mutate: do the checks of the course notice typical mistakes? For who writes them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { coursePlaces, exerciseIds, findExercise, type Places } from "../grade/index.js";
import {
  type Equivalents,
  type Fate,
  type MutationScore,
  mutationScore,
  scoreOf,
  solutionFile,
} from "../mutate/index.js";
import { EXIT, UsageError } from "./exit-code.js";
import type { Output } from "./output.js";

/** Words of the command. */
export interface MutateWords {
  readonly json?: boolean;
  /** `3/8`. */
  readonly shard?: string;
}

/** Breaks the solutions of exercises and prints what their checks did not notice; returns the exit code. */
export async function mutateCommand(
  names: readonly string[],
  words: MutateWords,
  out: Output,
  places: Places = coursePlaces(),
): Promise<number> {
  const shard = shardOf(words.shard);
  const ids = names.length === 0 ? exerciseIds(places) : names.map((name) => findExercise(name, places).id);
  const solved = ids.filter((id) => existsSync(solutionFile(id, places)));
  if (solved.length === 0) {
    throw new UsageError("there is nothing to break: this copy of the course has no solutions");
  }
  const scores: MutationScore[] = [];
  for (const id of solved) {
    const onProgress = (done: number, of: number): void => out.status(`${id}: ${done} of ${of} mutants`);
    onProgress(0, 0);
    scores.push(
      await mutationScore(id, { places, equivalents: equivalentsOf(id, places), shard, onProgress }),
    );
  }
  out.status("");
  if (words.json === true) out.print(JSON.stringify(scores, undefined, 2));
  else out.print(mutationText(scores));
  return scores.every(({ score, stale }) => score === 1 && stale.length === 0) ? EXIT.ok : EXIT.failed;
}

/** The list of equivalent mutants stands beside the check: `test/exercises/NN-name/x.equivalents.json`. */
export function equivalentsOf(id: string, { root }: Pick<Places, "root">): Equivalents {
  const file = join(root, "test", "exercises", `${id}.equivalents.json`);
  if (!existsSync(file)) return {};
  const read: unknown = JSON.parse(readFileSync(file, "utf8"));
  const isList =
    typeof read === "object" &&
    read !== null &&
    Object.values(read).every((reason) => typeof reason === "string");
  if (isList) return read as Equivalents;
  throw new UsageError(`${file}: expected an object with a reason for each key`);
}

/** `3/8` as `[3, 8]`; all when there is no word. */
export function shardOf(word: string | undefined): readonly [number, number] {
  if (word === undefined) return [1, 1];
  const [, k, n] = /^(\d+)\/(\d+)$/.exec(word) ?? [];
  if (Number(k) >= 1 && Number(k) <= Number(n)) return [Number(k), Number(n)];
  throw new UsageError(`--shard: expected k/n with 1 <= k <= n, as in 3/8, got ${word}`);
}

const COLUMNS = ["mutants", "noticed", "equivalent", "not noticed", "score"];

/** A line for each exercise and one for all, then what lives and what is wrong in the lists. */
export function mutationText(scores: readonly MutationScore[]): string {
  const alive = scores.flatMap(({ id, mutants }) =>
    mutants
      .filter(({ fate }) => fate === "alive")
      .map(({ line, what, key }) => `  solutions/${id}.ts:${line}  ${what}\n    ${key}`),
  );
  const stale = scores.flatMap(({ id, stale }) => stale.map((entry) => `  ${id}.equivalents.json: ${entry}`));
  return [
    ...table(scores),
    ...(alive.length === 0
      ? []
      : [
          "",
          "Not noticed: mend the check, or give the reason in the exercise's .equivalents.json:",
          ...alive,
        ]),
    ...(stale.length === 0 ? [] : ["", "Entries of lists that are wrong:", ...stale]),
  ].join("\n");
}

function table(scores: readonly MutationScore[]): string[] {
  const together = { id: "together", mutants: scores.flatMap(({ mutants }) => mutants) };
  const wide = Math.max(...[...scores, together].map(({ id }) => id.length));
  const row = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(wide)}${cells.map((cell, i) => cell.padStart((COLUMNS[i] as string).length + 2)).join("")}`;
  const rows = [...scores, together].map(({ id, mutants }) => {
    const count = (fate: Fate["fate"]): number => mutants.filter((mutant) => mutant.fate === fate).length;
    const counts = [mutants.length, count("dead"), count("equivalent"), count("alive")].map(String);
    return row(id, [...counts, percent(scoreOf(mutants))]);
  });
  return [row("", COLUMNS), ...rows];
}

/** Rounded down: 100 % are all. */
function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}
