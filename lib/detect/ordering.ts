// Ordering: who is ordered after whom. The happens-before relation of a run, kept as it grows.
//
// Every goroutine knows a vector clock; every object through which goroutines order each other keeps the clocks that
// were released into it. Detectors ask `isAfter`.
//
// Invariants:
//  I1. A goroutine's time moves on at each of its releases, so what it does later is not covered by it.
//  I2. An edge that does not exist in Go's memory model is never made; where it cannot be told apart (a slot that is
//      shared, a primitive that says nothing of its edges) one too many is made rather than one too few.
//
// Source: the edges are those of Go's race annotations (src/internal/race, src/runtime/chan.go, race.go) and of
// https://go.dev/ref/mem.

import type { Edge, G, Operable, OpKind } from "../runtime/index.js";
import { type Clock, type Epoch, epochOf, join, knows, learn, slotOf, timeOf } from "./clock.js";
import { Slots } from "./slots.js";

/** What a goroutine knows. */
export class Thread {
  readonly g: G;
  readonly slot: number;
  /** Its own time, as an epoch: of everything that it does now. */
  epoch: Epoch = 0;
  time = 0;
  /** What it knows of others. Its own time is not in it. */
  readonly known: Clock;
  hasEnded = false;

  constructor(g: G, slot: number, known: Clock) {
    this.g = g;
    this.slot = slot;
    this.known = known;
  }

  /** True when what was done at `epoch` is ordered before what this goroutine does now. */
  isAfter(epoch: Epoch): boolean {
    if (knows(this.known, epoch)) return true;
    return slotOf(epoch) === this.slot && timeOf(epoch) <= this.time;
  }
}

/** What was released into an object. */
interface Released {
  clock: Clock;
  /** By readers of a lock: only the next writer comes after them. */
  readers: Clock | null;
}

/** The slots of a channel's buffer. */
interface Buffer {
  readonly slots: Clock[];
  sent: number;
  received: number;
}

/** A kind of edge that can be left out. */
export type Omission = Edge | "spawn" | "channel" | "handed";

export class Ordering {
  readonly #slots = new Slots();
  readonly #threads: (Thread | undefined)[] = [];
  readonly #released = new Map<object, Released>();
  readonly #buffers = new Map<object, Buffer>();
  readonly #without: Omission | null;

  /** `without`: leaves out one kind of edge, to see that somebody notices. For tests of detectors. */
  constructor(without: Omission | null = null) {
    this.#without = without;
  }

  /** How many slots the run needed: the length of its longest clock. */
  get slots(): number {
    return this.#slots.count;
  }

  /** What `g` knows. */
  of(g: G): Thread {
    return this.#threads[g.id] ?? this.spawned(g, null);
  }

  spawned(g: G, by: G | null): Thread {
    const parent = by === null ? null : this.of(by);
    const known: Clock = [];
    if (parent !== null && this.#without !== "spawn") {
      join(known, parent.known);
      learn(known, parent.slot, parent.time);
    }
    const slot = this.#slots.take(parent === null ? null : known);
    const thread = new Thread(g, slot, known);
    this.#threads[g.id] = thread;
    this.#tick(thread);
    if (parent !== null) this.#tick(parent);
    return thread;
  }

  exit(g: G): void {
    const thread = this.#threads[g.id];
    if (thread === undefined) return;
    thread.hasEnded = true;
    this.#threads[g.id] = undefined;
    this.#slots.release(thread.slot);
  }

  /** `g` has completed an operation at once, or after a wait. */
  completed(g: G, kind: OpKind, object: Operable, value: unknown): void {
    const edge = edgeOf(kind, object);
    if (edge === "none" || edge === "own" || edge === this.#without) return;
    switch (edge) {
      case "acquire":
      case "atomicRead":
        this.#acquire(this.of(g), object, false);
        break;
      case "lock":
        if (value !== false) this.#acquire(this.of(g), object, true);
        break;
      case "rLock":
        if (value !== false) this.#acquire(this.of(g), object, false);
        break;
      case "release":
      case "unlock":
        this.#release(this.of(g), object, false);
        break;
      case "rUnlock":
        this.#release(this.of(g), object, true);
        break;
      case "store":
        this.#store(this.of(g), object);
        break;
      case "cas":
        this.#acquire(this.of(g), object, false);
        if (hasSwapped(value)) this.#release(this.of(g), object, false);
        break;
      case "both":
        this.#acquire(this.of(g), object, true);
        this.#release(this.of(g), object, false);
        break;
      case "atomicWrite": // what it acquires stands before the access, what it releases after it (race.ts)
        this.#acquire(this.of(g), object, true);
        break;
      default: // read, write: an access, no edge
    }
  }

  /** `g` waits: what it did before may let others go on. */
  parked(g: G, kind: OpKind, object: Operable): void {
    if (edgeOf(kind, object) === "both" && this.#without !== "both") this.#release(this.of(g), object, false);
  }

  acquire(g: G, sync: object): void {
    if (this.#without !== "acquire") this.#acquire(this.of(g), sync, true);
  }

  release(g: G, sync: object): void {
    if (this.#without !== "release") this.#release(this.of(g), sync, false);
  }

  handed(from: G | null, to: G): void {
    if (from === null || this.#without === "handed") return;
    const giver = this.of(from);
    const taker = this.of(to);
    join(taker.known, giver.known);
    learn(taker.known, giver.slot, giver.time);
    this.#tick(giver);
  }

  met(a: G, b: G): void {
    if (this.#without === "channel") return;
    const x = this.of(a);
    const y = this.of(b);
    join(x.known, y.known);
    learn(x.known, y.slot, y.time);
    join(y.known, x.known);
    learn(y.known, x.slot, x.time);
    this.#tick(x);
    this.#tick(y);
  }

  sent(g: G, channel: object, capacityItems: number): void {
    const buffer = this.#buffer(channel);
    this.#through(g, buffer, buffer.sent++ % capacityItems);
  }

  received(g: G, channel: object, capacityItems: number): void {
    const buffer = this.#buffer(channel);
    this.#through(g, buffer, buffer.received++ % capacityItems);
  }

  #buffer(channel: object): Buffer {
    let buffer = this.#buffers.get(channel);
    if (buffer === undefined) {
      buffer = { slots: [], sent: 0, received: 0 };
      this.#buffers.set(channel, buffer);
    }
    return buffer;
  }

  /** Each slot of a buffer is handed back and forth: send → receive → the send that uses it next. */
  #through(g: G, buffer: Buffer, index: number): void {
    if (this.#without === "channel") return;
    const thread = this.of(g);
    let slot = buffer.slots[index];
    if (slot === undefined) {
      slot = [];
      buffer.slots[index] = slot;
    }
    join(thread.known, slot);
    join(slot, thread.known);
    learn(slot, thread.slot, thread.time);
    this.#tick(thread);
  }

  #acquire(thread: Thread, sync: object, isExclusive: boolean): void {
    const released = this.#released.get(sync);
    if (released === undefined) return;
    join(thread.known, released.clock);
    if (isExclusive && released.readers !== null) join(thread.known, released.readers);
  }

  #release(thread: Thread, sync: object, isReader: boolean): void {
    const released = this.#entry(sync);
    if (isReader) released.readers ??= [];
    const clock = isReader ? (released.readers as Clock) : released.clock;
    join(clock, thread.known);
    learn(clock, thread.slot, thread.time);
    this.#tick(thread);
  }

  #store(thread: Thread, sync: object): void {
    const released = this.#entry(sync);
    released.clock = thread.known.slice();
    learn(released.clock, thread.slot, thread.time);
    this.#tick(thread);
  }

  #entry(sync: object): Released {
    let released = this.#released.get(sync);
    if (released === undefined) {
      released = { clock: [], readers: null };
      this.#released.set(sync, released);
    }
    return released;
  }

  #tick(thread: Thread): void {
    thread.time = this.#slots.tick(thread.slot); // I1
    thread.epoch = epochOf(thread.slot, thread.time);
  }
}

/** What an operation orders, with the default for kinds that do not say (opkind.ts). */
export function edgeOf(kind: OpKind, object: Operable): Edge {
  return kind.edge ?? (object.label === "" ? "none" : "both");
}

function hasSwapped(value: unknown): boolean {
  return value === true || (value as { swapped?: unknown } | null | undefined)?.swapped === true;
}
