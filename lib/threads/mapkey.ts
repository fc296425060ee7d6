// Mapkey: a key as the tables want it: a hash, a kind, two words.
//
// Invariants:
//  I1. Equal keys have the same kind, words and hash: a number that is a 32-bit integer is always INT, -0 is 0.

import { FLOAT, INT, TEXT } from "./maplayout.js";
import { hashText } from "./maptext.js";

const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);

/** What may be a key. */
export type MapKeyValue = number | string;

/** The key of the call under way. One object for all calls of a map on a thread, so that none is made. */
export class MapKey {
  kind = INT;
  hash = 0;
  /** INT: the number. FLOAT: its lower half. TEXT: the hash. */
  low = 0;
  high = 0;
  text = "";
  readonly #label: string;

  constructor(label: string) {
    this.#label = label;
  }

  /** Takes a key in. @throws {TypeError} ``ConcurrentMap: expected `key` to be a string or a number other than NaN, got NaN`` */
  set(key: MapKeyValue): this {
    if (typeof key === "number") {
      this.low = key | 0;
      if (this.low === key) {
        this.kind = INT;
        this.high = 0;
        this.hash = mix(this.low);
        return this;
      }
      if (!Number.isNaN(key)) return this.#setFloat(key);
    } else if (typeof key === "string") {
      this.kind = TEXT;
      this.text = key;
      this.hash = this.low = hashText(key);
      return this;
    }
    throw new TypeError(
      `${this.#label}: expected \`key\` to be a string or a number other than NaN, got ${String(key)}`,
    );
  }

  #setFloat(key: number): this {
    number[0] = key;
    this.kind = FLOAT;
    this.low = halves[0]!;
    this.high = halves[1]!;
    this.hash = hashOf(FLOAT, this.low, this.high);
    return this;
  }
}

/** The number with these halves. */
export function floatOf(low: number, high: number): number {
  halves[0] = low;
  halves[1] = high;
  return number[0]!;
}

/** The lower half of a number; `highOf` next. */
export function lowOf(value: number): number {
  number[0] = value;
  return halves[0]!;
}

/** The upper half of the number that `lowOf` was called with. */
export function highOf(): number {
  return halves[1]!;
}

/** The hash of a key with this kind and these words. */
export function hashOf(kind: number, low: number, high: number): number {
  if (kind === TEXT) return low;
  return mix(kind === FLOAT ? low ^ Math.imul(high, 0x9e3779b1) : low);
}

function mix(bits: number): number {
  let hash = Math.imul(bits, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
