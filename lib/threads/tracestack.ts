// TraceStack: where a thread stands at an event: the call into this library, and who made it.

import { fileURLToPath } from "node:url";

const FRAMES = 24;
/** The library, as its files are named in stacks: by address or by path. */
const ours = new URL("..", import.meta.url);
const folders = [ours.href, fileURLToPath(ours)];
const CALL = /^\s+at (?:async )?(?:new )?(?:[\w$]+\.)?#?([\w$]+) /;

function isOurs(line: string): boolean {
  return folders.some((folder) => line.includes(folder));
}

/** The text of the stack. Some microseconds. */
export function rawStack(): string {
  const limit = Error.stackTraceLimit;
  Reflect.set(Error, "stackTraceLimit", FRAMES); // where intrinsics are frozen, a flag has set it
  const { stack = "" } = new Error();
  Reflect.set(Error, "stackTraceLimit", limit);
  return stack;
}

/** Of such a text: the function of the library that was called, then the lines of who called it. */
export function callAndCallers(raw: string): string {
  const lines = raw
    .split("\n")
    .slice(1)
    .filter((line) => !line.endsWith("(<anonymous>)")); // JavaScript's own, such as a generator's next
  const first = lines.findIndex((line) => !isOurs(line));
  const call = CALL.exec(lines[(first < 0 ? lines.length : first) - 1] ?? "")?.[1] ?? "";
  const callers = first < 0 ? [] : lines.slice(first).filter((line) => !isOurs(line));
  return [call, ...callers].join("\n");
}
