// Random: the generator behind every seeded choice. Same seed, same numbers, on any machine.
//
// Source: sfc32 of PractRand (Chris Doty-Humphrey); seeding by FNV-1a over the seed's text.

/** FNV-1a, 32 bits. */
export function hash32(text: string, start = 0x811c9dc5): number {
  let h = start;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  constructor(seed: string, stream = 0) {
    this.reseed(seed, stream);
  }

  /** Starts again. `stream` gives independent sequences for one seed (e.g. one per schedule). */
  reseed(seed: string, stream = 0): void {
    const h = hash32(seed);
    this.#a = h;
    this.#b = Math.imul(h ^ 0x9e3779b9, 0x85ebca6b) | 0;
    this.#c = Math.imul(stream + 1, 0xc2b2ae35) | 0;
    this.#d = 1;
    for (let i = 0; i < 12; i++) this.#next();
  }

  /** A whole number from 0 to `n` - 1, uniform to within 2^-32 · n. */
  below(n: number): number {
    return Math.floor((this.#next() / 4294967296) * n);
  }

  #next(): number {
    const t = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }
}
