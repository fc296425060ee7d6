// present: a result as text, as text with colours, and as HTML for a notebook. Pure functions of the result.
//
// Invariant I1: nothing of the submission's (messages, output) is markup, nor commands a terminal: it is escaped in
// HTML, and control characters are taken out elsewhere.
import { stripVTControlCharacters } from "node:util";
import picocolors from "picocolors";
import { escapeXml } from "../plot/index.js";
import { MEANING } from "./advice.js";
import type { CheckResult, Problem, PropertyResult } from "./result.js";

/** How many of the three hints are shown. */
export type HintStage = 0 | 1 | 2 | 3;

export interface PresentOptions {
  readonly hint?: HintStage;
  /** How to ask for the next hint, where it is not by the command. */
  readonly howToHint?: string;
}

/** More lines than these are left out, or folded below their first one. */
const MOST_LINES = 4;

type Colors = ReturnType<typeof picocolors.createColors>;

/** One line: `FAIL 0 of 3 points  05-…/x`. */
export function resultLine(result: CheckResult): string {
  const word = { pass: "PASS", fail: "FAIL", unknown: "NOT JUDGED" }[result.status];
  return `${word}  ${result.points} of ${result.maxPoints} points  ${result.id}`;
}

/** The result as plain text. */
export function resultText(result: CheckResult, options: PresentOptions = {}): string {
  return lines(result, options, picocolors.createColors(false)).join("\n");
}

/** The result with terminal colours. */
export function resultAnsi(result: CheckResult, options: PresentOptions = {}): string {
  return lines(result, options, picocolors.createColors(true)).join("\n");
}

function lines(result: CheckResult, options: PresentOptions, c: Colors): string[] {
  const paint = { pass: c.green, fail: c.red, unknown: c.yellow }[result.status];
  const out = [c.bold(paint(resultLine(result))), ""];
  const { problem } = result;
  if (problem !== undefined) out.push(...problemLines(problem, c), "");
  const shown = mostTelling(result);
  for (const property of result.properties) {
    out.push(...propertyLines(property === shown ? besideReport(property) : property, problem, c));
  }
  if (shown !== undefined) out.push("", c.isColorSupported ? shown.report!.ansi : shown.report!.text);
  if (result.notes.length > 0) out.push("", ...result.notes);
  out.push(...outputLines(result, c), ...hintLines(result, options, c));
  return out;
}

function problemLines(problem: Problem, c: Colors): string[] {
  const excerpt = problem.excerpt === undefined ? [] : ["", ...problem.excerpt.split("\n")];
  return [`${c.red(problem.verdict)}: ${tame(problem.message)}`, ...excerpt.map(tame)];
}

const MARKS = { pass: "✓", fail: "✗", unknown: "?" } as const;

function propertyLines(property: PropertyResult, problem: Problem | undefined, c: Colors): string[] {
  const { status, name, points, maxPoints, verdict, message } = property;
  const paint = { pass: c.green, fail: c.red, unknown: c.yellow }[status];
  const head = `${paint(MARKS[status])} ${name}  ${c.dim(`${points}/${maxPoints}`)}`;
  if (status === "pass")
    return [property.shown === undefined ? head : `${head}  ${c.dim(shortShown(property.shown))}`];
  if (message === problem?.message) return [head];
  const [first = "", ...rest] = messageLines(property);
  return [
    head,
    `  ${saysItself(property) ? paint(first) : `${paint(verdict)}: ${first}`}`,
    ...shortRest(rest, property).map((line) => `  ${line}`),
  ];
}

/** The rest of a message; of a long one the next step, and the command that shows all of it. */
function shortRest(rest: readonly string[], { replay }: PropertyResult): readonly string[] {
  if (rest.length <= MOST_LINES || replay === undefined) return rest;
  return [...rest.filter((line) => line.startsWith("next: ")), `who, where and in which order: ${replay}`];
}

/** A starter's message begins with the words of its verdict. */
function saysItself({ verdict, message }: PropertyResult): boolean {
  return message.startsWith(verdict.replaceAll("-", " "));
}

/** A message line by line; measured ratios stand one below the other. */
function messageLines({ message }: PropertyResult): string[] {
  return tame(message)
    .split("\n")
    .flatMap((line) => (line.startsWith("Measured: ") ? line.split("; ") : [line]));
}

/** Of what was measured, the first ratio. */
function shortShown(shown: string): string {
  const [first = "", ...more] = shown.split("; ");
  return more.length === 0 ? first : `${first}, and ${more.length} more (--json shows them)`;
}

/** The first failure that has an interleaving to show. */
function mostTelling(result: CheckResult): PropertyResult | undefined {
  return result.properties.find((property) => property.status === "fail" && property.report !== undefined);
}

/** What the report of a deadlock says as well: who waits, who holds what, what to do. */
const TOLD =
  /^( {4}(held (for reading )?by .*(?<!, which has ended)|used by .*, which waits, too|and \d+ more)|next: .*|all goroutines are asleep.*|partial deadlock: .*)$/;

/** A property as it is told beside its report: of a deadlock without what the report says as well. */
export function besideReport(property: PropertyResult): PropertyResult {
  if (property.report === undefined || !property.verdict.endsWith("deadlock")) return property;
  const [first = "", ...rest] = property.message.split("\n");
  const kept = [first];
  let waiter: string[] = [];
  for (const row of rest.filter((row) => !TOLD.test(row))) {
    if (row.startsWith("  goroutine ")) {
      waiter = [row]; // said only with what is known of it besides
      continue;
    }
    kept.push(...waiter, row);
    waiter = [];
  }
  return { ...property, message: kept.join("\n") };
}

function outputLines(result: CheckResult, c: Colors): string[] {
  if (result.output.trim() === "") return [];
  const rows = tame(result.output).trimEnd().split("\n");
  const shown = rows.slice(0, MOST_OUTPUT_ROWS);
  const rest = rows.length - shown.length;
  const more = rest > 0 ? [c.dim(`  … and ${rest} more lines`)] : [];
  return ["", c.dim("It printed:"), ...shown.map((row) => `  ${row}`), ...more];
}

const MOST_OUTPUT_ROWS = 20;

function hintLines(result: CheckResult, { hint = 0, howToHint }: PresentOptions, c: Colors): string[] {
  const hints = hintsOf(result);
  if (hints.length === 0) return [];
  const shown = hints.slice(0, hint).map((text, index) => `${c.yellow(`Hint ${index + 1}:`)} ${text}`);
  const how = howToHint ?? `npx hb check ${result.id} --hint ${hint + 1}`;
  const next = hint < hints.length ? [c.dim(`${hint === 0 ? "A hint" : "The next hint"}: ${how}`)] : [];
  return ["", ...shown, ...next];
}

/** The hints of the first property that failed and has some. */
export function hintsOf(result: CheckResult): readonly string[] {
  return result.properties.find((p) => p.status !== "pass" && p.hints.length > 0)?.hints ?? [];
}

/** Legible on white and on black. */
const MARK_COLORS = { pass: "#2da44e", fail: "#e5484d", unknown: "#b58105" } as const;
const BADGE = { pass: "#1a7f37", fail: "#c62828", unknown: "#8a6100" } as const;

/** The result as HTML that needs neither script nor style sheet, so that an untrusted notebook shows it as well. */
export function resultHtml(result: CheckResult, { hint = 0 }: PresentOptions = {}): string {
  const badge = `display:inline-block;padding:2px 10px;border-radius:4px;color:#fff;font-weight:600;background:${BADGE[result.status]}`;
  const word = { pass: "PASS", fail: "FAIL", unknown: "NOT JUDGED" }[result.status];
  const head = `<p style="margin:4px 0"><span style="${badge}" class="hb-verdict hb-${result.status}">${word}</span> <b>${result.points} of ${result.maxPoints} points</b> <code>${escapeXml(result.id)}</code></p>`;
  const parts = [head];
  if (result.problem !== undefined) parts.push(problemHtml(result.problem));
  parts.push(
    `<ul style="list-style:none;padding-left:0;margin:4px 0">${result.properties.map((p) => propertyHtml(p, result.problem)).join("")}</ul>`,
  );
  for (const note of result.notes) parts.push(`<p style="margin:4px 0">${escapeXml(note)}</p>`);
  const failure = mostTelling(result);
  if (failure !== undefined) parts.push(failureHtml(failure));
  if (result.output.trim() !== "") {
    parts.push(`<details><summary>What it printed</summary><pre>${escapeXml(result.output)}</pre></details>`);
  }
  hintsOf(result).forEach((text, index) => {
    parts.push(
      `<details class="hb-hint"${index < hint ? " open" : ""}><summary>Hint ${index + 1}</summary><p style="margin:4px 0 4px 16px">${escapeXml(text)}</p></details>`,
    );
  });
  return `<div class="hb-check">${parts.join("")}</div>`;
}

function problemHtml({ verdict, message, excerpt }: Problem): string {
  const code = excerpt === undefined ? "" : `<pre style="margin:4px 0">${escapeXml(excerpt)}</pre>`;
  return `<p style="margin:4px 0;white-space:pre-line"><b>${verdict}</b>: ${escapeXml(message)}</p>${code}`;
}

function propertyHtml(property: PropertyResult, problem: Problem | undefined): string {
  const { status, name, points, maxPoints, verdict, message, shown } = property;
  const color = MARK_COLORS[status];
  const mark = `<span style="color:${color};font-weight:700">${MARKS[status]}</span>`;
  const score = `<span style="opacity:.7">${points}/${maxPoints}</span>`;
  const head = `${mark} ${escapeXml(name)} ${score}`;
  if (status === "pass") return `<li>${head}${shown === undefined ? "" : shownHtml(shown)}</li>`;
  if (message === problem?.message) return `<li>${head}</li>`;
  const [first = "", ...rest] = messageLines(property);
  const title = saysItself(property) ? "" : `<b title="${escapeXml(MEANING[verdict])}">${verdict}</b>: `;
  return `<li>${head}<div style="margin-left:20px">${title}${escapeXml(first)}${restHtml(rest)}</div></li>`;
}

const LINES = "white-space:pre-wrap;margin:0";

function restHtml(lines: readonly string[]): string {
  const [first = "", ...more] = lines.map(escapeXml);
  if (lines.length === 0) return "";
  if (lines.length <= MOST_LINES) return `<div style="${LINES}">${[first, ...more].join("\n")}</div>`;
  return `<details><summary>${first}</summary><div style="${LINES}">${more.join("\n")}</div></details>`;
}

/** What a property that passes is worth, in a few words; how it was found out stands in a tooltip or below a fold. */
function shownHtml(shown: string): string {
  const ratios = shown.split("; ");
  if (ratios.length > 1) {
    const list = ratios.map(escapeXml).join("\n");
    return `<details style="margin-left:20px;opacity:.7"><summary>measured: ${ratios.length} ratios</summary><div style="${LINES}">${list}</div></details>`;
  }
  const [, words = shown, how = ""] = /^([^(]*\S) \((.*)\)$/.exec(shown) ?? [];
  return ` <span style="opacity:.7" title="${escapeXml(how)}">${escapeXml(words)}</span>`;
}

function failureHtml({ report, replay = "" }: PropertyResult): string {
  const data = Buffer.from(report!.svg).toString("base64");
  const picture = `<img alt="${escapeXml(report!.text)}" style="max-width:100%;height:auto" src="data:image/svg+xml;base64,${data}">`;
  return `<details open><summary>A failing interleaving</summary>${picture}</details><p style="margin:4px 0">Play it again: <code>${escapeXml(replay)}</code></p>`;
}

/** Text without what would move a terminal's cursor, change its title or clear it (I1). */
function tame(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]/gu, "");
}
