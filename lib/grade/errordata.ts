// errorData: any thrown value as plain data, with the places of its stack.
import type { ErrorData } from "../event/index.js";
import { parseStack } from "../runtime/index.js";

/** Never throws, whatever was thrown: its getters and traps may. Frames of the library and of Node are left out. */
export function errorData(thrown: unknown): ErrorData {
  try {
    if (!(thrown instanceof Error)) return { name: "Error", message: `threw ${short(thrown)}`, stack: [] };
    const { stack, name, message } = thrown;
    const positions = typeof stack === "string" ? parseStack(stack) : [];
    return { name: short(name, false), message: short(message, false), stack: positions };
  } catch {
    return { name: "Error", message: "threw something that cannot be read", stack: [] };
  }
}

function short(value: unknown, isQuoted = true): string {
  try {
    return typeof value === "string" && isQuoted ? JSON.stringify(value) : String(value);
  } catch {
    return "a value that cannot be printed";
  }
}
