// listLines: the list of exercises as a window shows it, scrolled so that the selected row is in it.
import { clipLine } from "../plot/index.js";
import { progressBar } from "./bar.js";
import type { CourseExercise } from "./course.js";
import { currentOf, doneCount, isDone, type ListView, listRows, type Model } from "./model.js";
import { paints } from "./paint.js";
import type { Window } from "./screen.js";

const HELP = [
  "↑/↓ j/k: move   g/G: ends   enter: open   x: reset",
  "d: done   p: pending   /: search   q: back",
];
const SHORT_HELP = ["↑↓ move · enter open · x reset", "d done · p pending · / search · q back"];

/** The lines of the list; none wider than the window, and no more than it has rows. */
export function listLines(model: Model, view: ListView, window: Window): string[] {
  const { columns, hasColor } = window;
  const c = paints(hasColor);
  const rows = listRows(model, view);
  const head = columns >= 60 ? "  State    Exercise" : "  Exercise";
  const help = columns >= 60 ? HELP : SHORT_HELP;
  const foot = [
    progressBar(doneCount(model), model.exercises.length, columns),
    filterLine(view, rows.length, model.exercises.length),
    ...help,
  ].map((line) => clipLine(line, columns));
  const room = Math.max(3, window.rows - foot.length - 3);
  const first = Math.max(0, Math.min(view.at - Math.floor(room / 2), rows.length - room));
  const shown = rows.slice(first, first + room);
  const body = shown.map((exercise, index) =>
    rowLine(model, exercise, first + index === view.at, widest(rows), window),
  );
  return [c.bold(clipLine(head, columns)), ...body, "", ...foot];
}

function widest(rows: readonly CourseExercise[]): number {
  return Math.max(0, ...rows.map(({ id }) => id.length));
}

function rowLine(
  model: Model,
  exercise: CourseExercise,
  isSelected: boolean,
  width: number,
  { columns, hasColor }: Window,
): string {
  const c = paints(hasColor);
  const done = isDone(model, exercise.id);
  const isCurrent = exercise === currentOf(model);
  const state =
    columns < 60 ? (done ? c.green("✓") : c.yellow("·")) : done ? c.green("DONE   ") : c.yellow("PENDING");
  const id = columns < 60 ? exercise.id : exercise.id.padEnd(width);
  const name = isCurrent ? c.bold(id) : id;
  const about = columns >= 60 ? `  ${c.dim(exercise.about)}` : "";
  const mark = isSelected ? ">" : " ";
  const line = clipLine(`${mark} ${state}  ${name}${about}`, columns);
  return isSelected ? c.inverse(line) : line;
}

function filterLine({ filter, query, isTyping }: ListView, shown: number, all: number): string {
  if (isTyping) return `search: ${query}_`;
  const parts = [
    ...(filter === "all" ? [] : [`${filter} only`]),
    ...(query === "" ? [] : [`with "${query}"`]),
  ];
  return parts.length === 0 ? `${all} exercises` : `${parts.join(", ")}: ${shown} of ${all}`;
}
