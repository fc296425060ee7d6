// What a unit promises: for each row of the curriculum the cells that bring it to life, and what proves them.
import type { LessonCell } from "../../../lib/notebook/index.js";

/** What fails when a row is no longer true. */
export type Proof =
  /** A test of this project, by its file and by its name (or the constant part of it) as it stands there. */
  | { readonly test: string; readonly name: string }
  /** A cell that throws, by the text in it that does. The lesson is executed in `npm test`. */
  | { readonly cell: string; readonly asserts: string }
  /** A property of an exercise's check, visible or hidden. */
  | { readonly check: string; readonly property: string };

/** One row: `AP-05`. */
export interface Row {
  /** Ids of cells of the lesson; each of them names the row in `covers=[…]`. */
  readonly cells: readonly string[];
  readonly proof: readonly Proof[];
}

/** One unit, in `NN.ts` beside this file: `export const unit: UnitProofs = { … }`. */
export interface UnitProofs {
  /** `05-the-rwmutex-incident` */
  readonly lesson: string;
  readonly ids: Readonly<Record<string, Row>>;
}

/** Where a unit's promises are looked up. */
export interface Course {
  cells(lesson: string): readonly LessonCell[];
  /** The text of a file of the project; undefined when there is none. */
  read(path: string): string | undefined;
}

/** Everything that is wrong with a unit, one sentence each. `wanted` are the rows that the curriculum gives it. */
export function complaintsAbout(unit: UnitProofs, wanted: readonly string[], course: Course): string[] {
  const cells = course.cells(unit.lesson);
  const ids = Object.keys(unit.ids);
  const none = wanted.filter((id) => !ids.includes(id)).map((id) => `${id}: has no entry`);
  const strange = ids.filter((id) => !wanted.includes(id)).map((id) => `${id}: is no row of this unit`);
  const rows = Object.entries(unit.ids).flatMap(([id, row]) =>
    aboutRow(row, id, cells, course).map((text) => `${id}: ${text}`),
  );
  return [...none, ...strange, ...rows, ...uncovered(unit, cells)];
}

function aboutRow(row: Row, id: string, cells: readonly LessonCell[], course: Course): string[] {
  const wrong: string[] = [];
  if (row.cells.length === 0) wrong.push("has no cell");
  if (row.proof.length === 0) wrong.push("has no proof");
  for (const name of row.cells) {
    const cell = cells.find((c) => c.id === name);
    if (cell === undefined) wrong.push(`no cell is called ${name}`);
    else if (cell.options.covers?.includes(id) !== true)
      wrong.push(`cell ${name} does not say covers=["${id}"]`);
  }
  return [...wrong, ...row.proof.flatMap((proof) => aboutProof(proof, cells, course))];
}

/** Shorter texts stand in any file. */
const SHORTEST = 8;

function aboutProof(proof: Proof, cells: readonly LessonCell[], { read }: Course): string[] {
  if ("test" in proof) {
    const text = read(proof.test);
    // What ends in .tests.ts is registered by a test file.
    if (!/^test\/.*\.(tests?|stress)\.ts$/.test(proof.test)) return [`${proof.test} is not a test file`];
    if (text === undefined) return [`there is no ${proof.test}`];
    const isThere = proof.name.length >= SHORTEST && text.includes(proof.name);
    return isThere ? [] : [`no test in ${proof.test} is called "${proof.name}"`];
  }
  if ("cell" in proof) {
    const cell = cells.find((c) => c.id === proof.cell);
    if (cell?.kind !== "code") return [`no code cell is called ${proof.cell}`];
    if (!/\b(throw|assert)/.test(proof.asserts))
      return [`"${proof.asserts}" cannot fail: it neither throws nor asserts`];
    return cell.source.includes(proof.asserts) ? [] : [`cell ${proof.cell} does not hold "${proof.asserts}"`];
  }
  const texts = ["check", "hidden"].map((kind) => read(`test/exercises/${proof.check}.${kind}.ts`));
  const isThere = texts.some((text) => text?.includes(JSON.stringify(proof.property)) === true);
  return isThere ? [] : [`no property of ${proof.check} is called "${proof.property}"`];
}

/** What the lesson says to cover, and the unit does not know. */
function uncovered(unit: UnitProofs, cells: readonly LessonCell[]): string[] {
  return cells.flatMap((cell) =>
    (cell.options.covers ?? [])
      .filter((id) => unit.ids[id]?.cells.includes(cell.id) !== true)
      .map((id) => `${id}: cell ${cell.id} covers it, and the unit's file does not say so`),
  );
}
