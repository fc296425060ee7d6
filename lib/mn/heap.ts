// Heap: blocks of shared memory for what goroutines make.
//
// Invariants:
//  I1. A block of class c has 64 << c bytes and starts on a 64-byte line. A free one is in exactly one list: its thread's
//      own (classes 0 and 1), or the common one, linked by its first word, under HEAP_LOCK.
//
// Source: the split in own and common lists is tcmalloc's (Ghemawat, Menage, 2007), and Go's mcache and mcentral.
// Rejected: a long list of its own for the host (it would keep the blocks that threads fill with results and wait for);
// giving a run's channels and locks back when nobody refers to them; that would take a collector over all threads.

import { LINE_WORDS, S } from "./layout.js";
import { lockWord, unlockWord, type Words } from "./words.js";

const OWN_CLASSES = 2;
/** Blocks taken from the common list, or given back, at a time. */
const BATCH = 32;
const MOST_OWN = 128;

/** The memory of a run is full: `runThreads: the run's shared memory of 67108864 bytes is full; pass { memoryBytes: … }` */
export class RunMemoryError extends RangeError {
  override readonly name = "RunMemoryError";
}

/** The class of the smallest block with room for `bytes`. */
export function classOf(bytes: number): number {
  let size = 0;
  while (64 << size < bytes) size++;
  return size;
}

/** One thread's way into the heap of a run. */
export class Heap {
  readonly #i32: Int32Array;
  readonly #own: readonly number[][] = Array.from({ length: OWN_CLASSES }, () => []);

  constructor(words: Words) {
    this.#i32 = words.i32;
  }

  /** Takes a block; its words hold anything. @throws {RunMemoryError} */
  take(size: number): number {
    const own = this.#own[size];
    if (own === undefined) return this.#takeCommon(size);
    const at = own.pop();
    if (at !== undefined) return at;
    this.#refill(size, own);
    return own.pop() as number;
  }

  /** Gives a block back. */
  give(at: number, size: number): void {
    const own = this.#own[size];
    if (own === undefined) this.#giveCommon([at], size);
    else if (own.push(at) > MOST_OWN) this.#giveCommon(own.splice(-BATCH), size);
  }

  #refill(size: number, own: number[]): void {
    lockWord(this.#i32, S.HEAP_LOCK);
    for (let i = 0; i < BATCH; i++) {
      const at = this.#takeLocked(size);
      if (at === 0) break;
      own.push(at);
    }
    unlockWord(this.#i32, S.HEAP_LOCK);
    if (own.length === 0) throw full(this.#i32);
  }

  #takeCommon(size: number): number {
    lockWord(this.#i32, S.HEAP_LOCK);
    const at = this.#takeLocked(size);
    unlockWord(this.#i32, S.HEAP_LOCK);
    if (at === 0) throw full(this.#i32);
    return at;
  }

  /** 0 when the memory is full. Words are plain: the lock orders them. */
  #takeLocked(size: number): number {
    const i32 = this.#i32;
    const free = i32[S.HEAP_FREE + size] as number;
    if (free !== 0) {
      i32[S.HEAP_FREE + size] = i32[free] as number;
      return free;
    }
    const next = i32[S.HEAP_NEXT] as number;
    const end = next + LINE_WORDS * 2 ** size;
    if (end > i32.length) return 0;
    i32[S.HEAP_NEXT] = end;
    return next;
  }

  #giveCommon(blocks: readonly number[], size: number): void {
    const i32 = this.#i32;
    lockWord(i32, S.HEAP_LOCK);
    for (const at of blocks) {
      i32[at] = i32[S.HEAP_FREE + size] as number;
      i32[S.HEAP_FREE + size] = at;
    }
    unlockWord(i32, S.HEAP_LOCK);
  }
}

function full(i32: Int32Array): RunMemoryError {
  return new RunMemoryError(
    `runThreads: the run's shared memory of ${i32.byteLength} bytes is full; pass { memoryBytes: … }`,
  );
}
