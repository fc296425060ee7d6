// Carry: a function that travels to another thread as its source.
//
// A thread cannot see the variables around a function, only its text. So a function is checked when it leaves: a name that
// is neither a parameter, nor declared inside, nor a global of JavaScript is an error here, not `undefined` over there.
//
// Invariants:
//  I1. The same text is checked once, and gets the same number; the number stands in the file name of its stack frames.
//  I2. The loop guards of a notebook's cell give way to blanks: a thread is interrupted by ending it, and the columns of
//      its stack stay right.

import { LOOP_GUARD } from "../op/index.js";
import { freeNames, functionExpression, type Lead, parseFunction } from "./freenames.js";
import type { Carried } from "./shareable.js";

/** The text of a function on its way to a thread. */
export interface FunctionSource {
  /** An expression whose value is the function. */
  readonly expression: string;
  /** What of the expression stands before the function's own text. */
  readonly lead: Lead;
  readonly name: string;
  /** Number of the text; its frames say `hb-thread-<number>.js`. */
  readonly number: number;
}

/** A function's text uses something that does not exist on another thread. */
export class FreeNameError extends ReferenceError {
  override readonly name = "FreeNameError";
  /** The names, as the author wrote them. */
  readonly names: readonly string[];

  constructor(message: string, names: readonly string[]) {
    super(message);
    this.names = names;
  }
}

const sources = new WeakMap<object, FunctionSource>();
/** The last source made of a text: a loop that writes its function anew each time pays for one. */
const checkedTexts = new Map<string, FunctionSource>();
const originals: WeakRef<Callable>[] = [];

type Callable = (...args: never[]) => unknown;

/**
 * Returns `fn`, marked so that it may be handed to a team among the arguments. It travels as its source.
 *
 * @throws {FreeNameError} ``carry: `price` uses names that do not exist on another thread: rate, table …``
 * @example
 * const double = carry((n: number) => 2 * n);
 * console.log(await team(2, (t, double) => double(t.id), { args: [double] })); // prints: [ 0, 2 ]
 */
export function carry<F extends Callable>(fn: F): F & Carried {
  sourceOf(fn, "carry");
  return fn as F & Carried;
}

/** The source of a function that went through `carry`. */
export function carriedSource(fn: object): FunctionSource | undefined {
  return sources.get(fn);
}

/** Checks a function and returns its source; `where` begins the messages. */
export function sourceOf(fn: Callable, where: string): FunctionSource {
  if (typeof fn !== "function") throw new TypeError(`${where}: expected a function, got ${typeof fn}`);
  const known = sources.get(fn);
  if (known !== undefined) return known;
  const text = Function.prototype.toString.call(fn);
  const checked = checkedTexts.get(text);
  const lead = checked === undefined ? check(text, fn.name, where) : checked.lead;
  const number = checked?.number ?? originals.length;
  originals[number] = new WeakRef(fn);
  const source = checked?.name === fn.name ? checked : makeSource(text, fn.name, number, lead);
  checkedTexts.set(text, source);
  sources.set(fn, source);
  return source;
}

function makeSource(text: string, name: string, number: number, lead: Lead): FunctionSource {
  const guarded = functionExpression(text, name, lead);
  const expression = guarded.replaceAll(LOOP_GUARD, " ".repeat(LOOP_GUARD.length)); // I2
  return { expression, lead, name, number };
}

/** The function whose text has this number, if it still lives. */
export function originalOf(number: number): Callable | undefined {
  return originals[number]?.deref();
}

/** Returns what has to stand before the text. */
function check(text: string, name: string, where: string): Lead {
  const parsed = parseFunction(text.replaceAll(LOOP_GUARD, ""), `${where}: \`${name || "the function"}\``);
  const names = freeNames(parsed);
  if (names.length === 0) return parsed.lead;
  throw new FreeNameError(
    `${where}: ${name === "" ? "the function" : `\`${name}\``} uses names that do not exist on another thread: ${names.join(", ")}.\n` +
      "A thread sees only its parameters and the globals of JavaScript: hand values over in `args`; " +
      "the library's classes are in `t.threads` (t.threads.Mutex).",
    names,
  );
}
