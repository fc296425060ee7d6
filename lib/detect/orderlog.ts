// OrderLog: an Ordering that also remembers its edges with their places, so that a race can be drawn. Used where somebody
// asked for stacks, and at work only in runs that record events.
//
// Invariants:
//  I1. The edges are those that `Ordering` makes; what it decides does not depend on what is remembered.
//  I2. Of an object only those releases are kept that no later release covers: who releases after it has acquired covers
//      what it acquired.

import type { OrderPoint, Position } from "../event/index.js";
import {
  type G,
  type ObjectNames,
  type Operable,
  type OpKind,
  positionsOf,
  type StackMark,
} from "../runtime/index.js";
import { edgeOf, Ordering, type Thread } from "./ordering.js";

/** What a goroutine did, with the order in which it was told. */
export interface Point {
  readonly g: G;
  readonly step: number;
  readonly order: number;
  readonly op: string;
  readonly object: Operable | null;
  readonly mark: StackMark | null;
}

/** An edge that ends in a goroutine. */
export interface Arrow {
  readonly from: Point;
  readonly to: Point;
}

/** What was released into an object, by goroutine, and who acquired it when (I2). */
interface Released {
  points: Map<G, Point>;
  readonly readers: Map<G, Point>;
  readonly acquiredAt: Map<G, number>;
}

/** Edges and releases kept of each goroutine: the last ones matter. */
const MOST = 4096;

export class OrderLog extends Ordering {
  readonly #released = new Map<object, Released>();
  readonly #slots = new Map<object, { points: (Point | undefined)[]; sent: number; received: number }>();
  readonly #arrows = new Map<G, Arrow[]>();
  readonly #releases = new Map<G, Point[]>();
  readonly #stackOf: (g: G) => StackMark | null;
  #order = 0;

  constructor(stackOf: (g: G) => StackMark | null) {
    super();
    this.#stackOf = stackOf;
  }

  /** What `g` does now. */
  point(g: G, op = g.kind?.name ?? "exit", object: Operable | null = g.object): Point {
    return { g, step: g.rt.steps, order: this.#order++, op, object, mark: this.#stackOf(g) };
  }

  /** The edges that end in `g`, the oldest first. */
  into(g: G): readonly Arrow[] {
    return this.#arrows.get(g) ?? [];
  }

  /** Where `g` first let others come after it, after `order`. */
  releaseAfter(g: G, order: number): Point | undefined {
    return this.#releases.get(g)?.find((point) => point.order > order);
  }

  override spawned(g: G, by: G | null): Thread {
    if (by !== null && g.rt.trace !== null) {
      const from = this.#noted(this.point(by, "go", null));
      this.#arrow(from, { ...this.point(g, "start", null), mark: null });
    }
    return super.spawned(g, by);
  }

  override completed(g: G, kind: OpKind, object: Operable, value: unknown): void {
    super.completed(g, kind, object, value);
    if (g.rt.trace === null) return;
    const edge = edgeOf(kind, object);
    const at = (): Point => this.point(g, kind.name, object);
    if (edge === "lock" || edge === "rLock") {
      if (value !== false) this.#acquired(object, at(), edge === "lock");
    } else if (edge === "unlock" || edge === "release" || edge === "rUnlock") {
      this.#releasedBy(object, at(), edge === "rUnlock");
    } else if (edge === "acquire" || edge === "atomicRead") this.#acquired(object, at(), false);
    else if (edge === "atomicWrite") this.#acquired(object, at(), true);
    else if (edge === "store") this.#entry(object).points = new Map([[g, this.#noted(at())]]);
    else if (edge === "cas" || edge === "both") {
      this.#acquired(object, at(), edge === "both");
      const hasSwapped = value === true || (value as { swapped?: unknown } | null)?.swapped === true;
      if (edge === "both" || hasSwapped) this.#releasedBy(object, at(), false);
    }
  }

  override parked(g: G, kind: OpKind, object: Operable): void {
    super.parked(g, kind, object);
    if (g.rt.trace !== null && edgeOf(kind, object) === "both")
      this.#releasedBy(object, this.point(g, kind.name, object), false);
  }

  override acquire(g: G, sync: object): void {
    super.acquire(g, sync);
    if (g.rt.trace !== null) this.#acquired(sync, this.point(g), true);
  }

  override release(g: G, sync: object): void {
    super.release(g, sync);
    if (g.rt.trace !== null) this.#releasedBy(sync, this.point(g), false);
  }

  override handed(from: G | null, to: G): void {
    super.handed(from, to);
    if (from !== null && to.rt.trace !== null) this.#arrow(this.#noted(this.point(from)), this.point(to));
  }

  override met(a: G, b: G): void {
    super.met(a, b);
    if (a.rt.trace === null) return;
    const [x, y] = [this.#noted(this.point(a)), this.#noted(this.point(b))];
    this.#arrow(x, y);
    this.#arrow(y, x);
  }

  override sent(g: G, channel: object, capacityItems: number): void {
    super.sent(g, channel, capacityItems);
    if (g.rt.trace === null) return;
    const slots = this.#slotsOf(channel);
    this.#through(this.#noted(this.point(g)), slots.points, slots.sent++ % capacityItems);
  }

  override received(g: G, channel: object, capacityItems: number): void {
    super.received(g, channel, capacityItems);
    if (g.rt.trace === null) return;
    const slots = this.#slotsOf(channel);
    this.#through(this.#noted(this.point(g)), slots.points, slots.received++ % capacityItems);
  }

  #slotsOf(channel: object): { points: (Point | undefined)[]; sent: number; received: number } {
    let slots = this.#slots.get(channel);
    if (slots === undefined) {
      slots = { points: [], sent: 0, received: 0 };
      this.#slots.set(channel, slots);
    }
    return slots;
  }

  #through(point: Point, slots: (Point | undefined)[], index: number): void {
    const before = slots[index];
    if (before !== undefined) this.#arrow(before, point);
    slots[index] = point;
  }

  #acquired(sync: object, to: Point, isExclusive: boolean): void {
    const released = this.#released.get(sync);
    if (released === undefined) return;
    for (const from of released.points.values()) this.#arrow(from, to);
    if (isExclusive) for (const from of released.readers.values()) this.#arrow(from, to);
    released.acquiredAt.set(to.g, to.order);
  }

  #releasedBy(sync: object, from: Point, isReader: boolean): void {
    this.#noted(from);
    const { points, readers, acquiredAt } = this.#entry(sync);
    if (isReader) {
      readers.set(from.g, from);
      return;
    }
    const since = acquiredAt.get(from.g) ?? -1;
    for (const list of [points, readers]) {
      for (const [g, point] of list) if (point.order < since) list.delete(g); // I2
    }
    points.set(from.g, from);
  }

  #entry(sync: object): Released {
    let released = this.#released.get(sync);
    if (released === undefined) {
      released = { points: new Map(), readers: new Map(), acquiredAt: new Map() };
      this.#released.set(sync, released);
    }
    return released;
  }

  #noted(from: Point): Point {
    push(this.#releases, from.g, from);
    return from;
  }

  #arrow(from: Point, to: Point): void {
    if (from.g !== to.g) push(this.#arrows, to.g, { from, to });
  }
}

function push<T>(lists: Map<G, T[]>, g: G, value: T): void {
  const list = lists.get(g);
  if (list === undefined) lists.set(g, [value]);
  else if (list.push(value) > MOST) list.splice(1, MOST / 2); // the first one says who started it
}

/** A point as plain data. */
export function pointData({ g, step, order, op, object, mark }: Point, names: ObjectNames): OrderPoint {
  const at: Position | undefined = mark === null ? undefined : positionsOf(mark)[0];
  return {
    goroutine: g.id,
    step,
    order,
    op,
    ...(object === null || object.label === "" ? {} : { object: names.nameOf(object) }),
    ...(at === undefined ? {} : { at }),
  };
}
