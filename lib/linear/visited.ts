// Visited: which configurations a search has seen, a configuration being a few words (what is already ordered) and a
// state of the model.
//
// Invariants:
//  I1. An entry's words never change; they lie one behind another in one array.
//  I2. The table holds every entry once and is at most half full.
//
// Source: Lowe, Testing for linearizability (2017), section 4.1: a configuration that led nowhere once leads nowhere.
import { hashOf, mix } from "./hash.js";
import type { Model } from "./model.js";

type Compared<S> = Pick<Model<S, never, never>, "equal" | "hash">;

/** A set of configurations. */
export class Visited<S> {
  readonly #equal: (a: S, b: S) => boolean;
  readonly #hash: (state: S) => number;
  /** Entry + 1 by hash, open addressing; 0 is free. */
  #table = new Int32Array(64);
  #hashes = new Int32Array(32);
  /** Where an entry's words begin; they end where the next one's begin. */
  #starts = new Int32Array(33);
  #words = new Int32Array(128);
  readonly #states: S[] = [];
  readonly #strings = new Map<string, number>();

  constructor(model: Compared<S>) {
    this.#equal = model.equal?.bind(model) ?? Object.is;
    this.#hash = model.hash?.bind(model) ?? (model.equal === undefined ? (s) => this.#hashOf(s) : () => 0);
  }

  /** How many configurations are in. */
  get size(): number {
    return this.#states.length;
  }

  /** Adds the first `length` words with `state`; false when they were in. `wordsHash` must follow from the words. */
  add(wordsHash: number, words: Int32Array, length: number, state: S): boolean {
    const hash = mix(this.#hash(state)) ^ wordsHash;
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (let at = this.#table[slot] as number; at !== 0; at = this.#table[slot] as number) {
      if (this.#hashes[at - 1] === hash && this.#isSame(at - 1, words, length, state)) return false;
      slot = (slot + 1) & mask;
    }
    const entry = this.#append(hash, words, length, state);
    this.#table[slot] = entry + 1;
    if (this.#states.length * 2 > this.#table.length) this.#grow();
    return true;
  }

  /** A string's is its number among those seen: a log that grows by appends has thousands alike at both ends. */
  #hashOf(state: unknown): number {
    if (typeof state !== "string") return hashOf(state);
    let number = this.#strings.get(state);
    if (number === undefined) {
      number = this.#strings.size + 1;
      this.#strings.set(state, number);
    }
    return number;
  }

  #isSame(entry: number, words: Int32Array, length: number, state: S): boolean {
    const start = this.#starts[entry] as number;
    if ((this.#starts[entry + 1] as number) - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.#words[start + i] !== words[i]) return false;
    return this.#equal(this.#states[entry] as S, state);
  }

  #append(hash: number, words: Int32Array, length: number, state: S): number {
    const entry = this.#states.push(state) - 1;
    if (entry === this.#hashes.length) {
      this.#hashes = doubled(this.#hashes, entry * 2);
      this.#starts = doubled(this.#starts, entry * 2 + 1);
    }
    const start = this.#starts[entry] as number;
    const end = start + length;
    if (end > this.#words.length) this.#words = doubled(this.#words, end * 2);
    for (let i = 0; i < length; i++) this.#words[start + i] = words[i] as number;
    this.#hashes[entry] = hash;
    this.#starts[entry + 1] = end;
    return entry;
  }

  #grow(): void {
    const table = new Int32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let entry = 0; entry < this.#states.length; entry++) {
      let slot = (this.#hashes[entry] as number) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = entry + 1;
    }
    this.#table = table; // I2
  }
}

function doubled(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
