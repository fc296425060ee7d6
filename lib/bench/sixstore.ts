// Sixstore: a six-structure table as a JSON file, and back.
import { readFile, writeFile } from "node:fs/promises";
import type { SixResult, SixWork } from "./sixresult.js";

const FORMAT = "happens-before six 1";
const WORKS: readonly SixWork[] = ["read, 1 thread", "read", "95/5", "50/50", "short writes", "long write"];

/** Writes a result of `six` to a JSON file, over one that is there. */
export async function saveSix(path: string, result: SixResult): Promise<void> {
  await writeFile(path, `${JSON.stringify({ format: FORMAT, ...result })}\n`);
}

/**
 * Reads what {@link saveSix} wrote.
 *
 * @throws {TypeError} `a.json: not a saved six-structure table: it holds no work "read"`
 */
export async function loadSix(path: string): Promise<SixResult> {
  const refuse = (why: string) => new TypeError(`${path}: not a saved six-structure table: ${why}`);
  let data: Partial<SixResult> & { format?: unknown };
  try {
    data = JSON.parse(await readFile(path, "utf8")) as typeof data;
  } catch (error) {
    if ((error as { code?: string }).code !== undefined) throw error;
    throw refuse(`not JSON (${(error as Error).message})`);
  }
  if (data?.format !== FORMAT) throw refuse(`expected \`format\` to be ${FORMAT}`);
  for (const work of WORKS) {
    const found = data.workloads?.find((each) => each.work === work)?.comparison;
    if (!Array.isArray(found?.variants)) throw refuse(`it holds no work ${JSON.stringify(work)}`);
  }
  const { format: _, ...result } = data;
  return result as SixResult;
}
