// fieldClaim: "Field claim, tested": what a report says, what was tried here, what came out, and why. Plain about the
// result, courteous to whoever wrote it.
import { alreadyShown, type Card, showCard } from "./card.js";
import { sentence } from "./claims.js";

/** A claim from the field and what became of it on this machine. */
export interface FieldClaim {
  /** The row of the curriculum, e.g. `FC-28`. */
  readonly id: string;
  /** What they say, short. */
  readonly says: string;
  /** What was run here to find out. */
  readonly experiment: string;
  /** Whether it holds here; undefined when this run does not settle it. */
  readonly holds: boolean | undefined;
  /** What was seen, or why it comes out so. */
  readonly because: string;
}

/** The claim as a card. */
export function fieldClaimCard({ id, says, experiment, holds, because }: FieldClaim): Card {
  const badge = holds === undefined ? "not settled here" : holds ? "holds here" : "does not hold here";
  return {
    tone: holds === undefined ? "open" : holds ? "good" : "plain",
    badge,
    title: `Field claim, tested: ${id}`,
    lines: [`They say: “${says}”`, `We tried: ${sentence(experiment)}`, `We saw: ${sentence(because)}`],
    notes: [],
  };
}

/**
 * Shows a claim from the field beside what an experiment says to it. It never throws for a claim that does not hold:
 * to find that out is what the cell is for.
 *
 * @example
 * await fieldClaim({
 *   id: "FC-29",
 *   says: "a read lock allocates",
 *   experiment: "100,000 read locks, bytes counted",
 *   holds: false,
 *   because: "0 bytes for each",
 * });
 */
export async function fieldClaim(claim: FieldClaim): Promise<FieldClaim> {
  const card = fieldClaimCard(claim);
  showCard(card);
  return alreadyShown({ ...claim }, `${claim.id} ${card.badge}`);
}
