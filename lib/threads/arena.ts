// Arena: one SharedArrayBuffer from which primitives and typed records are cut.
//
// Any thread that is attached may allocate: the next free byte is one atomic addition. Nothing is given back; an arena
// is dropped as a whole.
//
// Invariants:
//  I1. What is handed out never overlaps, starts at a multiple of 8 and is zero.
//  I2. Padded: it starts on a 64-byte line of its own and takes whole lines. Packed: it may share a line with its
//      neighbours, which a lesson on false sharing wants.
//
// Rejected: growable SharedArrayBuffers (4 to 28 times slower access); reserve one large buffer, untouched pages of
// it cost nothing.

import { checkCount, checkHandle, type Handle, LINE_BYTES, label, type Shared } from "./memory.js";

/** Word 2 is for the buffer's number (memory.ts, `numberWord`). */
const WORDS = { next: 1 } as const;
const HEADER_BYTES = LINE_BYTES;
const ALIGN_BYTES = 8;
const MOST_BYTES = 2 ** 31 - LINE_BYTES;

const ELEMENTS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
  bigint64: BigInt64Array,
} as const;

/** The element types of a record's fields. */
export interface ElementArrays {
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  float32: Float32Array;
  float64: Float64Array;
  bigint64: BigInt64Array;
}

/** A field: an element type, or `[type, how many]`. */
export type Field = keyof ElementArrays | readonly [type: keyof ElementArrays, length: number];

/** The fields of a record by name. */
export type Fields = Readonly<Record<string, Field>>;

/** A record: a typed array over shared memory for each field; a single value is an array of length 1. */
export type Views<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends keyof ElementArrays
    ? ElementArrays[F[K]]
    : F[K] extends readonly [infer E, number]
      ? E extends keyof ElementArrays
        ? ElementArrays[E]
        : never
      : never;
};

/** How much room an allocation gets. */
export interface RoomOptions {
  /** Whole 64-byte lines, shared with nobody; false packs neighbours together. Default: true. */
  readonly isPadded?: boolean;
}

/** Where one field of a record lies; two fields with the same `line` slow each other down. */
export interface FieldPlace {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  /** The number of its first 64-byte line in the buffer. */
  readonly line: number;
}

/**
 * Hands out pieces of one shared buffer of `bytes` bytes.
 *
 * **Cost:** an allocation is one atomic addition. **Limits:** at most 2 GiB; nothing is freed.
 *
 * @throws {RangeError} `Arena: expected room for 128 bytes, 64 of 4096 are left`
 * @example
 * const arena = new Arena(4096);
 * const mu = new Mutex({ arena });
 * const stock = arena.record({ items: "int32", prices: ["float64", 3] });
 * mu.withLockAsync(() => { stock.items[0] = 5; });
 * console.log(stock.prices.length); // prints: 3
 */
export class Arena implements Shared {
  readonly handle: Handle;
  readonly #header: Int32Array;

  constructor(bytes: number, options: { readonly at?: Handle } = {}) {
    const isNew = !("at" in options);
    if (isNew) checkCount("Arena", "bytes", bytes, 2 * LINE_BYTES, MOST_BYTES);
    this.handle = isNew
      ? label({ buffer: new SharedArrayBuffer(bytes), offset: 0, tag: "Arena" })
      : checkHandle("Arena", HEADER_BYTES, options.at as Handle);
    this.#header = new Int32Array(this.handle.buffer, 0, HEADER_BYTES / 4);
    // ORDER: none needed; before anybody else can know the buffer.
    if (isNew) Atomics.store(this.#header, WORDS.next, HEADER_BYTES);
  }

  /** Attaches to the arena that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Arena {
    return new Arena(0, { at: handle });
  }

  /** The whole buffer. */
  get buffer(): SharedArrayBuffer {
    return this.handle.buffer;
  }

  /** Bytes not handed out yet. */
  get freeBytes(): number {
    // ORDER: none needed; a hint.
    return this.buffer.byteLength - Atomics.load(this.#header, WORDS.next);
  }

  /** Hands out `bytes` zeroed bytes and returns their offset in `buffer`. */
  allocate(bytes: number, options: RoomOptions = {}): number {
    checkCount("Arena.allocate", "bytes", bytes, 1, MOST_BYTES);
    const isPadded = options.isPadded ?? true;
    const align = isPadded ? LINE_BYTES : ALIGN_BYTES;
    for (;;) {
      const next = Atomics.load(this.#header, WORDS.next); // ORDER: none needed; the compare-exchange decides
      const start = roundUp(next, align);
      const end = start + roundUp(bytes, align);
      if (end > this.buffer.byteLength) {
        const size = this.buffer.byteLength;
        throw new RangeError(`Arena: expected room for ${bytes} bytes, ${size - next} of ${size} are left`);
      }
      // I1. ORDER: none needed; it hands out memory that nobody has written.
      if (Atomics.compareExchange(this.#header, WORDS.next, next, end) === next) return start;
    }
  }

  /** Hands out room for a primitive. Called by the primitives' constructors. */
  place(tag: string, bytes: number): Handle {
    return { buffer: this.buffer, offset: this.allocate(bytes), tag };
  }

  /** Hands out a record with the named fields, in the given order, each aligned to its element. */
  record<F extends Fields>(fields: F, options: RoomOptions = {}): Views<F> {
    const places = layout(fields);
    const last = places.at(-1);
    const start = this.allocate(last === undefined ? 1 : last.offset + last.bytes, options);
    const views: Record<string, unknown> = {};
    for (const { name, offset } of places) {
      const [type, length] = typeAndLength(fields[name]!);
      const view: new (buffer: SharedArrayBuffer, offset: number, length: number) => unknown = ELEMENTS[type];
      views[name] = new view(this.buffer, start + offset, length);
    }
    return views as Views<F>;
  }
}

/** Tells where each field of a record of typed arrays lies, and on which line. */
export function fieldPlaces(record: Readonly<Record<string, ArrayBufferView>>): FieldPlace[] {
  return Object.entries(record).map(([name, view]) => ({
    name,
    offset: view.byteOffset,
    bytes: view.byteLength,
    line: Math.floor(view.byteOffset / LINE_BYTES),
  }));
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function typeAndLength(field: Field): readonly [keyof ElementArrays, number] {
  return typeof field === "string" ? [field, 1] : field;
}

function layout(fields: Fields): { name: string; offset: number; bytes: number }[] {
  let offset = 0;
  return Object.entries(fields).map(([name, field]) => {
    const [type, length] = typeAndLength(field);
    const array = ELEMENTS[type];
    if (array === undefined) {
      const known = Object.keys(ELEMENTS).join(", ");
      throw new TypeError(
        `Arena.record: expected the type of \`${name}\` to be one of ${known}, got ${String(type)}`,
      );
    }
    checkCount("Arena.record", `length of ${name}`, length, 1, MOST_BYTES);
    offset = roundUp(offset, array.BYTES_PER_ELEMENT);
    const place = { name, offset, bytes: length * array.BYTES_PER_ELEMENT };
    offset += place.bytes;
    return place;
  });
}
