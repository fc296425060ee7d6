// nbgrader's Python environment for the tests, and programs run in it.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../../lib/grade/index.js";

export const root = projectRoot();
const program = process.env["HB_NBGRADER_PYTHON"] ?? join(root, ".python", "nbgrader", "bin", "python");

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs nbgrader's Python. The slice `nbgrader` of `npm test` makes its environment. */
export function python(words: readonly string[], cwd: string = root): Promise<Ran> {
  if (!existsSync(program)) throw new Error("no .python/nbgrader; run `npm run test:nbgrader`");
  const env = { ...process.env, PATH: `${dirname(program)}:${process.env["PATH"] ?? ""}`, HB_MODE: "smoke" };
  return new Promise((resolve) => {
    execFile(program, words, { cwd, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}
