// Spawner: `go`: writes a goroutine into shared memory and puts it where anybody may take it.
//
// Source: Go src/runtime/proc.go (newproc, runqput, runqputslow).

import { dequePush, dequeSteal } from "./deque.js";
import type { Callable } from "./functions.js";
import { globalPush } from "./globalqueue.js";
import { CELL_WORDS, cellsOf, G, G_CLASS, INLINE_ARGS, RING, S } from "./layout.js";
import type { Scheduler } from "./scheduler.js";
import type { Values } from "./values.js";
import { wakeOne } from "./wake.js";

const GOID_BATCH = 16;

/** Writes the arguments of the record at `g`, which says already whether it is a plain task. */
export function putArgs(
  { i32, values }: { readonly i32: Int32Array; readonly values: Values },
  g: number,
  args: readonly unknown[],
  within: Callable | undefined,
): void {
  const isInline = args.length <= INLINE_ARGS;
  i32[g + G.ARGS] = isInline ? args.length : -1;
  const cells = cellsOf(i32, g);
  if (!isInline) values.put(cells, args, within);
  else for (let i = 0; i < args.length; i++) values.put(cells + i * CELL_WORDS, args[i], within);
}

/** Makes the goroutines that one thread starts. */
export class Spawner {
  readonly #s: Scheduler;
  #goid = 0;
  #goidEnd = 0;

  constructor(s: Scheduler) {
    this.#s = s;
  }

  /** Makes a goroutine that anybody may start. `group`: the address of a wait group that it counts for, or 0. */
  spawn(body: Callable, args: readonly unknown[], group: number): void {
    const s = this.#s;
    const { i32, current } = s;
    const within = current?.body;
    const bodyAddress = s.functions.addressOf(body, within);
    const g = s.heap.take(G_CLASS);
    i32[g + G.TASK] = 0;
    try {
      putArgs(s, g, args, within);
    } catch (error) {
      s.heap.give(g, G_CLASS);
      throw error;
    }
    const id = this.#nextGoid();
    i32[g + G.M] = -1;
    i32[g + G.BODY] = bodyAddress;
    i32[g + G.ID] = id;
    i32[g + G.PARENT] = current === null ? 0 : current.id;
    i32[g + G.GROUP] = group;
    s.witness?.spawned(id);
    if (!dequePush(i32, s.search.p, g)) this.#overflow(g);
    // ORDER: after the push; pairs with the or in Search's sleep (wake.ts, I1).
    if (Atomics.load(i32, S.IDLE_PS) !== 0) wakeOne(s.words);
  }

  /** The older half goes to the global queue, and `g` after it. Go: runqputslow */
  #overflow(g: number): void {
    const batch: number[] = [];
    for (let i = 0; i < RING / 2; i++) {
      const old = dequeSteal(this.#s.i32, this.#s.search.p);
      if (old !== 0) batch.push(old);
    }
    batch.push(g);
    globalPush(this.#s.i32, batch);
  }

  #nextGoid(): number {
    if (this.#goid === this.#goidEnd) {
      this.#goid = Atomics.add(this.#s.i32, S.GOIDS, GOID_BATCH); // ORDER: none needed; numbers only have to differ
      this.#goidEnd = this.#goid + GOID_BATCH;
    }
    return this.#goid++;
  }
}
