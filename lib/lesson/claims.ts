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

/**
 * The table of claims, as data. Conditions stand below it, each of them once, with the rows that it belongs to. Rows that
 * share an id are told apart by letters: `FC-05 a`, `FC-05 b`.
 */
export function claimTable(rows: readonly PublishedClaim[], title = "Published, and measured here"): Table {
  const labels = labelsOf(rows);
  const ratios = rows.map(ratioOf);
  const hasRatio = ratios.some((ratio) => ratio !== undefined);
  const hasShape = rows.some((row) => row.holds !== undefined);
  const cells = rows.map((row, i) => {
    const unit = row.unit ?? "count";
    const yours = row.yours === undefined ? "not measured" : formatFigures(row.yours, unit);
    const ratio = ratios[i];
    return [
      labels[i]!,
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
  return table(title, columns, cells, conditionNotes(rows, labels));
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

function labelsOf(rows: readonly PublishedClaim[]): string[] {
  return rows.map(({ id }, i) => {
    if (rows.filter((row) => row.id === id).length === 1) return id;
    const before = rows.slice(0, i).filter((row) => row.id === id).length;
    return `${id} ${String.fromCharCode(97 + before)}`; // a, b, c
  });
}

/** What is said of both sides, and the rows that it is said of: `FC-05 a and b, published: …`. */
function conditionNotes(rows: readonly PublishedClaim[], labels: readonly string[]): string[] {
  const texts = rows.map(conditionsOf);
  return [...new Set(texts)].map((text) => {
    const own = labels.filter((_, i) => texts[i] === text);
    const ids = rows.filter((_, i) => texts[i] === text).map(({ id }) => id);
    const names = own.map((label, i) => (i > 0 && ids[i] === ids[i - 1] ? label.slice(-1) : label));
    return `${names.join(" and ")}, ${text}`;
  });
}

function conditionsOf({ conditions, yourConditions, note }: PublishedClaim): string {
  const here = yourConditions === undefined ? [] : [`Here: ${sentence(yourConditions)}`];
  const more = note === undefined ? [] : [sentence(note)];
  return [`published: ${sentence(conditions)}`, ...here, ...more].join(" ");
}

/** A text with its full stop. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
