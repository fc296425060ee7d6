// Bubbles: which goroutine and which object belongs to which bubble of a run, and what must not cross a border.
//
// Invariants:
//  I1. A channel or timer belongs to the bubble in which it was made, for ever; one made outside to none.
//  I2. A wait group belongs to the bubble that added to it while its counter was zero, until it is zero again.
//  I3. Any other object belongs to whoever uses it first; used by others as well, it is nobody's.
//
// Source: Go src/runtime/synctest.go (getOrSetBubbleSpecial), chan.go, select.go, src/sync/waitgroup.go.

import type { Go } from "../op/index.js";
import { Bubble } from "./bubble.js";
import { current } from "./current.js";
import { PanicError } from "./errors.js";
import type { G } from "./g.js";
import type { Operable, OpKind } from "./opkind.js";
import type { Runtime } from "./runtime.js";

/** The owner of what is used outside of any bubble, or on both sides of a border (I3). */
const NOBODY = Symbol("nobody");

/** Go's words for what was done to a channel. */
const ON_CHANNEL: Readonly<Record<string, string>> = {
  send: "send on",
  recv: "receive on",
  recvOk: "receive on",
  close: "close of",
};

const BOTH_SIDES = "sync: WaitGroup.Add called from inside and outside synctest bubble";
const SEVERAL = "sync: WaitGroup.Add called from multiple synctest bubbles";

/** A case of a select, as far as it matters here. */
interface CaseLike {
  readonly chan?: Operable & { readonly isNil?: boolean };
}

export class Bubbles {
  readonly #rt: Runtime;
  readonly #members = new WeakMap<G, Bubble>();
  readonly #owners = new WeakMap<object, Bubble | typeof NOBODY>();
  #count = 0;

  constructor(rt: Runtime) {
    this.#rt = rt;
  }

  /** Starts a bubble around `body`; `root` waits until it is over. */
  begin(root: G, body: () => Go<unknown>): void {
    if (this.#members.has(root)) {
      throw new PanicError("synctest.Run called from within a synctest bubble");
    }
    const bubble = new Bubble(this.#rt, this.#count + 1, root);
    bubble.begin(body);
    this.#count++;
    this.#members.set(root, bubble);
    this.#rt.block(root);
  }

  ended(bubble: Bubble): void {
    this.#members.delete(bubble.root);
  }

  adopt(g: G, bubble: Bubble): void {
    this.#members.set(g, bubble);
    bubble.adopt(g);
  }

  /** The bubble of `g`, or null. The goroutine that waits for a bubble to end counts as in it. */
  of(g: G): Bubble | null {
    return this.#members.get(g) ?? null;
  }

  own(object: object, bubble: Bubble): void {
    this.#owners.set(object, bubble);
  }

  /** True when `object` belongs to a bubble other than `bubble`. */
  isForeign(object: object, bubble: Bubble | null): boolean {
    const owner = this.#owners.get(object);
    return owner instanceof Bubble && owner !== bubble;
  }

  /** Lets a member of a bubble take its controlled step on the bubble's clock. */
  step(g: G, take: (rt: Runtime, g: G) => void): void {
    const bubble = this.#members.get(g);
    if (bubble === undefined || bubble.root === g) {
      take(this.#rt, g);
      return;
    }
    bubble.enter();
    try {
      take(this.#rt, g);
    } finally {
      bubble.leave();
    }
    if (this.#rt.ending === null) bubble.stepped();
  }

  /** Called before `g` performs an operation: refuses what crosses a border, and says whether a wait is durable. */
  before(g: G, kind: OpKind, object: Operable, arg: unknown): void {
    const bubble = this.of(g);
    const isDurable = this.#check(bubble, kind, object, arg);
    bubble?.expect(g, isDurable);
  }

  #check(bubble: Bubble | null, kind: OpKind, object: Operable, arg: unknown): boolean {
    if (object.label === "chan") return this.#onChannel(bubble, object, ON_CHANNEL[kind.name] ?? "select on");
    if (kind.name === "select") {
      return (arg as readonly (CaseLike | null)[]).reduce(
        (all, c) => (c?.chan === undefined ? true : this.#onChannel(bubble, c.chan, "select on")) && all,
        true,
      );
    }
    if (object.label === "waitgroup") return this.#onWaitGroup(bubble, kind, object as Counter);
    if (object.label === "cond") return true;
    if (object.label === "") return !isOfTheWorld(kind);
    return this.#isOwn(bubble, object);
  }

  #onChannel(bubble: Bubble | null, chan: NonNullable<CaseLike["chan"]>, how: string): boolean {
    if (chan.isNil === true) return true;
    if (this.isForeign(chan, bubble)) this.#rt.fatal(`${how} synctest channel from outside bubble`);
    return this.#owners.has(chan);
  }

  /** I2 */
  #onWaitGroup(bubble: Bubble | null, kind: OpKind, group: Counter): boolean {
    if (group.counter === 0) this.#owners.delete(group);
    const owner = this.#owners.get(group);
    if (kind.wait !== "") return owner !== undefined && owner === bubble;
    if (owner instanceof Bubble && bubble !== null && owner !== bubble) this.#rt.fatal(SEVERAL);
    if (owner instanceof Bubble !== (bubble !== null) && group.counter !== 0) this.#rt.fatal(BOTH_SIDES);
    if (bubble !== null) this.#owners.set(group, bubble);
    return true;
  }

  /** I3 */
  #isOwn(bubble: Bubble | null, object: object): boolean {
    const owner = this.#owners.get(object);
    if (owner === undefined) this.#owners.set(object, bubble ?? NOBODY);
    else if (owner !== bubble) this.#owners.set(object, NOBODY);
    return owner === undefined || owner === bubble;
  }
}

interface Counter extends Operable {
  /** How many are still to be done. */
  readonly counter: number;
}

/** True for waits that something outside of the run's goroutines ends. */
function isOfTheWorld(kind: OpKind): boolean {
  return kind.name === "fromPromise" || kind.name === "work" || kind.name === "syscall";
}

/** The bubbles of the run that executes now; made with the first. From then on nothing takes a fast path. */
export function bubblesOf(rt: Runtime): Bubbles {
  rt.bubbles ??= new Bubbles(rt);
  current.isFast = false;
  return rt.bubbles;
}
