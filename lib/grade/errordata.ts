// errorData: any thrown value as plain data, with the places of its stack.
import type { ErrorData, Position } from "../event/index.js";

const FRAME = /^\s*at (?:(?:async )?(.+?) \()?((?:file:\/\/|node:|\/)[^()]*?):(\d+):(\d+)\)?$/;

/** Never throws, whatever was thrown. */
export function errorData(thrown: unknown): ErrorData {
  if (!(thrown instanceof Error)) return { name: "Error", message: `threw ${short(thrown)}`, stack: [] };
  return { name: String(thrown.name), message: String(thrown.message), stack: positions(thrown.stack) };
}

function short(value: unknown): string {
  try {
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  } catch {
    return "a value that cannot be printed";
  }
}

function positions(stack: unknown): Position[] {
  if (typeof stack !== "string") return [];
  const found: Position[] = [];
  for (const line of stack.split("\n")) {
    const match = FRAME.exec(line);
    if (match === null) continue;
    const [, name, file, row, column] = match;
    const at = { file: file!, line: Number(row), column: Number(column) };
    found.push(name === undefined ? at : { ...at, name });
  }
  return found;
}
