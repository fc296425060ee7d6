// Board text: a state of a board as lines, for terminals, for pictures that cannot be played, and for those who read.
import type { Colors } from "picocolors/types.js";
import type { BoardGoroutine, BoardObject } from "../explore/index.js";
import { wrapLine } from "./ansi.js";
import type { BoardGame } from "./boardgame.js";
import { clip } from "./textwidth.js";
import { VERDICT_TITLES } from "./verdicts.js";

const MARKS = { ready: "●", waits: "○", ended: "■", failed: "✖" } as const;
const STATES = { ready: "can go on", waits: "waits", ended: "ended", failed: "failed" } as const;
/** Events that are shown, the last ones: a third of the room, where there is little. */
const MOST_EVENTS = 8;

/** How a board is written. */
export interface BoardTextOptions {
  /** The longest line, in characters. Default 80. */
  readonly width?: number;
  /** As many lines as there is room for: fewer of what happened and of what is as it was at the start. Default: all. */
  readonly height?: number;
  readonly colors?: Colors;
}

/** Returns the state that `game` stands in, as lines of at most `width` characters. */
export function boardLines(game: BoardGame, options: BoardTextOptions = {}): string[] {
  const { width = 80, height = Number.POSITIVE_INFINITY, colors } = options;
  const { board, depth } = game;
  const bold = colors?.bold ?? plain;
  const dim = colors?.dim ?? plain;
  const when = depth === 0 ? "at the start" : `after ${depth} ${depth === 1 ? "choice" : "choices"}`;
  const head = `${clip(board.title, Math.max(8, width - when.length - 3))} · ${when}`;
  const above = [bold(clip(head, width)), "", ...goroutineLines(game, width, colors)];
  const below = [
    ...endingLines(game, width, colors),
    ...(board.isWhole && depth > 0 ? [] : wrapLine(board.claim, width).map((line) => dim(line))),
  ];
  const room = height - above.length - below.length;
  const events = eventLines(game, width, Math.min(MOST_EVENTS, Math.max(1, Math.floor(room / 3))));
  return [...above, ...sharedLines(game, width, room - events.length), ...events, ...below];
}

const plain = (text: string): string => text;

function goroutineLines(game: BoardGame, width: number, colors: Colors | undefined): string[] {
  const { board, choices } = game;
  const parts = game.state.g.map((at) => board.goroutines[at] as BoardGoroutine);
  const names = parts.map((part) => `g${part.id} ${part.name}`);
  const wide = Math.min(20, Math.max(5, ...names.map((name) => name.length)));
  const key = (index: number): string => (index < 0 ? "    " : `${`[${index + 1}]`.padEnd(4)}`);
  const lines = parts.flatMap((part, i) => {
    const own = choices.flatMap((step, index) => (step.id === part.id ? [{ step, index }] : []));
    const mark = paint(part.state, MARKS[part.state], colors);
    const name = clip(names[i] as string, wide).padEnd(wide);
    const row = (index: number, text: string): string => {
      const room = width - 4 - 2 - wide - 1;
      return `${key(index)}${mark} ${name} ${clip(text, room)}`.trimEnd();
    };
    const cut = (to: number): string => (to < 0 ? " (the board ends here)" : "");
    const at = part.at === "" ? "" : `  ${part.at}`;
    if (own.length === 0) {
      const words = part.op === "" ? STATES[part.state] : `${STATES[part.state]}: ${part.op}${at}`;
      return [row(-1, words)];
    }
    return own.map(({ step, index }) => row(index, `${step.words}${cut(step.to)}${at}`));
  });
  const timers = choices.flatMap((step, index) =>
    step.id === 0 ? [clip(`${key(index)}◷ ${"timer".padEnd(wide)} ${step.words}`, width)] : [],
  );
  return [...lines, ...timers, ""];
}

function paint(state: BoardGoroutine["state"], text: string, colors: Colors | undefined): string {
  if (colors === undefined) return text;
  return { ready: colors.green, waits: colors.yellow, ended: colors.dim, failed: colors.red }[state](text);
}

/** Returns one object in words: `held by g2 · in line: g3`. */
export function objectWords({ kind, text, items, waiting }: BoardObject): string {
  const inside = kind === "channel" && (items?.length ?? 0) > 0 ? `[${items?.join(", ")}] ` : "";
  const line = waiting === undefined ? "" : ` · in line: ${waiting.join(", ")}`;
  return `${inside}${text}${line}`.trim();
}

/** `most`: lines, with the empty one at the end. What has changed since the start goes before the rest. */
function sharedLines({ board, state }: BoardGame, width: number, most: number): string[] {
  const { o } = state;
  if (o.length === 0) return [];
  const first = new Set(board.states[0]?.o);
  const byChange = [...o].sort((a, b) => Number(first.has(a)) - Number(first.has(b)));
  const chosen = new Set(o.length < most ? o : byChange.slice(0, Math.max(1, most - 2)));
  const parts = o.filter((at) => chosen.has(at)).map((at) => board.objects[at] as BoardObject);
  const wide = Math.min(24, Math.max(...parts.map((part) => part.name.length)));
  const lines = parts.map((part) =>
    clip(`    ${clip(part.name, wide).padEnd(wide)}  ${objectWords(part)}`.trimEnd(), width),
  );
  const left = o.filter((at) => !chosen.has(at));
  const words = left.every((at) => first.has(at)) ? "more, as at the start" : "more";
  return [...lines, ...(left.length === 0 ? [] : [`    … ${left.length} ${words}`]), ""];
}

function eventLines(game: BoardGame, width: number, most: number): string[] {
  const all = game.events;
  if (all.length === 0) return [];
  const left = all.length - most;
  const lines = all
    .slice(-most)
    .map(({ g, text }) => clip(`    ${g === 0 ? "timer" : `g${g}`}: ${text}`, width));
  return [...(left > 0 ? [`    … ${left} before`] : []), ...lines, ""];
}

function endingLines(game: BoardGame, width: number, colors: Colors | undefined): string[] {
  const { ending, board } = game;
  if (ending === undefined) return [];
  const title = `THE END. ${VERDICT_TITLES[ending.verdict]}`;
  const tone = ending.verdict === "ok" ? colors?.green : colors?.red;
  return [
    ...wrapLine(title, width).map((line) => (tone ?? plain)(line)),
    ...ending.lines.flatMap((line) => wrapLine(line.trim(), width - 2).map((part) => `  ${part}`)),
    ...replayLines(game, board.source).map((line) => clip(line, Math.max(width, line.length))),
    "",
  ];
}

/** How to play the same again elsewhere. A command is never cut. */
export function replayLines(game: BoardGame, source: string): string[] {
  const { schedule } = game;
  return source === ""
    ? [`replay: report(program, { schedule: ${JSON.stringify(schedule)} })`]
    : [`replay: npx hb replay ${source} ${schedule}`];
}
