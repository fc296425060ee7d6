// The gate that every exercise passes, read from the course's own files: nobody names an exercise here.
import { readdirSync, readFileSync } from "node:fs";
import type { CheckResult, PropertyResult } from "happens-before/check";

const ROOT = new URL("../../", import.meta.url);

/** The text of an exercise's starter or solution. */
export function textOf(folder: "exercises" | "solutions", id: string): string {
  return readFileSync(new URL(`${folder}/${id}.ts`, ROOT), "utf8");
}

/** Ids `NN-name/x` of all files below a folder that end so. */
export function idsIn(folder: "exercises" | "solutions" | "test/exercises", ending: string): string[] {
  const units = readdirSync(new URL(`${folder}/`, ROOT)).filter((name) => /^\d\d-/.test(name));
  return units
    .flatMap((unit) =>
      readdirSync(new URL(`${folder}/${unit}/`, ROOT))
        .filter((name) => name.endsWith(ending))
        .map((name) => `${unit}/${name.slice(0, -ending.length)}`),
    )
    .sort();
}

/** The comment lines with which an exercise begins: what, how to check, how it fails. */
export function headOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith("//")),
  );
}

/** What the starter says of itself: the text after `// Fails:`. */
export function statedReason(text: string): string | undefined {
  return headOf(text)
    .map((line) => /^\/\/ Fails: (.+)$/.exec(line)?.[1])
    .find((reason) => reason !== undefined);
}

/** Everything that is exported, by name. */
export function exportsOf(text: string): string[] {
  const names = text.matchAll(/^export (?:async )?(?:function\*?|class|const|interface|type) (\w+)/gm);
  return [...names].map(([, name = ""]) => name).sort();
}

/** True when a property of the exercise is measured on real threads: then a check takes seconds. */
export function isMeasured(id: string): boolean {
  const parts = idsIn("test/exercises", ".hidden.ts").includes(id) ? ["check", "hidden"] : ["check"];
  return parts.some((part) =>
    /^\s+race(\(|:)/m.test(readFileSync(new URL(`test/exercises/${id}.${part}.ts`, ROOT), "utf8")),
  );
}

/** What the result says besides the verdict: the problem, then each property that did not pass. */
export function saidBy(result: CheckResult): string {
  const failed = result.properties.filter(({ status }) => status !== "pass");
  return [result.problem?.message ?? "", ...failed.map(({ message }) => message)].join("\n");
}

/** What is wrong with the hints of a property that did not pass. */
export function hintComplaints({ name, status, verdict, hints }: PropertyResult): string[] {
  if (status === "pass") return [];
  const about = `"${name}" (${verdict})`;
  if (hints.length !== 3) return [`${about} has ${hints.length} hints, not 3`];
  if (new Set(hints).size !== 3) return [`${about} says the same hint twice`];
  return hints.some((hint) => hint.trim().length < 10) ? [`${about} has a hint that says nothing`] : [];
}

/** A text that differs from another in one place, and what was done. */
export interface Mutant {
  readonly name: string;
  readonly text: string;
}

/**
 * The mistakes of beginners, made in a solution one at a time: a forgotten star, an operation left out. Those that
 * change nothing pass the check; of the others the hints count.
 */
export function beginnersMistakes(solution: string): Mutant[] {
  const lines = solution.split("\n");
  return lines.flatMap((line, i) => {
    const made = (what: string, other: string): Mutant => ({
      name: `line ${i + 1}: ${what}`,
      text: [...lines.slice(0, i), other, ...lines.slice(i + 1)].join("\n"),
    });
    const star = /yield\* (?=[\w.#]+\()/.exec(line);
    if (star === null) return [];
    const without = line.slice(0, star.index) + line.slice(star.index + star[0].length);
    const isStatement = /^\s*yield\* [^;]*;$/.test(line);
    return [made("no yield*", without), ...(isStatement ? [made("left out", "")] : [])];
  });
}
