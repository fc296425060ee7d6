// Twins: the built library with one bug planted, to show that a test can fail.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const built = fileURLToPath(new URL("../../.build/lib/", import.meta.url));

/**
 * Returns the address of a copy of `threads/index.js` in which `file` has `wrong` in place of `right`; removed after the
 * test. On a thread, load it with `new Function("url", "return import(url)")`.
 */
export function twinOf(file: string, right: string, wrong: string): string {
  const folder = mkdtempSync(`${built}threads-twin-`); // beside the original, so that its imports lead to the same rooms
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(`${built}threads`, folder, { recursive: true });
  const text = readFileSync(`${folder}/${file}`, "utf8");
  if (text.split(right).length !== 2) throw new Error(`twin of ${file}: expected \`${right}\` exactly once`);
  writeFileSync(`${folder}/${file}`, text.replace(right, wrong));
  return `${folder}/index.js`;
}
