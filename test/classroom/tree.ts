// Folders and zips for the tests of a class, in a temporary folder.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { strToU8, zipSync } from "fflate";

/** Files by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A temporary folder with files; remove it after the test. */
export function folderOf(files: Files): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "hb class "));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A zip with files. */
export function zipOf(files: Files): Uint8Array {
  const entries = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === "string" ? strToU8(content) : content,
  ]);
  return zipSync(Object.fromEntries(entries) as Record<string, Uint8Array>);
}

/** A notebook whose code cells are `cells`. */
export function notebookOf(...cells: readonly string[]): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map((source) => ({
      cell_type: "code",
      source: source.split(/(?<=\n)/),
      metadata: {},
      outputs: [],
    })),
  });
}
