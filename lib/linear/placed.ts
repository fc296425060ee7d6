// Placed: which operations already stand in the order, as words that a search can remember.
//
// Invariants:
//  I1. Operations below the word `low` are all placed, those from the word `high` on are not; only what lies between is
//      remembered. With k operations at a time a configuration costs O(k) words, not O(n).
//  I2. `low` and `high` follow from the set, so equal sets give equal words.
//
// Operations that never returned have their own words: one that never takes effect would hold `low` for ever.
// Differs from Porcupine, which copies and hashes n bits for every configuration.
import { mix } from "./hash.js";

/** A set of numbers below `returned + pending`; the first `returned` of them are in order of their calls. */
export class Placed {
  readonly #bits: Int32Array;
  readonly #pending: Int32Array;
  readonly #returned: number;
  #low = 0;
  #high = 0;
  /** Of the set: the exclusive or of what its members are mixed to. */
  hash = 0;
  /** Room for the words of one configuration. */
  readonly words: Int32Array;

  constructor(returned: number, pending: number) {
    this.#returned = returned;
    this.#bits = new Int32Array((returned + 31) >>> 5);
    this.#pending = new Int32Array((pending + 31) >>> 5);
    this.words = new Int32Array(1 + this.#bits.length + this.#pending.length);
  }

  /** Adds a number; returns what {@link delete} wants to have back. */
  add(n: number): number {
    const high = this.#high;
    this.hash ^= mix(n + 1);
    if (n >= this.#returned) {
      const at = n - this.#returned;
      this.#pending[at >>> 5] = (this.#pending[at >>> 5] as number) | (1 << (at & 31));
      return high;
    }
    const word = n >>> 5;
    this.#bits[word] = (this.#bits[word] as number) | (1 << (n & 31));
    if (word >= high) this.#high = word + 1;
    while (this.#bits[this.#low] === -1) this.#low++; // I1: 32 ones
    return high;
  }

  /** Takes out the number added last; `high` is what {@link add} returned then. */
  delete(n: number, high: number): void {
    this.hash ^= mix(n + 1);
    this.#high = high;
    if (n >= this.#returned) {
      const at = n - this.#returned;
      this.#pending[at >>> 5] = (this.#pending[at >>> 5] as number) & ~(1 << (at & 31));
      return;
    }
    const word = n >>> 5;
    this.#bits[word] = (this.#bits[word] as number) & ~(1 << (n & 31));
    if (word < this.#low) this.#low = word;
  }

  /** Writes the set into `words` and returns how many it took. */
  write(): number {
    const { words } = this;
    let length = 0;
    words[length++] = this.#low;
    for (let i = this.#low; i < this.#high; i++) words[length++] = this.#bits[i] as number;
    for (let i = 0; i < this.#pending.length; i++) words[length++] = this.#pending[i] as number;
    return length;
  }
}
