// Wait advice: the next step where goroutines wait for one another: whose wait is the cause of the others', and two that
// wait for what the other would do.

import { Status } from "../runtime/index.js";
import type { Waiting } from "./deadlockwaits.js";
import { called } from "./words.js";

/** The next step after a wait of one kind, whoever waits. */
export const NEXT = {
  unlock: "next: unlock on every path, also after an error: withLock, or a defer.",
  done: "next: see that every add has its done, on every path.",
  nilChannel: "next: make the channel before it is used; a nil one is never ready.",
  send: "next: who receives may be gone: give the channel room for what is sent, or select between the send and a context's done().",
  look: "next: look at the condition under the lock before waiting, and change it under the lock: `while (!ready) yield* c.wait()`.",
} as const;

/** Those of `all` whose wait is a cause: not that for the end of goroutines that wait themselves. */
export function causesOf(all: readonly Waiting[]): readonly Waiting[] {
  const isEffect = (w: Waiting): boolean =>
    w.objects.some((object) => object.label === "waitgroup") &&
    w.wakers.some((g) => g.status === Status.WAITING);
  return all.filter((w) => !isEffect(w));
}

/** What to do about two that wait for each other, at different things; undefined when there are none. */
export function pairAdvice(all: readonly Waiting[]): string | undefined {
  const waits = all.filter((w) => !w.isLock);
  for (const [i, a] of waits.entries()) {
    const b = waits
      .slice(i + 1)
      .find(
        (other) =>
          a.wakers.includes(other.g) &&
          other.wakers.includes(a.g) &&
          !other.objects.some((object) => a.objects.includes(object)),
      );
    if (b === undefined) continue;
    return `next: ${called(a.g)} and ${called(b.g)} wait for each other: let one do what the other waits for before it waits itself, or wait for several things at once with select.`;
  }
  return undefined;
}
