// attack: a hostile submission, and what it got.
import { readdirSync, readlinkSync } from "node:fs";
import { type CheckResult, checkText, type Places } from "../../../lib/grade/index.js";
import { boundaryFor } from "../../../lib/grade/sandbox.js";
import { OPEN, starter, TRANSFER } from "../course.js";

/** Small, so that what is endless is so briefly. */
export const LIMITS = { loadMs: 2500, labMs: 2500, heapMiB: 96, memoryMiB: 300, outputBytes: 64 << 10 };

/** Lines put before the starter, which gets no points: the verdict must not become a better one. */
export function onStarter(lines: string, places: Places): Promise<CheckResult> {
  return checkText(TRANSFER, `${lines}\n${starter(TRANSFER)}`, { places, limits: LIMITS });
}

/** What the attack said it found, with modules of Node in its hands; or how it ended. */
export async function found(lines: string, places: Places): Promise<string> {
  const head = 'const node = globalThis[Symbol.for("open")];\nlet said;\n';
  const text = `${head}try {\n${lines}\n} catch (error) {\n  said = error.code ?? error.message;\n}\n`;
  const answer = "export function answer() {\n  return { said };\n}\n";
  const { problem, properties } = await checkText(OPEN, `${text}${answer}`, { places, limits: LIMITS });
  const message = properties[0]?.message ?? "";
  if (problem !== undefined) return `${problem.verdict}: ${problem.message}`;
  const said: unknown = JSON.parse(/^found: (.*)$/m.exec(message)?.[1] ?? "{}").said;
  return typeof said === "string" ? said : JSON.stringify(said ?? message);
}

/** Whether this machine has a real boundary. In CI it must: `.ci/run` installs one. */
export async function hasWall(): Promise<boolean> {
  const { isWall, words } = await boundaryFor("auto");
  if (!isWall && process.env["CI"] !== undefined) {
    throw new Error(`the red team needs a real boundary and found: ${words.join(", ")}. Install bubblewrap.`);
  }
  if (!isWall) console.warn(`NOT TESTED: no real boundary here (${words.join(", ")}). Install bubblewrap.`);
  return isWall;
}

/** Processes whose working folder lies below `folder`. */
export function processesBelow(folder: string): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((id) => /^\d+$/.test(id) && folderOf(id).startsWith(folder));
}

function folderOf(id: string): string {
  try {
    return readlinkSync(`/proc/${id}/cwd`);
  } catch {
    return ""; // it has ended, or is somebody else's
  }
}
