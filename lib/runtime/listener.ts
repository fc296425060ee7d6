// Listener: what the runtime and the primitives tell whoever watches a run: a trace, a detector, an explorer.
//
// A run without listener pays one comparison with null per slow path and nothing on the fast ones: `current.isFast` is
// false as soon as somebody listens, so every operation then goes through `operate` and `perform`.
//
// Two kinds of news. Steps: who was started, did what, waits, was woken, ended. Edges: who is ordered after whom, in
// the words of Go's race annotations (acquire, release). Most edges are not told one by one: an OpKind says with `edge`
// what its operation orders, so a primitive tells only what depends on more than its kind (channels, wait groups).
//
// Invariants:
//  I1. Every method is called while the goroutine that it names stands still or runs on this thread: nothing is told
//      late. `done` comes after the operation had its effect, before anybody else runs.
//  I2. A listener only looks. It calls no operation, chooses nothing, and must not throw.

import { current } from "./current.js";
import type { G } from "./g.js";
import type { Operable, OpKind } from "./opkind.js";

/** Hears about everything that happens in a run. Override what matters; the rest does nothing. */
export class Listener {
  /** `by` (null: the runtime itself) has created `g`. Edge: by → g. */
  spawned(_g: G, _by: G | null): void {}
  /** `g` runs for the first time. */
  start(_g: G): void {}
  /** `g` is about to create an operation of this kind: its stack is that of the call. */
  site(_g: G, _kind: OpKind): void {}
  /** `g` has performed `kind` on `object`; `value` is what the operation returns. */
  done(_g: G, _kind: OpKind, _object: Operable, _arg: unknown, _value: unknown): void {}
  /** `g` has performed `kind` on `object` in a plain call, such as a `tryLock` that got the lock. */
  called(_g: G, _kind: OpKind, _object: Operable, _value: unknown): void {}
  /** `g` has begun to wait in `g.kind` on `g.object`. */
  park(_g: G, _arg: unknown): void {}
  /** `by` (null: a timer, the host) has made the waiting `g` runnable. */
  woke(_g: G, _by: G | null): void {}
  /** `g` goes on after a wait: `g.kind` on `g.object` is done, its value is `g.value`. */
  wake(_g: G): void {}
  /** The operation that `g` had announced threw `thrown` into it. */
  panic(_g: G, _thrown: unknown): void {}
  /** `g` looks at an object, and may change it, without an operation: `tryLock`, `tryRecv`. */
  looked(_g: G): void {}
  /** The body of `g` has ended; `result` is what main returned. */
  exit(_g: G, _result: unknown): void {}

  /** `g` is ordered after everything that was released into `sync`. */
  acquire(_g: G, _sync: object): void {}
  /** What `g` has done so far comes before whoever acquires `sync` later. */
  release(_g: G, _sync: object): void {}
  /** `to` is ordered after everything that `from` (null: nobody) has done so far. */
  handed(_from: G | null, _to: G): void {}
  /** Two goroutines meet without a buffer between them: each is ordered after the other's past. */
  met(_a: G, _b: G): void {}
  /** `g`'s item went through the next slot of a buffer of `capacityItems`: the k-th send uses slot k mod capacity. */
  sent(_g: G, _channel: object, _capacityItems: number): void {}
  /** `g` took the item of the next slot. Told at the time of the hand-over, also when `g` was waiting. */
  received(_g: G, _channel: object, _capacityItems: number): void {}
  /**
   * `g` reads or writes a plain variable, which orders nobody. A variable is known by `holder` and `name` together: the
   * object and its property, the array and its index, or a Cell and `""`.
   */
  access(_g: G, _holder: object, _name: string, _isWrite: boolean): void {}
}

/** Several listeners as one; they hear everything in the order given. */
class Listeners extends Listener {
  readonly #all: readonly Listener[];

  constructor(all: readonly Listener[]) {
    super();
    this.#all = all;
  }

  override spawned(g: G, by: G | null): void {
    for (const l of this.#all) l.spawned(g, by);
  }
  override start(g: G): void {
    for (const l of this.#all) l.start(g);
  }
  override site(g: G, kind: OpKind): void {
    for (const l of this.#all) l.site(g, kind);
  }
  override done(g: G, kind: OpKind, object: Operable, arg: unknown, value: unknown): void {
    for (const l of this.#all) l.done(g, kind, object, arg, value);
  }
  override called(g: G, kind: OpKind, object: Operable, value: unknown): void {
    for (const l of this.#all) l.called(g, kind, object, value);
  }
  override park(g: G, arg: unknown): void {
    for (const l of this.#all) l.park(g, arg);
  }
  override woke(g: G, by: G | null): void {
    for (const l of this.#all) l.woke(g, by);
  }
  override wake(g: G): void {
    for (const l of this.#all) l.wake(g);
  }
  override panic(g: G, thrown: unknown): void {
    for (const l of this.#all) l.panic(g, thrown);
  }
  override looked(g: G): void {
    for (const l of this.#all) l.looked(g);
  }
  override exit(g: G, result: unknown): void {
    for (const l of this.#all) l.exit(g, result);
  }
  override acquire(g: G, sync: object): void {
    for (const l of this.#all) l.acquire(g, sync);
  }
  override release(g: G, sync: object): void {
    for (const l of this.#all) l.release(g, sync);
  }
  override handed(from: G | null, to: G): void {
    for (const l of this.#all) l.handed(from, to);
  }
  override met(a: G, b: G): void {
    for (const l of this.#all) l.met(a, b);
  }
  override sent(g: G, channel: object, capacityItems: number): void {
    for (const l of this.#all) l.sent(g, channel, capacityItems);
  }
  override received(g: G, channel: object, capacityItems: number): void {
    for (const l of this.#all) l.received(g, channel, capacityItems);
  }
  override access(g: G, holder: object, name: string, isWrite: boolean): void {
    for (const l of this.#all) l.access(g, holder, name, isWrite);
  }
}

/** One listener for all of `listeners`; null when there is none. */
export function compose(listeners: readonly (Listener | null | undefined)[]): Listener | null {
  const all = listeners.filter((l) => l !== null && l !== undefined);
  return all.length > 1 ? new Listeners(all) : (all[0] ?? null);
}

/**
 * Tells who listens that the running goroutine has just performed `kind` in a plain call: `tryLock`, `trySend`. Such a
 * call is no scheduling point, but it orders goroutines as its operation does. Not for use inside `perform`, whose
 * effect is told as `done`: it would be told twice.
 */
export function noticed(kind: OpKind, object: Operable, value?: unknown): void {
  const { rt, g } = current;
  const listener = rt?.listener ?? null;
  if (g === null || listener === null) return;
  listener.site(g, kind);
  listener.called(g, kind, object, value);
}

/** Tells who listens that the running goroutine (nobody: nothing is told) releases what it did into `sync`. */
export function releases(sync: object): void {
  const { g } = current;
  if (g !== null) g.rt.listener?.release(g, sync);
}

/** Tells who listens that the running goroutine is ordered after what was released into `sync`. */
export function acquires(sync: object): void {
  const { g } = current;
  if (g !== null) g.rt.listener?.acquire(g, sync);
}
