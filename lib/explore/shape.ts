// Shape: what one step touches, said so that it holds in other runs too, where all objects are others.
//
// A goroutine that is about to do the same step in another run has announced its operation there, so that object can be
// found again. Of what else the step touched, only what every run has in common can; the rest counts as everything.

import type { G } from "../runtime/index.js";
import { announced } from "./announced.js";
import { EVERYWHERE, Footprint, type Touch } from "./footprint.js";

export class Shape {
  #isAll = false;
  #exits = false;
  /** Of EVERYWHERE. */
  readonly #everywhere = new Set<object>();

  /** Adds what a step touched whose goroutine had `announced` that much and reports its end to `group`. */
  add(touched: Footprint, announcedOne: Footprint, group: object | null): void {
    this.#isAll ||= touched.isAll;
    touched.each((object) => {
      if (EVERYWHERE.includes(object)) this.#everywhere.add(object);
      else if (announcedOne.has(object)) return;
      else if (object === group) this.#exits = true;
      else this.#isAll = true;
    });
  }

  /** What the step touches in the run in which `g` (null: the timer) is about to do it. */
  inThisRun(g: G | null, touch: Touch): Footprint {
    const touched = g === null ? new Footprint() : announced(g, touch);
    touched.isAll ||= this.#isAll || g === null;
    for (const object of this.#everywhere) touched.touch(object, true);
    if (this.#exits && g !== null && g.onExit !== null) touched.touch(g.onExit, true);
    return touched;
  }
}
