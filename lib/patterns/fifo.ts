// Fifo: an unbounded queue of items in one array, O(1) amortised at both ends.
//
// Invariants:
//  I1. What stands before #first has been taken, and is cut off when it is half of the array.

export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the oldest item; undefined when there is none. */
  shift(): T | undefined {
    if (this.#first === this.#items.length) return undefined;
    const item = this.#items[this.#first];
    this.#items[this.#first++] = undefined;
    if (this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first); // I1
      this.#first = 0;
    }
    return item;
  }
}
