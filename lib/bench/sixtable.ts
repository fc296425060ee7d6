// Sixtable: the table of numbers that the six structures guard, and the tools that their operations get beside it.
//
// `find` and `roll` travel to the threads as text, so they use nothing but their parameters.

import { carry } from "../threads/index.js";

/** How many keys there are. */
export const SIX_KEYS = 1024;
const SLOTS = 2 * SIX_KEYS;
/** Locks of the structures that have several. */
export const SIX_SHARDS = 64;
const MOST_THREADS = 64;

/** The place of a key's value. Travels. */
function find(data: Float64Array, key: number, base: number, mask: number): number {
  let slot = (Math.imul(key, 0x9e3779b1) >>> 16) & mask;
  while (data[base + 2 * slot] !== key + 1) slot = (slot + 1) & mask;
  return base + 2 * slot + 1;
}

/** The next random number of a thread (xorshift32). Travels. */
function roll(dice: Int32Array, thread: number): number {
  let state = dice[16 * thread]!;
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  dice[16 * thread] = state;
  return state >>> 0;
}

function sharedNumbers(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * length));
}

/** Tables of `slots` slots one behind the other, `tables` of them; a key lies in that of its lower bits. */
export function filledTables(tables: number): Float64Array {
  const data = sharedNumbers(2 * SLOTS);
  const slots = SLOTS / tables;
  for (let key = 0; key < SIX_KEYS; key++) {
    const base = (key & (tables - 1)) * 2 * slots;
    let slot = (Math.imul(key, 0x9e3779b1) >>> 16) & (slots - 1);
    while (data[base + 2 * slot] !== 0) slot = (slot + 1) & (slots - 1);
    data[base + 2 * slot] = key + 1;
    data[base + 2 * slot + 1] = key;
  }
  return data;
}

function freshDice(): Int32Array {
  const dice = new Int32Array(new SharedArrayBuffer(64 * MOST_THREADS));
  for (let thread = 0; thread < MOST_THREADS; thread++) dice[16 * thread] = 2463534242 + 7919 * thread;
  return dice;
}

/** What every structure shares besides itself; `bed` is a place to sleep on. */
export function tools(readPercent: number, holdMs: number) {
  const bed = new Int32Array(new SharedArrayBuffer(4));
  return [freshDice(), carry(find), carry(roll), readPercent, holdMs, bed] as const;
}

/** The same as operations see them. */
export type Tools = [
  dice: Int32Array,
  find: (data: Float64Array, key: number, base: number, mask: number) => number,
  roll: (dice: Int32Array, thread: number) => number,
  readPercent: number,
  holdMs: number,
  bed: Int32Array,
];
