// summarise, mergeResults: a results folder's table and page, made from its records; several folders made into one.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { coursePlaces, type Places } from "../grade/index.js";
import { classPage } from "./classpage.js";
import { compareNames } from "./collect.js";
import { classCsv } from "./csv.js";
import { type ClassReport, classReport } from "./report.js";
import { type Expected, type Manifest, Results, ResultsError, writeWhole } from "./results.js";
import { similarPairs } from "./similar.js";
import type { Unrecognised } from "./submission.js";

/** A class put together, and the files it was written to. */
export interface Summary {
  readonly report: ClassReport;
  readonly csv: string;
  readonly page: string;
}

/**
 * Writes `class.csv` and `class.html` of a results folder, from what is there now.
 *
 * **Cost:** reads all records; comparing 200 texts of one exercise takes half a second.
 * @throws {ResultsError} when the folder holds no results, or cannot be written
 */
export function summarise(folder: string, places: Places = coursePlaces()): Summary {
  const results = new Results(folder);
  const manifest = results.manifest();
  const records = results.records(manifest);
  const texts = records.filter(({ isUntouched }) => !isUntouched);
  const pairs = similarPairs(texts, { starter: (exercise) => starterOf(exercise, places) });
  const report = classReport(manifest, records, pairs);
  const summary = { report, csv: join(folder, "class.csv"), page: join(folder, "class.html") };
  writeWhole(summary.csv, classCsv(report));
  writeWhole(summary.page, classPage(report));
  return summary;
}

function starterOf(exercise: string, { starters }: Places): string | undefined {
  const file = join(starters, `${exercise}.ts`);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/**
 * Copies the results of several runs, such as shards, into one folder.
 *
 * @throws {ResultsError} `… was graded with another course than …`
 * @throws {ResultsError} `… and … hold different texts of ada's 06-deadlocks/transfer`
 */
export function mergeResults(folders: readonly string[], out: string): void {
  const parts = folders.map((folder) => ({ folder, results: new Results(folder) }));
  const manifests = parts.map(({ folder, results }) => ({ folder, manifest: results.manifest() }));
  const target = new Results(out);
  target.writeManifest(merged(manifests));
  for (const [index, { results }] of parts.entries()) {
    for (const record of results.records(manifests[index]!.manifest)) target.write(record);
  }
}

interface Part {
  readonly folder: string;
  readonly manifest: Manifest;
}

function merged(parts: readonly Part[]): Manifest {
  const [first] = parts;
  if (first === undefined) throw new ResultsError("expected at least one folder of results");
  const expected = new Map<string, Expected & { folder: string }>();
  const files = new Map<string, Unrecognised>();
  for (const { folder, manifest } of parts) {
    if (manifest.course !== first.manifest.course || manifest.seed !== first.manifest.seed) {
      throw new ResultsError(
        `${folder} was graded with another course or seed than ${first.folder}. Grade both with the same.`,
      );
    }
    for (const one of manifest.expected) {
      const place = `${one.student}\n${one.exercise}`;
      const before = expected.get(place);
      if (before !== undefined && before.key !== one.key) {
        throw new ResultsError(
          `${before.folder} and ${folder} hold different texts of ${one.student}'s ${one.exercise}. Grade one of them again.`,
        );
      }
      expected.set(place, { ...one, folder: before?.folder ?? folder });
    }
    for (const file of manifest.unrecognised) files.set(`${file.path}\n${file.why}`, file);
  }
  const students = [...new Set(parts.flatMap(({ manifest }) => manifest.students))].sort(compareNames);
  return {
    version: 1,
    course: first.manifest.course,
    seed: first.manifest.seed,
    students,
    expected: [...expected.values()]
      .map(({ student, exercise, key, origin }) => ({ student, exercise, key, origin }))
      .sort((a, b) => compareNames(a.student, b.student) || compareNames(a.exercise, b.exercise)),
    unrecognised: [...files.values()],
  };
}
