// Fifo: the goroutines of one thread that are ready to go on; a ring that doubles.

/** A queue without allocation per item. */
export class Fifo<T> {
  #ring: (T | null)[] = new Array<T | null>(64).fill(null);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length++) & (this.#ring.length - 1)] = item;
  }

  shift(): T | null {
    if (this.#length === 0) return null;
    const item = this.#ring[this.#head] as T;
    this.#ring[this.#head] = null;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    return item;
  }

  #grow(): void {
    const { length } = this.#ring;
    const ring = new Array<T | null>(length * 2).fill(null);
    for (let i = 0; i < length; i++) ring[i] = this.#ring[(this.#head + i) & (length - 1)] as T;
    this.#ring = ring;
    this.#head = 0;
  }
}
