// Runs vitest over some folders of test/ and counts what it says in its JSON report, not what it prints.

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runChild } from "./child.mjs";

/**
 * @typedef {{ passed: number, failed: number, skipped: number, text: string, timedOut: boolean }} Outcome
 *   counts of tests, and what was printed
 */

/**
 * Runs the test files of some folders.
 *
 * @param {string} root the project folder
 * @param {{ name: string, folders: string[], workers?: number, isolated?: boolean, env: Record<string, string>, limitMs: number,
 *   config?: string, node?: string, onLine?: (line: string) => void }} options `name` names the report in .cache/test;
 *   `node` is the program to run it with
 * @returns {Promise<Outcome>} a file that cannot be loaded, and an error outside of any test, count as one failure each
 */
export async function runVitest(
  root,
  { name, folders, workers = 2, isolated = true, env, limitMs, config, node, onLine },
) {
  const present = folders.filter((folder) => existsSync(join(root, "test", folder)));
  if (present.length === 0) return { passed: 0, failed: 0, skipped: 0, text: "", timedOut: false };
  const report = join(root, ".cache", "test", `${name}.json`);
  mkdirSync(join(root, ".cache", "test"), { recursive: true });
  rmSync(report, { force: true });
  const args = [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "--config",
    config ?? join("test", "vitest.config.ts"),
    `--maxWorkers=${workers}`,
    ...(workers === 1 ? ["--no-file-parallelism"] : []),
    ...(isolated ? [] : ["--no-isolate"]),
    "--passWithNoTests",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...present.map((folder) => `test/${folder}/`),
  ];
  const done = await runChild(node ?? process.execPath, args, {
    cwd: root,
    env,
    limitMs,
    onLine,
    group: true,
  });
  const counted = existsSync(report) ? count(JSON.parse(readFileSync(report, "utf8"))) : nothing();
  // Something failed that is no test: an unhandled error, a crash, a run that was ended.
  if (done.code !== 0 && counted.failed === 0) counted.failed = 1;
  return { ...counted, text: done.text, timedOut: done.timedOut };
}

/** Counts a report of vitest's JSON reporter. */
export function count(report) {
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((one) => one.status === "failed"),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function nothing() {
  return { passed: 0, failed: 0, skipped: 0 };
}
