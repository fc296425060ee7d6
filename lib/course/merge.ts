// merge: a learner's notebook and a newer lesson, cell by cell.
//
// Three versions: `base` is the lesson as the learner got it, `own` what the learner made of it, `next` the lesson now.
// Cells are known by their ids, which the lessons keep when something is inserted.
//
// Invariants:
//  I1. No text of the learner's is lost: a cell that they wrote or changed is in the result, word for word.
//  I2. Nothing new in the lesson, nothing changes: merge(base, own, base) is own.
//  I3. Nothing done by the learner, the lesson wins: merge(base, base, next) has the cells of next.
//  I4. Once is enough: merging again with the result as `own` and next as `base` changes nothing.
//
// Rejected: a line-wise merge inside a cell. Two people's halves of one cell seldom make a cell that runs.
import type { ICell, INotebookContent } from "@jupyterlab/nbformat";

/** What a merge did, by the ids of the cells. */
export interface MergeNotes {
  /** New in the lesson. */
  readonly added: readonly string[];
  /** Brought up to date: the learner had not changed them. */
  readonly updated: readonly string[];
  /** Gone from the lesson, and not changed by the learner. */
  readonly removed: readonly string[];
  /** Changed by both: the learner's text stands. */
  readonly kept: readonly string[];
}

export interface MergedNotebook {
  readonly notebook: INotebookContent;
  readonly notes: MergeNotes;
  /** Whether the notebook differs from the learner's. */
  readonly isChanged: boolean;
}

type Keys = Readonly<Record<string, unknown>>;

interface Draft {
  readonly added: string[];
  readonly updated: string[];
  readonly removed: string[];
  readonly kept: string[];
}

/**
 * Merges a newer lesson into a learner's notebook. Without `base` (nobody knows what the learner got) every cell that
 * differs counts as the learner's.
 *
 * Outputs stay with cells whose text stays. The order is the lesson's, each of the learner's own cells behind the cell
 * that it stood behind; but where the learner has moved cells of the lesson, their order stands.
 * **Cost:** O(cells).
 */
export function mergeNotebook(
  base: INotebookContent | undefined,
  own: INotebookContent,
  next: INotebookContent,
): MergedNotebook {
  const notes: Draft = { added: [], updated: [], removed: [], kept: [] };
  const was = byId(base?.cells ?? []);
  const mine = byId(own.cells);
  const now = byId(next.cells);
  const survivors = own.cells.flatMap((cell) => {
    const id = idOf(cell);
    if (mine.get(id) !== cell) return [cell]; // a second cell of this name is the learner's
    const merged = mergeCell(was.get(id), cell, now.get(id), base !== undefined, notes);
    return merged === undefined ? [] : [merged];
  });
  const fresh = next.cells.filter((cell) => !mine.has(idOf(cell)) && !was.has(idOf(cell)));
  notes.added.push(...fresh.map(idOf));
  const hasMoved = !isSameOrder(base?.cells ?? next.cells, own.cells);
  const cells = hasMoved
    ? insertFresh(survivors, fresh, next.cells)
    : lessonOrder(survivors, fresh, next.cells);
  const metadata = mergeKeys(base?.metadata ?? {}, own.metadata, next.metadata);
  const notebook = { ...own, cells, metadata: metadata as INotebookContent["metadata"] };
  const isChanged = JSON.stringify(notebook) !== JSON.stringify(own);
  return { notebook, notes, isChanged };
}

/** What becomes of one cell of the learner's; undefined when it goes with the lesson. */
function mergeCell(
  was: ICell | undefined,
  mine: ICell,
  now: ICell | undefined,
  isKnown: boolean,
  notes: Draft,
): ICell | undefined {
  if (now === undefined) {
    if (was === undefined || !isSameText(was, mine)) return mine; // their own, or made their own
    notes.removed.push(idOf(mine));
    return undefined;
  }
  const metadata = mergeKeys(was?.metadata ?? {}, mine.metadata, now.metadata) as ICell["metadata"];
  if (isSameText(mine, now)) return withMetadata(mine, metadata);
  const isTheirs = was === undefined || !isSameText(was, mine);
  if (isTheirs) {
    const hasNews = was !== undefined && !isSameText(was, now);
    if (hasNews || (was === undefined && isKnown)) notes.kept.push(idOf(mine));
    return withMetadata(mine, metadata); // I1
  }
  notes.updated.push(idOf(mine));
  return withMetadata(now, metadata);
}

function withMetadata(cell: ICell, metadata: ICell["metadata"]): ICell {
  return JSON.stringify(metadata) === JSON.stringify(cell.metadata) ? cell : { ...cell, metadata };
}

/** Key by key: what the learner (or Jupyter) changed stays, everything else is the lesson's. */
function mergeKeys(before: Keys, own: Keys, next: Keys): Keys {
  const merged: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(own)) {
    const isTouched = !isSame(before[key], value);
    if (isTouched) merged[key] = value;
    else if (key in next) merged[key] = next[key];
  }
  for (const [key, value] of Object.entries(next)) {
    if (!(key in own) && !(key in before)) merged[key] = value;
  }
  return merged;
}

/** The lesson's order; each other cell behind the one that it stood behind. */
function lessonOrder(
  survivors: readonly ICell[],
  fresh: readonly ICell[],
  lesson: readonly ICell[],
): ICell[] {
  const places = new Map(lesson.map((cell, at) => [idOf(cell), at]));
  const isOfLesson = firstOfId(survivors, places);
  const followers = new Map<string, ICell[]>();
  let behind = "";
  for (const cell of survivors) {
    if (isOfLesson.has(cell)) behind = idOf(cell);
    else followers.set(behind, [...(followers.get(behind) ?? []), cell]);
  }
  const known = new Map([...isOfLesson, ...fresh].map((cell) => [idOf(cell), cell]));
  const ordered = lesson.flatMap((cell) => {
    const here = known.get(idOf(cell));
    return here === undefined ? [] : [here, ...(followers.get(idOf(cell)) ?? [])];
  });
  return [...(followers.get("") ?? []), ...ordered];
}

function firstOfId(cells: readonly ICell[], wanted: ReadonlyMap<string, number>): Set<ICell> {
  const seen = new Set<string>();
  const first = new Set<ICell>();
  for (const cell of cells) {
    if (!wanted.has(idOf(cell)) || seen.has(idOf(cell))) continue;
    seen.add(idOf(cell));
    first.add(cell);
  }
  return first;
}

/** The learner's order; what is new stands behind the cell that it follows in the lesson. */
function insertFresh(
  survivors: readonly ICell[],
  fresh: readonly ICell[],
  lesson: readonly ICell[],
): ICell[] {
  const cells = [...survivors];
  const isFresh = new Set(fresh.map(idOf));
  for (const [at, cell] of lesson.entries()) {
    if (!isFresh.has(idOf(cell))) continue;
    const before = lesson.slice(0, at).map(idOf).reverse();
    const anchor = before.find((id) => cells.some((other) => idOf(other) === id));
    const place = anchor === undefined ? 0 : cells.findIndex((other) => idOf(other) === anchor) + 1;
    cells.splice(place, 0, cell);
  }
  return cells;
}

/** Whether the cells that both have stand in the same order in both. */
function isSameOrder(a: readonly ICell[], b: readonly ICell[]): boolean {
  const inA = new Set(a.map(idOf));
  const inB = new Set(b.map(idOf));
  const left = [...inA].filter((id) => inB.has(id));
  const right = [...inB].filter((id) => inA.has(id));
  return isSame(left, right);
}

function byId(cells: readonly ICell[]): Map<string, ICell> {
  const found = new Map<string, ICell>();
  for (const cell of cells) if (!found.has(idOf(cell))) found.set(idOf(cell), cell);
  return found;
}

function idOf(cell: ICell): string {
  return String((cell as { id?: unknown }).id ?? "");
}

function isSameText(a: ICell, b: ICell): boolean {
  return a.cell_type === b.cell_type && textOf(a) === textOf(b);
}

function textOf({ source }: ICell): string {
  return Array.isArray(source) ? source.join("") : source;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
