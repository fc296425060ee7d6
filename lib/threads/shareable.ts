// Shareable: what may be handed to a thread, and how it is packed for the way.
//
// Threads share nothing but SharedArrayBuffers; everything else is copied. A primitive is packed as its handle and made
// again on the other side; a carried function as its source.
//
// Invariants:
//  I1. What would silently become a copy that nobody shares (an ordinary typed array), or would lose its methods (an
//      object with a class), is an error that names the place in the arguments.

import { carriedSource } from "./carry.js";
import { isPrimitive } from "./library.js";
import { type Handle, isHandle, type Shared } from "./memory.js";
import { PACKED, type Packed } from "./unpack.js";

/** Functions have it, plain objects have not; so do Maps, Sets, Promises and the like with a string tag. */
interface NoFunction {
  readonly apply?: never;
  readonly [Symbol.toStringTag]?: never;
}

/**
 * What may be handed to a thread: numbers, bigints, strings, booleans, null, undefined, SharedArrayBuffers and typed arrays over them,
 * the primitives of `happens-before/threads`, handles, functions passed through `carry`, and plain objects and arrays of those.
 */
export type Shareable =
  | number
  | bigint
  | string
  | boolean
  | null
  | undefined
  | SharedArrayBuffer
  | ArrayBufferView
  | Shared
  | Handle
  | Carried
  | readonly Shareable[]
  | (object & NoFunction);

/** A function that went through `carry`. */
export interface Carried {
  readonly carried: true;
}

/**
 * Returns a form of `value` that postMessage can take.
 *
 * @throws {TypeError} ``team: expected `args[0].prices` to be over a SharedArrayBuffer, got a Float64Array over an ArrayBuffer …``
 */
export function pack(value: unknown, path: string, within: readonly object[] = []): unknown {
  if (typeof value === "function") {
    const source = carriedSource(value);
    if (source !== undefined) return { [PACKED]: "function", source } satisfies Packed;
    throw unfit(path, "shareable", `a function (${value.name || "anonymous"}); wrap it: carry(fn)`);
  }
  if (typeof value === "symbol") throw unfit(path, "shareable", "a symbol");
  if (typeof value !== "object" || value === null) return value;
  if (isPrimitive(value)) return { [PACKED]: "primitive", handle: value.handle } satisfies Packed;
  if (value instanceof SharedArrayBuffer || isHandle(value)) return value;
  if (ArrayBuffer.isView(value)) return packView(value, path);
  if (within.includes(value)) throw unfit(path, "without cycles", "an object that contains itself");
  const inside = [...within, value];
  if (Array.isArray(value)) return value.map((item, index) => pack(item, `${path}[${index}]`, inside));
  if (!isPlain(value)) throw unfit(path, "shareable", `an object of class ${classOf(value)}`);
  const packed: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) packed[key] = pack(item, `${path}.${key}`, inside);
  return packed;
}

function packView(view: ArrayBufferView, path: string): ArrayBufferView {
  if (view.buffer instanceof SharedArrayBuffer) return view;
  const got = `a ${classOf(view)} over an ArrayBuffer (each thread would get a copy of its own)`;
  throw unfit(path, "over a SharedArrayBuffer", got);
}

/** True for `{…}` and for objects without a class, of any realm (a cell's, a test's). */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function classOf(value: object): string {
  return (value.constructor as { name?: string } | undefined)?.name ?? "unknown";
}

function unfit(path: string, expectation: string, got: string): TypeError {
  return new TypeError(`team: expected \`${path}\` to be ${expectation}, got ${got}`);
}
