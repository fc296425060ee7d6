// Player: a measuring thread as its operation sees it: the thread itself, and the dice of its role.
//
// Invariants:
//  I1. A thread's dice fall the same in every round and every variant: all variants read the same keys in the same order.
//  I2. The dice cost no memory and touch nothing shared: about 5 ns a key, 3 ns a coin.
//
// The functions travel to the thread as source text (see program.ts), so they use nothing but their parameters, each other and
// the globals of JavaScript.
//
// Source: the alias method of Walker (1974) in Vose's form (1991) for keys by Zipf's law; mulberry32 for the dice.
import type { Thread } from "../threads/index.js";

/** How often which key is asked for. */
export interface Keys {
  /** Keys are 0 … count-1. */
  readonly count: number;
  /** Zipf's exponent: key k is asked for in proportion to 1 / (k + 1) ** zipf; 0.99 is usual. Absent: all alike. */
  readonly zipf?: number;
}

/** What an operation gets as its first parameter. */
export interface Player extends Thread {
  /** True in `readRatio` of the calls. */
  reads(): boolean;
  /** A key by the role's `keys`. */
  key(): number;
  /** Keeps the processor busy for the role's `holdNs`. */
  hold(): void;
  /** Counts a compare-exchange of the operation's own that failed, or any other second try; the library counts its own. */
  retried(): void;
}

/** What the dice of a role are made of. Plain data. */
export interface Dice {
  readonly seed: number;
  readonly readRatio: number;
  readonly holdNs: number;
  readonly keys: number;
  /** 0: all keys alike. */
  readonly zipf: number;
}

/** The player's side that measures. */
export interface PlayerCount {
  retries: number;
}

/** Makes the player of thread `t`; `count` is where its second tries are counted. */
export function makePlayer(t: Thread, dice: Dice, count: PlayerCount): Player {
  let state = Math.imul(dice.seed, 0x9e3779b9) | 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
  const { keys, readRatio, holdNs } = dice;
  const table = dice.zipf > 0 ? zipfTable(keys, dice.zipf) : undefined;
  return {
    id: t.id,
    count: t.count,
    threads: t.threads,
    stopped: () => t.stopped(),
    barrier: () => t.barrier(),
    reads: () => random() < readRatio,
    key() {
      const at = Math.floor(random() * keys);
      if (table === undefined) return at;
      return random() < (table.own[at] as number) ? at : (table.other[at] as number);
    },
    hold() {
      const untilMs = performance.now() + holdNs / 1e6;
      while (performance.now() < untilMs);
    },
    retried() {
      count.retries++;
    },
  };
}

/** Walker's table: place `k` stands for itself with probability `own[k]`, else for `other[k]`. **Cost:** O(count), once a round. */
export function zipfTable(count: number, zipf: number): { own: Float64Array; other: Int32Array } {
  const own = new Float64Array(count);
  const other = new Int32Array(count);
  let sum = 0;
  for (let k = 0; k < count; k++) sum += own[k] = (k + 1) ** -zipf;
  const small: number[] = [];
  const large: number[] = [];
  for (let k = 0; k < count; k++) {
    own[k] = ((own[k] as number) * count) / sum;
    other[k] = k;
    ((own[k] as number) < 1 ? small : large).push(k);
  }
  while (small.length > 0 && large.length > 0) {
    const poor = small.pop() as number;
    const rich = large[large.length - 1] as number;
    other[poor] = rich;
    own[rich] = (own[rich] as number) - (1 - (own[poor] as number));
    if ((own[rich] as number) < 1) small.push(large.pop() as number);
  }
  for (const k of [...small, ...large]) own[k] = 1; // what rounding left over
  return { own, other };
}
