// Wakeups: announcements that nobody heard. A `signal` or `broadcast` while nobody waits is lost, and so is a value that a
// select with a default would have sent: who waits later, waits for the next one.

import type { G, Operable, OpKind, StackMark } from "../runtime/index.js";

/** An announcement that nobody heard. */
export interface LostWakeup {
  readonly g: G;
  /** `signal`, `broadcast`, or `send`. */
  readonly op: string;
  readonly mark: StackMark | undefined;
}

interface CaseLike {
  readonly kind: string;
  readonly chan?: Operable;
}

export class Wakeups {
  readonly #lost = new WeakMap<Operable, LostWakeup>();
  /** Somebody was woken since the last operation. */
  #isHeard = false;

  handed(): void {
    this.#isHeard = true;
  }

  /** `g` has done `kind` on `object`; `mark` says where, if that is known. */
  done(
    g: G,
    kind: OpKind,
    object: Operable,
    arg: unknown,
    value: unknown,
    mark: StackMark | undefined,
  ): void {
    if (object.label === "cond" && (kind.name === "signal" || kind.name === "broadcast")) {
      if (this.#isHeard) this.#lost.delete(object);
      else this.#lost.set(object, { g, op: kind.name, mark });
    } else if (kind.name === "select" && Array.isArray(arg)) {
      this.#selected(g, arg as (CaseLike | null)[], (value as { index?: number } | undefined)?.index, mark);
    }
    this.#isHeard = false;
  }

  #selected(
    g: G,
    cases: readonly (CaseLike | null)[],
    index: number | undefined,
    mark: StackMark | undefined,
  ) {
    const taken = index === undefined ? null : cases[index];
    if (taken?.kind !== "default") return;
    for (const c of cases) {
      if (c?.kind === "send" && c.chan !== undefined) this.#lost.set(c.chan, { g, op: "send", mark });
    }
  }

  /** The last announcement on `object`, if nobody heard it. */
  lostOn(object: Operable): LostWakeup | undefined {
    return this.#lost.get(object);
  }
}
