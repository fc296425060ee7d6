// KeyHash: 32 bits for any key that JavaScript has, such that keys that are `===` have the same.
//
// JavaScript hides the hashes that its own Map uses, so they are made here: of numbers from their bits, of texts from
// their characters, of objects from a number that each gets when it is first seen (per map, so that runs repeat).
//
// Source: FNV-1a (Fowler, Noll, Vo); the last mix is MurmurHash3's (Appleby).

const BITS = new DataView(new ArrayBuffer(8));

/** Spreads every bit over all others. One to one: whole numbers never collide. */
function mix(bits: number): number {
  const h = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  const k = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return k ^ (k >>> 16);
}

export class KeyHash {
  readonly #seed: number;
  readonly #ids = new WeakMap<object, number>();
  #lastId = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The hash of `key`. O(1), for texts O(length). NaN, which equals nothing, has another one each time, as in Go. */
  of(key: unknown): number {
    if (typeof key === "number" && (key | 0) === key) return mix(key ^ this.#seed);
    return this.#slow(key);
  }

  #slow(key: unknown): number {
    switch (typeof key) {
      case "string":
        return this.#text(key, 1);
      case "number":
        return Number.isNaN(key) ? this.#next(2) : this.#float(key);
      case "bigint":
        return this.#text(String(key), 3);
      case "symbol":
        return this.#text(key.description ?? "", 4); // equal ones share a chain
      case "boolean":
      case "undefined":
        return this.#text(String(key), 5);
      default:
        return key === null ? this.#text("null", 5) : this.#object(key as object);
    }
  }

  #text(text: string, kind: number): number {
    let h = this.#seed ^ kind;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    return mix(h);
  }

  #float(value: number): number {
    BITS.setFloat64(0, value);
    return mix(Math.imul(BITS.getInt32(0), 0x9e3779b1) ^ BITS.getInt32(4) ^ this.#seed);
  }

  #object(key: object): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#next(6);
      this.#ids.set(key, id);
    }
    return id;
  }

  #next(kind: number): number {
    return mix(Math.imul(++this.#lastId, 0x9e3779b1) ^ this.#seed ^ kind);
  }
}
