// Slots: numbers for what is under way, from 1 on; a number that was given back is given out again.

/** What is kept under numbers that others may hold. */
export class Slots<T> {
  readonly #items: (T | undefined)[] = [undefined];
  readonly #free: number[] = [];

  /** How many are kept. */
  get size(): number {
    return this.#items.length - 1 - this.#free.length;
  }

  /** Keeps `item`; returns its number. */
  put(item: T): number {
    const number = this.#free.pop();
    if (number === undefined) return this.#items.push(item) - 1;
    this.#items[number] = item;
    return number;
  }

  /** What is kept under `number`, which is free afterwards; undefined when nothing is. */
  take(number: number): T | undefined {
    const item = this.#items[number];
    if (item === undefined) return undefined;
    this.#items[number] = undefined;
    this.#free.push(number);
    return item;
  }

  /** Takes all out. */
  takeAll(): T[] {
    const all = this.#items.filter((item) => item !== undefined);
    this.#items.length = 1;
    this.#free.length = 0;
    return all;
  }
}
