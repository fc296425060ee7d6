// withoutBubblewrap: a PATH on which there is no `bwrap`, so that the other program builds the wall.
import { accessSync, constants, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { boundaryFor } from "../../../lib/grade/sandbox.js";

const NEEDED = ["unshare", "perl"];

/** Links to what the wall by unshare needs, in `folder`, and nothing else on the PATH. Returns what takes it back. */
export function withoutBubblewrap(folder: string, programs: readonly string[] = NEEDED): () => void {
  const before = process.env["PATH"] ?? "";
  mkdirSync(folder, { recursive: true });
  for (const program of programs) {
    const found = before
      .split(":")
      .map((place) => join(place, program))
      .find(isProgram);
    if (found !== undefined) symlinkSync(found, join(folder, program));
  }
  process.env["PATH"] = folder;
  return () => {
    process.env["PATH"] = before;
    rmSync(folder, { recursive: true, force: true });
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether the wall by unshare stands here. In CI it must. */
export async function hasUnshare(): Promise<boolean> {
  const { kind, words } = await boundaryFor("auto");
  if (kind === "unshare") return true;
  if (process.env["CI"] !== undefined)
    throw new Error(`expected the wall by unshare, found: ${words.join(", ")}`);
  console.warn(`NOT TESTED: no wall by unshare here (${words.join(", ")}).`);
  return false;
}
