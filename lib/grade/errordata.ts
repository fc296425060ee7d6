// errorData: any thrown value as plain data, with the places of its stack.
import type { ErrorData } from "../event/index.js";
import { parseStack } from "../runtime/index.js";

/** Never throws, whatever was thrown. Frames of the library and of Node are left out. */
export function errorData(thrown: unknown): ErrorData {
  if (!(thrown instanceof Error)) return { name: "Error", message: `threw ${short(thrown)}`, stack: [] };
  const { stack } = thrown;
  const positions = typeof stack === "string" ? parseStack(stack) : [];
  return { name: String(thrown.name), message: String(thrown.message), stack: positions };
}

function short(value: unknown): string {
  try {
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  } catch {
    return "a value that cannot be printed";
  }
}
