// The record: outcomes that real Go has shown, for machines without Go. test/oracle/record.mjs writes it.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Description } from "./description.js";

const FILE = fileURLToPath(new URL("recorded.json", import.meta.url));

export interface Recorded {
  /** Changes when the program does: what was recorded for another text is of no use. */
  readonly hash: string;
  /** How often Go showed each outcome. */
  readonly go: Readonly<Record<string, number>>;
  /** All outcomes of this library when the record was made: none may come or go unnoticed. */
  readonly ours: readonly string[];
}

export interface GoRecord {
  readonly go: string;
  readonly machine: string;
  readonly programs: Readonly<Record<string, Recorded>>;
}

export function descriptionHash(d: Description): string {
  return createHash("sha256").update(JSON.stringify(d)).digest("hex").slice(0, 12);
}

export function readRecord(): GoRecord {
  return JSON.parse(readFileSync(FILE, "utf8")) as GoRecord;
}

export function writeRecord(record: GoRecord): void {
  writeFileSync(FILE, `${JSON.stringify(record, null, 1)}\n`);
}
