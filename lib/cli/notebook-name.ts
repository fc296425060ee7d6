// findNotebook: the notebook that somebody means: a file, a name, or its number.
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { nearest } from "../grade/index.js";
import { UsageError } from "./exit-code.js";

/**
 * Returns the path of the notebook that `word` means. The learner's own notebooks come before the course's.
 *
 * @throws {UsageError} `no notebook "…". Did you mean "…"?`
 */
export function findNotebook(word: string, root: string): string {
  if (existsSync(resolve(word))) return resolve(word);
  const folders = [join(root, "workspace", "notebooks"), join(root, "notebooks")];
  const files = folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".ipynb"))
      .map((name) => ({ name: name.slice(0, -".ipynb".length), path: join(folder, name) })),
  );
  const wanted = word.replace(/^.*\//, "").replace(/\.ipynb$/, "");
  const found =
    files.find(({ name }) => name === wanted) ?? files.find(({ name }) => name.startsWith(`${wanted}-`));
  if (found !== undefined) return found.path;
  const names = [...new Set(files.map(({ name }) => name))];
  const close = nearest(wanted, names);
  const hint =
    close === undefined ? ` There are: ${names.sort().join(", ") || "none"}.` : ` Did you mean "${close}"?`;
  throw new UsageError(`no notebook "${word}".${hint}`);
}
