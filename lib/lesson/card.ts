// Card: what a lesson shows under a cell, as data: a badge, sentences, a table. One renderer for pages and terminals.
//
// Invariants:
//  I1. The HTML needs neither script nor style sheet, so an untrusted notebook shows it as well.
//  I2. The badge says in a word what its colour says, and is legible on white and on black.
import { inspect } from "node:util";
import { escapeXml, notebookHost, type Table, tableHtml, tableText } from "../plot/index.js";

/** What the badge says: `good` and `bad` are judged, `plain` is a finding, `open` is not settled. */
export type Tone = "good" | "bad" | "plain" | "open";

/** One output of a lesson. Plain data. */
export interface Card {
  readonly tone: Tone;
  /** The word of the badge, e.g. `4 of 6`. */
  readonly badge: string;
  readonly title: string;
  /** Sentences above the table. */
  readonly lines: readonly string[];
  readonly table?: Table;
  /** Sentences below it. */
  readonly notes: readonly string[];
}

const BACKGROUND: Readonly<Record<Tone, string>> = {
  good: "#1a7f37",
  bad: "#c62828",
  plain: "#0b5cad",
  open: "#8a6100",
};
const PARAGRAPH = "margin:.4em 0;max-width:100ch";

/** Returns a card as HTML. */
export function cardHtml(card: Card): string {
  const badge = `display:inline-block;padding:2px 10px;border-radius:4px;color:#fff;font-weight:600;background:${BACKGROUND[card.tone]}`;
  const paragraph = (text: string): string => `<p style="${PARAGRAPH}">${escapeXml(text)}</p>`;
  return [
    `<div class="hb-lesson"><p style="margin:4px 0"><span style="${badge}">${escapeXml(card.badge)}</span> <b>${escapeXml(card.title)}</b></p>`,
    ...card.lines.map(paragraph),
    card.table === undefined ? "" : tableHtml(card.table),
    ...card.notes.map(paragraph),
    "</div>",
  ].join("");
}

const WIDTH = 100;

/** Returns a card as text for a terminal: badge and title first, sentences broken at 100 characters. */
export function cardText(card: Card): string {
  const table = card.table === undefined ? [] : [tableText(card.table)];
  const lines = [...card.lines.flatMap(wrapped), ...table, ...card.notes.flatMap(wrapped)];
  return [`[${card.badge}] ${card.title}`, ...lines].join("\n");
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Displays a card under the running cell; outside of a notebook its text is printed. */
export function showCard(card: Card): void {
  const host = notebookHost();
  if (host === undefined) process.stdout.write(`${cardText(card)}\n`);
  else host.display({ "text/html": cardHtml(card), "text/plain": cardText(card) });
}

/** What has been displayed once is not displayed again as the value of the cell; printed, it is one line. */
export function alreadyShown<T extends object>(result: T, line: string): T {
  return Object.defineProperties(result, {
    [Symbol.for("Jupyter.display")]: { value: () => undefined, enumerable: false },
    [inspect.custom]: { value: () => line, enumerable: false },
  });
}
