// The words of a lock that is held across a wait: who waits for what, since when it has the lock, who may be needed.

import type { Finding } from "../event/index.js";
import type { G, ObjectNames, Operable, OpKind, StackMark } from "../runtime/index.js";
import { called, place, topOf } from "./words.js";

/** A goroutine waits, or has waited, and holds `lock`. */
export interface HeldWait {
  readonly g: G;
  /** In what; null when it held the lock for too long, however that came. */
  readonly kind: OpKind | null;
  readonly channels: readonly Operable[];
  readonly lock: Operable;
  readonly mark: StackMark | undefined;
  /** Where it took the lock. */
  readonly taken: StackMark | undefined;
  /** How long it had the lock, once that was too long. */
  readonly heldNs: number | null;
}

/** `partner`: somebody else who uses the channel and takes the lock. Then it can deadlock; else it only lets others wait. */
export function lockHeldFinding(
  wait: HeldWait,
  limitNs: number,
  partner: G | null,
  names: ObjectNames,
): Finding {
  const lock = names.nameOf(wait.lock);
  const channels = wait.channels.map((channel) => names.nameOf(channel)).join(", ");
  const at = topOf(wait.mark);
  const rows =
    wait.kind === null
      ? [
          `lock held: ${called(wait.g)} held ${lock} for ${(wait.heldNs ?? 0) / 1e6} ms, longer than ${limitNs / 1e6} ms`,
          `  given back${place(at)}`,
        ]
      : [
          `lock held: ${called(wait.g)} waits in ${wait.kind.wait}${channels === "" ? "" : ` for ${channels}`} while it holds ${lock}`,
          `  waits${place(at)}`,
        ];
  rows.push(`  ${lock} taken${place(topOf(wait.taken))}`);
  if (partner !== null) {
    rows.push(
      `  ${called(partner)} uses ${channels} and takes ${lock}, too: if it takes the lock first, both wait for ever`,
    );
  }
  rows.push(
    partner === null
      ? "next: take what you need out under the lock, let go of it, and wait then; whoever wants the lock waits as long."
      : "next: let go of the lock before you send or receive, or let a goroutine that needs no lock do it.",
  );
  return {
    verdict: partner === null ? "starvation" : "lock-order",
    message: rows.join("\n"),
    goroutines: [wait.g.id, ...(partner === null ? [] : [partner.id])],
    at: at === undefined ? [] : [at],
  };
}
