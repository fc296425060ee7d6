// Mapvalue: values in two words of a slot: numbers and constants there, texts and what structured clone can copy in a block.

import { deserialize, serialize } from "node:v8";
import type { MapHeap } from "./mapheap.js";
import { floatOf, highOf, lowOf } from "./mapkey.js";
import { CONSTANT, DATA, FLOAT, INT, TEXT, VALUE_MASK, VALUE_SHIFT } from "./maplayout.js";
import { headOf, readText, wordsOfText, writeText } from "./maptext.js";

const CONSTANTS: readonly unknown[] = [undefined, null, false, true];

/** The bytes of a structured value, read but not yet believed. */
class Clone {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** Values of one map: into words and back. */
export class MapValues {
  /** What `encode` has made last. */
  kind = INT;
  low = 0;
  high = 0;
  readonly #words: Int32Array;
  readonly #heap: MapHeap;

  constructor(words: Int32Array, heap: MapHeap) {
    this.#words = words;
    this.#heap = heap;
  }

  /** Puts a value into `kind`, `low`, `high`, and into a block of the shard where it needs one. The shard is locked. */
  encode(shard: number, value: unknown): void {
    this.high = 0;
    if (typeof value === "number") this.#encodeNumber(value);
    else if (typeof value === "string") this.#encodeText(shard, value);
    else {
      this.low = CONSTANTS.indexOf(value);
      this.kind = CONSTANT;
      if (this.low < 0) this.#encodeClone(shard, serialize(value));
    }
  }

  /** Gives back what a value had. Its slot shows it no longer, and the shard is locked. */
  release(shard: number, state: number, at: number): void {
    const kind = (state >>> VALUE_SHIFT) & VALUE_MASK;
    if (kind !== TEXT && kind !== DATA) return;
    this.drop(shard, kind, this.#words[at]!, this.#words[at + 1]!);
  }

  /** Gives back what `encode` took. */
  drop(shard: number, kind: number, low: number, high: number): void {
    if (kind === TEXT) this.#heap.freeBlock(shard, low, wordsOfText(high));
    if (kind === DATA) this.#heap.freeBlock(shard, low, Math.ceil(high / 4));
  }

  /**
   * Reads the value in the words at `at`, which belongs to the state `state` in the word `slot`. Believe it when the state is
   * still the same afterwards, then pass it through `decode`.
   */
  read(slot: number, state: number, at: number): unknown {
    const words = this.#words;
    const kind = (state >>> VALUE_SHIFT) & VALUE_MASK;
    const low = Atomics.load(words, at); // ORDER: between two looks at the state, as all loads here
    if (kind === INT) return low;
    if (kind === CONSTANT) return CONSTANTS[low];
    const high = Atomics.load(words, at + 1); // ORDER: between two looks at the state
    if (kind === FLOAT) return floatOf(low, high);
    // ORDER: acquire; `low` and `high` belong together, so the block was there, and the loops below end.
    if (Atomics.load(words, slot) !== state) return undefined;
    if (kind === TEXT) return readText(words, low, high);
    const copy = new Int32Array(Math.ceil(high / 4));
    for (let i = 0; i < copy.length; i++) copy[i] = Atomics.load(words, low + i); // ORDER: between two looks
    return new Clone(new Uint8Array(copy.buffer, 0, high));
  }

  /** The value that `read` has read, now that it is believed. */
  decode(read: unknown): unknown {
    return read instanceof Clone ? deserialize(read.bytes) : read;
  }

  #encodeNumber(value: number): void {
    this.low = value | 0;
    this.kind = INT;
    if (this.low === value && (value !== 0 || 1 / value > 0)) return; // -0 is a value of its own
    this.kind = FLOAT;
    this.low = lowOf(value);
    this.high = highOf();
  }

  #encodeText(shard: number, value: string): void {
    this.kind = TEXT;
    this.high = headOf(value);
    this.low = this.#heap.block(shard, wordsOfText(this.high));
    writeText(this.#words, this.low, this.high, value);
  }

  #encodeClone(shard: number, bytes: Uint8Array): void {
    this.kind = DATA;
    this.high = bytes.length;
    const copy = new Int32Array(Math.ceil(bytes.length / 4));
    new Uint8Array(copy.buffer).set(bytes);
    this.low = this.#heap.block(shard, copy.length);
    // ORDER: before the store of the state, which publishes it.
    for (let i = 0; i < copy.length; i++) Atomics.store(this.#words, this.low + i, copy[i]!);
  }
}
