// NodePool: the nodes of a linked structure in shared memory, and the list of those that are free.
//
// There is no garbage collector here: a node that was taken out is given out again, perhaps while another thread still
// looks at it. So a pointer is a word with the node's number in its low bits and a tag above, and every change of a pointer
// writes the next tag. A thread that was asleep meanwhile finds another word, although it may lead to the same node (ABA).
//
// Invariants:
//  I1. Node numbers begin at 1; 0 leads nowhere. A node's words: the next free one, the next in the structure, its value.
//  I2. A compare-exchange on a tagged word succeeds only if nothing has changed it since it was read, but for whole
//      rounds of the tag: 2 ** (32 - bits of the capacity) changes during one operation.
//  I3. Only who took a node from the list, or took it out of the structure, writes to it, until it gives it on.
//
// Source: IBM System/370 Principles of Operation (1983), appendix A: the counter beside the pointer; M. Michael, M. Scott (1996).

import { casFailed } from "./casfailures.js";

const NODE_WORDS = 4;

/** The nodes in `words` from word `first` on, which is even; `free` is the word of the list's top. */
export class NodePool {
  readonly #words: Int32Array;
  readonly #free: number;
  readonly #first: number;
  readonly #bits: number;
  readonly #mask: number;

  constructor(words: Int32Array, free: number, first: number, nodes: number) {
    this.#words = words;
    this.#free = free;
    this.#first = first;
    this.#bits = 32 - Math.clz32(nodes);
    this.#mask = 2 ** this.#bits - 1;
  }

  /** Bytes of so many nodes. */
  static bytes(nodes: number): number {
    return nodes * NODE_WORDS * 4;
  }

  /** Makes nodes `from` … `to` free. Before anybody else can have the handle. */
  initialize(from: number, to: number): void {
    for (let node = from; node <= to; node++) this.#words[this.#at(node)] = node < to ? node + 1 : 0;
    this.#words[this.#free] = from;
  }

  /** The number of the node that a tagged word leads to; 0: none. */
  node(word: number): number {
    return word & this.#mask;
  }

  /** The word that follows `word` and leads to `node` (I2). */
  following(word: number, node: number): number {
    return (((word >>> this.#bits) + 1) << this.#bits) | node;
  }

  /** The word of a node that leads to the next one of the structure. */
  next(node: number): number {
    return this.#at(node) + 1;
  }

  /** Where a node's value stands. */
  value(node: number): number {
    return (this.#at(node) + 2) / 2;
  }

  /** Takes a free node; 0 when there is none. */
  tryTake(): number {
    const words = this.#words;
    for (;;) {
      const top = Atomics.load(words, this.#free); // ORDER: acquire; pairs with the compare-exchange in give
      const node = top & this.#mask;
      if (node === 0) return 0;
      // ORDER: before the compare-exchange. Somebody may take the node and write to it now; then the tag is another.
      const next = Atomics.load(words, this.#at(node));
      // I2. ORDER: acquire; pairs with the one in give: its last user has done with it.
      if (Atomics.compareExchange(words, this.#free, top, this.following(top, next)) === top) return node;
      casFailed();
    }
  }

  /** Gives a node back. */
  give(node: number): void {
    const words = this.#words;
    for (;;) {
      const top = Atomics.load(words, this.#free); // ORDER: none needed; the compare-exchange decides
      words[this.#at(node)] = top & this.#mask; // I3. ORDER: before the compare-exchange, which publishes it
      // I2. ORDER: release; pairs with the load in tryTake.
      if (Atomics.compareExchange(words, this.#free, top, this.following(top, node)) === top) return;
      casFailed();
    }
  }

  /** True when a node is free. */
  get hasFree(): boolean {
    return (Atomics.load(this.#words, this.#free) & this.#mask) !== 0; // ORDER: a hint; who acts on it takes a node
  }

  /** How many nodes are free: walks the list. When nobody else changes it. */
  countFree(): number {
    let count = 0;
    for (let node = this.#words[this.#free]! & this.#mask; node !== 0; count++)
      node = this.#words[this.#at(node)]!;
    return count;
  }

  #at(node: number): number {
    return this.#first + (node - 1) * NODE_WORDS;
  }
}

/** @throws {TypeError} ``MSQueue.push: expected `value` to be a number, got a`` */
export function checkNumber(call: string, value: unknown): void {
  if (typeof value === "number") return;
  throw new TypeError(`${call}: expected \`value\` to be a number, got ${String(value)}`);
}
