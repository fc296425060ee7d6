// Values: how a value lies in shared memory: a cell of 16 bytes, and a block for what is larger.
//
// Invariants:
//  I1. Whoever takes a value out of a cell frees its block; a cell is taken once.
//  I2. A receiver gets a copy, also from a goroutine of its own thread: what a program means does not depend on where
//      its goroutines run. Shared are: the run's channels and locks, memory of the run, and what the host handed over.

import { deserialize, serialize } from "node:v8";
import type { Callable, Functions } from "./functions.js";
import { classOf, type Heap } from "./heap.js";
import type { Words } from "./words.js";

const Tag = {
  UNDEFINED: 0,
  NUMBER: 1,
  TRUE: 2,
  FALSE: 3,
  NULL: 4,
  STRING: 5,
  CLONE: 6,
  /** A clone with references in it. */
  TREE: 7,
  /** A channel or a lock of this run. */
  OBJECT: 8,
  FUNCTION: 9,
  /** Something that the host handed to all threads. */
  GIVEN: 10,
  /** A view of the run's memory. */
  VIEW: 11,
} as const;

const REFERENCE = "happens-before reference";

/** A channel, a mutex, a wait group of this run. */
export interface RunObject {
  readonly address: number;
}

/** Makes objects of this run out of their addresses, and knows them. */
export interface Objects {
  isOne(value: object): value is RunObject;
  at(address: number): RunObject;
}

/** The values of one thread in one run. */
export class Values {
  readonly #words: Words;
  readonly #i32: Int32Array;
  readonly #f64: Float64Array;
  readonly #heap: Heap;
  readonly #functions: Functions;
  readonly #objects: Objects;
  readonly #given: readonly object[];
  readonly #numberOfGiven = new Map<object, number>();

  constructor(words: Words, heap: Heap, functions: Functions, objects: Objects, given: readonly object[]) {
    this.#words = words;
    this.#i32 = words.i32;
    this.#f64 = words.f64;
    this.#heap = heap;
    this.#functions = functions;
    this.#objects = objects;
    this.#given = given;
    given.forEach((object, number) => void this.#numberOfGiven.set(object, number));
  }

  /** Writes `value` into `cell`. `within` is the body that hands it on. */
  put(cell: number, value: unknown, within?: Callable): void {
    if (typeof value === "number") {
      this.#i32[cell] = Tag.NUMBER;
      this.#f64[(cell + 2) >> 1] = value;
    } else if (value === undefined) this.#i32[cell] = Tag.UNDEFINED;
    else if (typeof value === "boolean") this.#i32[cell] = value ? Tag.TRUE : Tag.FALSE;
    else this.#putLarge(cell, value, within);
  }

  #putLarge(cell: number, value: unknown, within: Callable | undefined): void {
    if (value === null) this.#i32[cell] = Tag.NULL;
    else if (typeof value === "string") this.#putString(cell, value);
    else if (!this.#putReference(cell, value, within)) this.#putClone(cell, value, within);
  }

  #putString(cell: number, text: string): void {
    const length = text.length * 2;
    const at = this.#block(cell, Tag.STRING, length);
    this.#words.bytes.write(text, at * 4 + 4, length, "utf16le");
  }

  /** Takes a block for `length` bytes behind their length. */
  #block(cell: number, tag: number, length: number): number {
    const at = this.#heap.take(classOf(length + 4));
    this.#i32[at] = length;
    this.#i32[cell] = tag;
    this.#i32[cell + 1] = at;
    return at;
  }

  #putReference(cell: number, value: unknown, within: Callable | undefined): boolean {
    const words = this.#referenceTo(value, within);
    if (words === undefined) return false;
    for (let i = 0; i < words.length; i++) this.#i32[cell + i] = words[i] as number;
    return true;
  }

  /** The words of a cell that leads to `value`; undefined when it has to be copied. */
  #referenceTo(value: unknown, within: Callable | undefined): readonly number[] | undefined {
    if (typeof value !== "object" && typeof value !== "function") return undefined;
    if (value === null) return undefined;
    const given = this.#numberOfGiven.get(value);
    if (given !== undefined) return [Tag.GIVEN, given];
    if (typeof value === "function")
      return [Tag.FUNCTION, this.#functions.addressOf(value as Callable, within)];
    if (this.#objects.isOne(value)) return [Tag.OBJECT, value.address];
    if (value instanceof Int32Array && value.buffer === this.#words.buffer)
      return [Tag.VIEW, value.byteOffset, value.length];
    return undefined;
  }

  #putClone(cell: number, value: unknown, within: Callable | undefined): void {
    const isTree = this.#holdsReference(value, new Set());
    let bytes: Buffer;
    try {
      bytes = serialize(isTree ? this.#withReferences(value, within) : value);
    } catch (error) {
      throw new TypeError(`a value cannot be sent to another goroutine: ${(error as Error).message}`);
    }
    const at = this.#block(cell, isTree ? Tag.TREE : Tag.CLONE, bytes.length);
    this.#words.bytes.set(bytes, at * 4 + 4);
  }

  /** True when a plain object or an array holds, at any depth, what is not copied. */
  #holdsReference(value: unknown, seen: Set<object>): boolean {
    if (typeof value === "function") return true;
    if (typeof value !== "object" || value === null || seen.has(value)) return false;
    if (this.#numberOfGiven.has(value) || this.#objects.isOne(value)) return true;
    if (value instanceof Int32Array && value.buffer === this.#words.buffer) return true;
    seen.add(value);
    const inside = Array.isArray(value) ? value : isPlain(value) ? Object.values(value) : [];
    return inside.some((item) => this.#holdsReference(item, seen));
  }

  /** `value` with references in place of what is not copied. */
  #withReferences(value: unknown, within: Callable | undefined, outside: readonly object[] = []): unknown {
    const words = this.#referenceTo(value, within);
    if (words !== undefined) return { [REFERENCE]: words };
    if (typeof value !== "object" || value === null) return value;
    if (outside.includes(value)) throw new TypeError("it contains itself, and a channel or a lock");
    const path = [...outside, value];
    if (Array.isArray(value)) return value.map((item) => this.#withReferences(item, within, path));
    if (!isPlain(value)) return value;
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [key, this.#withReferences(item, within, path)]));
  }

  /** Takes the value out of `cell` (I1). */
  get(cell: number): unknown {
    switch (this.#i32[cell]) {
      case Tag.NUMBER:
        return this.#f64[(cell + 2) >> 1];
      case Tag.UNDEFINED:
        return undefined;
      case Tag.TRUE:
        return true;
      case Tag.FALSE:
        return false;
      case Tag.NULL:
        return null;
      default:
        return this.#getLarge(cell);
    }
  }

  #getLarge(cell: number): unknown {
    const i32 = this.#i32;
    const tag = i32[cell] as number;
    const detail = i32[cell + 1] as number;
    if (tag !== Tag.STRING && tag !== Tag.CLONE && tag !== Tag.TREE)
      return this.#dereference(tag, detail, i32[cell + 2] as number);
    const start = detail * 4 + 4;
    const length = i32[detail] as number;
    const { bytes } = this.#words;
    let value: unknown;
    if (tag === Tag.STRING) value = bytes.toString("utf16le", start, start + length);
    else value = deserialize(Uint8Array.prototype.slice.call(bytes, start, start + length));
    this.#heap.give(detail, classOf(length + 4));
    return tag === Tag.TREE ? this.#withObjects(value) : value;
  }

  #dereference(tag: number, detail: number, more: number): unknown {
    if (tag === Tag.OBJECT) return this.#objects.at(detail);
    if (tag === Tag.FUNCTION) return this.#functions.at(detail);
    if (tag === Tag.GIVEN) return this.#given[detail];
    return new Int32Array(this.#words.buffer, detail, more);
  }

  #withObjects(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#withObjects(item));
    if (!isPlain(value)) return value;
    const words = (value as Record<string, unknown>)[REFERENCE] as readonly number[] | undefined;
    if (words !== undefined)
      return this.#dereference(words[0] as number, words[1] as number, words[2] as number);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#withObjects(item)]));
  }

  /** Moves a value from one cell to another. */
  move(from: number, to: number): void {
    const i32 = this.#i32;
    i32[to] = i32[from] as number;
    i32[to + 1] = i32[from + 1] as number;
    i32[to + 2] = i32[from + 2] as number;
    i32[to + 3] = i32[from + 3] as number;
  }

  /** Frees what `cell` holds; nobody will take it. */
  drop(cell: number): void {
    const tag = this.#i32[cell];
    if (tag !== Tag.STRING && tag !== Tag.CLONE && tag !== Tag.TREE) return;
    const at = this.#i32[cell + 1] as number;
    this.#heap.give(at, classOf((this.#i32[at] as number) + 4));
  }
}

/** True for `{…}` of any realm (a body's, the library's). */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
