// claims: published figures, each with its conditions, beside the learner's own.
import { formatRatio, type Table, table } from "../plot/index.js";
import { alreadyShown, type Card, showCard } from "./card.js";
import { type Figures, formatFigures, type Unit } from "./unit.js";

/** A published figure and what this machine says to it. */
export interface PublishedClaim {
  /** The row of the curriculum, e.g. `FC-24`. */
  readonly id: string;
  /** What is claimed, in a few words. */
  readonly says: string;
  /** As published: a number, a pair before and after, or a text. */
  readonly published: Figures;
  /** Of the numbers on both sides. Default `count`. */
  readonly unit?: Unit | undefined;
  /** Under which conditions that was measured, as far as they say. */
  readonly conditions: string;
  /** The own figure; undefined when it was not measured here. */
  readonly yours: Figures | undefined;
  /** What differs here, e.g. `2 cores, one writer`. */
  readonly yourConditions?: string | undefined;
  /** Whether the own measurement has the shape that was claimed; left out when it cannot tell. */
  readonly holds?: boolean | undefined;
  /** One more sentence that belongs to the row. */
  readonly note?: string | undefined;
}

/** The table of claims, as data. Conditions and notes stand below it, by id. */
export function claimTable(rows: readonly PublishedClaim[], title = "Published, and measured here"): Table {
  const ratios = rows.map(ratioOf);
  const hasRatio = ratios.some((ratio) => ratio !== undefined);
  const hasShape = rows.some((row) => row.holds !== undefined);
  const cells = rows.map((row, i) => {
    const unit = row.unit ?? "count";
    const yours = row.yours === undefined ? "not measured" : formatFigures(row.yours, unit);
    const ratio = ratios[i];
    return [
      row.id,
      row.says,
      formatFigures(row.published, unit),
      yours,
      ...(hasRatio ? [ratio === undefined ? "–" : formatRatio(ratio)] : []),
      ...(hasShape ? [shapeOf(row)] : []),
    ];
  });
  const columns = [
    "",
    "claim",
    "published",
    "here",
    ...(hasRatio ? ["here ÷ published"] : []),
    ...(hasShape ? ["same shape?"] : []),
  ];
  return table(title, columns, cells, [...new Set(rows.map(conditionsOf))]);
}

/**
 * Shows published figures beside the learner's own, with the conditions of both. The shape is what counts: another
 * machine gives other digits. A pair is a figure before and after, and its factor is shown, which travels better.
 *
 * @example
 * await claims([{ id: "FC-24", says: "a read", published: 47_000, unit: "ns", conditions: "16 cores", yours: 9_400 }]);
 */
export async function claims(rows: readonly PublishedClaim[], title?: string): Promise<Table> {
  const made = claimTable(rows, title);
  const measured = rows.filter((row) => row.yours !== undefined).length;
  const card: Card = {
    tone: measured === rows.length ? "plain" : "open",
    badge: `${measured} of ${rows.length} measured`,
    title: made.title,
    lines: [],
    table: { ...made, title: "", notes: [] },
    notes: made.notes,
  };
  showCard(card);
  return alreadyShown(made, `${made.title}: ${card.badge}`);
}

function ratioOf({ published, yours }: PublishedClaim): number | undefined {
  if (typeof published !== "number" || typeof yours !== "number" || published === 0) return undefined;
  return yours / published;
}

function shapeOf({ yours, holds }: PublishedClaim): string {
  if (yours === undefined) return "not measured";
  return holds === undefined ? "cannot tell" : holds ? "yes" : "no";
}

function conditionsOf({ id, conditions, yourConditions, note }: PublishedClaim): string {
  const here = yourConditions === undefined ? [] : [`Here: ${sentence(yourConditions)}`];
  const more = note === undefined ? [] : [sentence(note)];
  return [`${id}, published: ${sentence(conditions)}`, ...here, ...more].join(" ");
}

/** A text with its full stop. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
