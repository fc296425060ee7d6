// Begin: how what was written into shared memory starts on a thread: a goroutine as a generator, a host's task as a call.

import type { Go } from "../op/index.js";
import type { Callable } from "./functions.js";
import { pushBox } from "./inbox.js";
import { CELL_WORDS, cellsOf, G, M } from "./layout.js";
import type { Scheduler } from "./scheduler.js";
import { ringHost } from "./words.js";

type Args = unknown[];
type Body = (face: unknown, ...args: Args) => Go<unknown>;

/** Takes the arguments out of the record at `address`. */
export function argsAt({ i32, values }: Scheduler, address: number): unknown[] {
  const count = i32[address + G.ARGS] as number;
  const cells = cellsOf(i32, address);
  if (count < 0) return values.get(cells) as Args;
  const args = new Array<unknown>(count);
  for (let i = 0; i < count; i++) args[i] = values.get(cells + i * CELL_WORDS);
  return args;
}

/** Makes the generator of a body; the usual counts of arguments without a spread. */
export function begin(callable: Callable, face: unknown, args: readonly unknown[]): Go<unknown> {
  const body = callable as unknown as Body;
  switch (args.length) {
    case 0:
      return body(face);
    case 1:
      return body(face, args[0]);
    case 2:
      return body(face, args[0], args[1]);
    case 3:
      return body(face, args[0], args[1], args[2]);
    default:
      return body(face, ...args);
  }
}

/** Runs a plain function of the host's. */
export function compute(s: Scheduler, address: number, fn: Callable, args: readonly unknown[]): null {
  try {
    returnTask(s, address, (fn as unknown as (...args: readonly unknown[]) => unknown)(...args), false);
  } catch (error) {
    returnTask(s, address, error, true);
  }
  return null;
}

/** Sends the result of a task to the host, which frees its block. */
export function returnTask(s: Scheduler, address: number, value: unknown, hasThrown: boolean): void {
  const { i32, words } = s;
  const cell = cellsOf(i32, address);
  let isError = hasThrown;
  try {
    s.values.put(cell, value);
  } catch (error) {
    s.values.put(cell, hasThrown ? String(value) : error); // with something in it that cannot be copied
    isError = true;
  }
  i32[address + G.ARGS] = isError ? 1 : 0;
  pushBox(i32, words.m(s.id) + M.OUTBOX, address);
  ringHost(words);
}
