// A small course for the grader's tests: its checks are built into a folder of their own, below the project so that
// they find the library by name.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Places, projectRoot } from "../../lib/grade/index.js";
import { compileModule } from "../../lib/transform/index.js";

const FIXTURES = fileURLToPath(new URL("fixtures", import.meta.url));

export const TRANSFER = "90-fixture/transfer";
export const COUNTER = "90-fixture/counter";
/** Its check hands modules of Node to the submission: only the boundary around the process is left. */
export const OPEN = "90-fixture/open";
/** Its check finds the machine too busy to measure on, at first or always. */
export const NOISY = "90-fixture/noisy";
/** It has a hidden part. */
export const VAULT = "90-fixture/vault";

/** Files of the checks, without `.ts`: in every course, and on demand. */
const MODULES = [`${TRANSFER}.check`, `${COUNTER}.check`];
export const VAULT_VISIBLE = [`${VAULT}.check`, "90-fixture/vault-programs"];
export const WITH_VAULT = [...VAULT_VISIBLE, `${VAULT}.hidden`];
export const WITH_NOISY = [`${NOISY}.check`];
export const WITH_OPEN = [`${OPEN}.check`];

/** Builds the course, with `more` files; remove it after the tests. */
export function buildCourse(name: string, more: readonly string[] = []): Places & { remove(): void } {
  const root = projectRoot();
  const folder = join(root, ".cache", `test-${name}-${process.pid}`);
  for (const module of [...MODULES, ...more]) {
    const source = readFileSync(join(FIXTURES, "checks", `${module}.ts`), "utf8");
    const target = join(folder, "checks", `${module}.js`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, compileModule(source, `${module}.ts`).code);
  }
  return {
    root,
    submissions: [join(folder, "workspace"), join(FIXTURES, "exercises")],
    starters: join(FIXTURES, "exercises"),
    checks: join(folder, "checks"),
    scratch: join(folder, "scratch"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The text of a starter. */
export function starter(id: string): string {
  return readFileSync(join(FIXTURES, "exercises", `${id}.ts`), "utf8");
}

/** The text of a reference solution. */
export function solution(id: string): string {
  return readFileSync(join(FIXTURES, "solutions", `${id}.ts`), "utf8");
}

/** The solution of the transfer with one piece of its text replaced; fails when the piece is not there. */
export function changed(piece: string, by: string): string {
  const text = solution(TRANSFER);
  if (!text.includes(piece)) throw new Error(`expected the solution to contain ${piece}`);
  return text.replace(piece, () => by);
}

/** The solution of the transfer with lines put at the start of its body. */
export function beginningWith(lines: string): string {
  return changed("  // The lower id first.", lines);
}

/** The solution of the transfer without its locks, and with `lines` in place of the first account's change. */
export function withoutLocks(lines: string): string {
  const text = changed("  a.balanceCents -= cents;", lines).replace(
    "import type { Go,",
    "import { type Go, gosched, type",
  );
  return text.replace(/^.*(first|second)\b.*\n/gm, "");
}
