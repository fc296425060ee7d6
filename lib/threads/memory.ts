// Memory: where a primitive lives, how it travels, and the word that tells what it is.
//
// Every primitive is a few words in a SharedArrayBuffer; the first one holds its type. A handle says where: plain
// data that goes through postMessage. The class on the other side looks at the word before it believes the handle.
//
// Invariants:
//  I1. The type word is written before the handle leaves the constructor and never changes.
//  I2. A primitive starts on a 64-byte line and takes whole lines, unless its arena was told to pack.
//  I3. No two types have the same word: a handle of one would pass for the other.

import type { Arena } from "./arena.js";

/** Bytes of one cache line. Two words on one line are passed between cores together (false sharing). */
export const LINE_BYTES = 64;

/** Where a primitive lives. Plain data: send it with postMessage, then `attach` on the other side. */
export interface Handle {
  readonly buffer: SharedArrayBuffer;
  /** In bytes from the start of the buffer; a multiple of 4. */
  readonly offset: number;
  /** The class that made it: `Mutex`, `Snapshot`, … */
  readonly tag: string;
}

/** What every primitive over shared memory has. */
export interface Shared {
  readonly handle: Handle;
}

/** Where to put a new primitive: in an arena, else in a small buffer of its own; `at` attaches to an existing one. */
export interface Placement {
  readonly arena?: Arena | undefined;
  readonly at?: Handle | undefined;
}

const TYPE_WORDS: Readonly<Record<string, number>> = {
  Arena: 0x68620001,
  Mutex: 0x68620002,
  RWMutex: 0x68620003,
  Snapshot: 0x68620004,
  Barrier: 0x68620005,
  WaitGroup: 0x68620006,
  Event: 0x68620007,
  Latch: 0x68620008,
  Counter: 0x68620009,
  Semaphore: 0x6862000a,
  Cond: 0x6862000b,
  Once: 0x6862000c,
  Ring: 0x6862000d,
  Queue: 0x6862000e,
  Chan: 0x6862000f,
  SeqLock: 0x68620010,
  ShardedMap: 0x68620011,
  ConcurrentMap: 0x68620020,
  CopyOnWrite: 0x68620021,
  MSQueue: 0x68620040,
  TreiberStack: 0x68620041,
  WorkDeque: 0x68620042,
  Disruptor: 0x68620043,
  ReadersFirstRWMutex: 0x68620050,
  FairRWMutex: 0x68620051,
  UpgradableRWMutex: 0x68620052,
  DistributedRWMutex: 0x68620053,
};

/** Returns the place of a primitive of type `tag`: freshly allocated, or the checked one of `placement.at`. */
export function place(tag: string, bytes: number, placement: Placement): Handle {
  // `attach(undefined)` is a mistake, not a wish for a new primitive.
  if ("at" in placement) return checkHandle(tag, bytes, placement.at as Handle);
  return label(placement.arena?.place(tag, bytes) ?? ownBuffer(tag, bytes));
}

/** Writes the type word of a new primitive. */
export function label(handle: Handle): Handle {
  // I1. ORDER: release; pairs with the load in checkHandle. A handle travels by message, which orders this as well.
  Atomics.store(new Int32Array(handle.buffer, handle.offset, 1), 0, typeWord(handle.tag));
  return handle;
}

/** The last word of a buffer of one's own is for its number (`numberWord`). */
function ownBuffer(tag: string, bytes: number): Handle {
  const lines = Math.ceil((bytes + 4) / LINE_BYTES);
  return { buffer: new SharedArrayBuffer(lines * LINE_BYTES), offset: 0, tag };
}

/** Where a buffer that the library made has room for a number of its own: the same for all threads (tracewriter.ts). */
export function numberWord(buffer: SharedArrayBuffer): Int32Array {
  const [type] = new Int32Array(buffer, 0, 1);
  return new Int32Array(buffer, type === TYPE_WORDS["Arena"] ? 8 : buffer.byteLength - 4, 1);
}

const typeNames = new Map(Object.entries(TYPE_WORDS).map(([name, word]) => [word, name]));

/** The type word of the primitive whose words these are; 0 when they are none's. */
export function typeWordOf(words: Int32Array): number {
  const word = words[0] ?? 0;
  return typeNames.has(word) ? word : 0;
}

/** The class that a type word stands for. */
export function typeName(word: number): string | undefined {
  return typeNames.get(word);
}

function typeWord(tag: string): number {
  const word = TYPE_WORDS[tag];
  if (word === undefined) throw new TypeError(`unknown type of primitive: ${tag}`);
  return word;
}

/**
 * Returns `handle` when it leads to a primitive of type `tag` with at least `bytes` bytes.
 *
 * @throws {TypeError} `Mutex.attach: expected the handle of a Mutex, got the handle of a Snapshot`
 */
export function checkHandle(tag: string, bytes: number, handle: Handle): Handle {
  const wrong = (got: string) => new TypeError(`${tag}.attach: expected the handle of a ${tag}, got ${got}`);
  if (!isHandle(handle))
    throw wrong(
      handle === null || handle === undefined ? String(handle) : `a value of type ${typeof handle}`,
    );
  if (handle.tag !== tag) throw wrong(`the handle of a ${handle.tag}`);
  const { buffer, offset } = handle;
  if (!Number.isInteger(offset) || offset < 0 || offset % 4 !== 0 || offset + bytes > buffer.byteLength) {
    throw wrong(`offset ${offset} in a buffer of ${buffer.byteLength} bytes`);
  }
  // ORDER: acquire; pairs with the store in place().
  const word = Atomics.load(new Int32Array(buffer, offset, 1), 0);
  if (word !== TYPE_WORDS[tag]) {
    const other = Object.keys(TYPE_WORDS).find((name) => TYPE_WORDS[name] === word);
    throw wrong(
      other === undefined ? `memory that holds no primitive (offset ${offset})` : `memory of a ${other}`,
    );
  }
  return handle;
}

/** True for `{ buffer, offset, tag }` of the right types. */
export function isHandle(value: unknown): value is Handle {
  if (typeof value !== "object" || value === null) return false;
  const { buffer, offset, tag } = value as Partial<Record<keyof Handle, unknown>>;
  return buffer instanceof SharedArrayBuffer && typeof offset === "number" && typeof tag === "string";
}

/** Checks a whole number in a range. */
export function checkCount(where: string, name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `${where}: expected \`${name}\` to be an integer from ${least} to ${most}, got ${String(value)}`,
  );
}
