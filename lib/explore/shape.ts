// Shape: what one step touches, said so that it holds in other runs too, where all objects are others.
//
// A step is done again in another run from the same point: the same choices led there. So a goroutine that is about to
// do it has announced its operation, which names one object; and what was touched on the way to that point was touched
// in the same order, which names those (Names). What the step touches beside that counts as every object that nobody had
// touched before.

import type { G } from "../runtime/index.js";
import { announced } from "./announced.js";
import { EVERYWHERE, Footprint, type Touch } from "./footprint.js";
import type { StepEvent } from "./recording.js";

/** The objects of one run by the order in which its steps first touched them. */
export class Names {
  readonly #objects: object[] = [];
  readonly #places = new Map<object, { readonly name: number; readonly event: number }>();
  #named = 0;

  /** Names what `events` touched, from where it left off. */
  extend(events: readonly StepEvent[]): void {
    for (; this.#named < events.length; this.#named++) {
      const event = this.#named;
      events[event]?.touched.each((object) => {
        if (this.#places.has(object)) return;
        this.#places.set(object, { name: this.#objects.length, event });
        this.#objects.push(object);
      });
    }
  }

  /** True when `event` touched something that no event before number `since` had touched. */
  isFresh(event: StepEvent, since: number): boolean {
    let isFresh = false;
    event.touched.each((object) => {
      isFresh ||= this.before(since, object) === undefined && !EVERYWHERE.includes(object);
    });
    return isFresh;
  }

  /** The name of what an event before number `event` had touched. */
  before(event: number, object: object): number | undefined {
    const place = this.#places.get(object);
    return place !== undefined && place.event < event ? place.name : undefined;
  }

  object(name: number): object | undefined {
    return this.#objects[name];
  }
}

/** A step that was done, in the run that did it. */
interface Done {
  readonly touched: Footprint;
  /** What its goroutine had announced, and to whom it reports its end. */
  readonly announced: Footprint;
  readonly group: object | null;
  readonly name: (object: object) => number | undefined;
}

export class Shape {
  /** True when it touches something that has no name. */
  isFresh = false;
  #isAll = false;
  #exits = false;
  /** Of EVERYWHERE. */
  readonly #everywhere = new Set<object>();
  /** By name; whether it is written. */
  readonly #named = new Map<number, boolean>();

  /** Adds what a step touched. */
  add({ touched, announced, group, name }: Done): void {
    this.#isAll ||= touched.isAll;
    touched.each((object, isWrite) => {
      if (EVERYWHERE.includes(object)) this.#everywhere.add(object);
      else if (announced.has(object)) return;
      else if (object === group) this.#exits = true;
      else {
        const named = name(object);
        if (named === undefined) this.isFresh = true;
        else this.#named.set(named, this.#named.get(named) === true || isWrite);
      }
    });
  }

  /** What the step touches in the run in which `g` (null: the timer) is about to do it. */
  inThisRun(g: G | null, touch: Touch, names: Names): Footprint {
    const touched = g === null ? new Footprint() : announced(g, touch);
    touched.isAll ||= this.#isAll || g === null;
    for (const object of this.#everywhere) touched.touch(object, true);
    for (const [name, isWrite] of this.#named) {
      const object = names.object(name);
      if (object === undefined) touched.isAll = true;
      else touched.touch(object, isWrite);
    }
    if (this.#exits && g !== null && g.onExit !== null) touched.touch(g.onExit, true);
    return touched;
  }
}
