// writeFeedback: a page for each student: what passed, what did not and why, with hints and the failing interleaving.
//
// Invariant I1: a page shows its student's own work only, and of hidden properties what students may see: points.
import { join } from "node:path";
import { besideReport, type CheckResult, type PropertyResult, studentView } from "../grade/index.js";
import { compareNames } from "./collect.js";
import { html, type Markup } from "./markup.js";
import { page, statusTag } from "./page-style.js";
import { type ClassRecord, fileName, Results, writeWhole } from "./results.js";

/**
 * Writes `<student>.html` for everybody with a result into `out`, and returns the files in the order of the names.
 *
 * @throws {ResultsError} when `folder` holds no results, or `out` cannot be written
 */
export function writeFeedback(folder: string, out: string): string[] {
  const results = new Results(folder);
  const records = results.records(results.manifest());
  const students = [...new Set(records.map(({ student }) => student))].sort(compareNames);
  return students.map((student) => {
    const file = join(out, `${fileName(student)}.html`);
    const own = records.filter((record) => record.student === student);
    writeWhole(file, feedbackPage(student, own));
    return file;
  });
}

/** The page of one student, as HTML. */
export function feedbackPage(student: string, records: readonly ClassRecord[]): string {
  const own = records.map((record) => ({ ...record, result: studentView(record.result) })); // I1
  const points = own.reduce((sum, { result }) => sum + result.points, 0);
  const most = own.reduce((sum, { result }) => sum + result.maxPoints, 0);
  const body = html`<h1>${student}</h1><p>${points} of ${most} points.</p><main>${own.map(exercisePart)}</main>`;
  return page(`Feedback for ${student}`, body);
}

const WORDS = { pass: "passed", fail: "failed", unknown: "not judged" } as const;

function exercisePart({ exercise, result, text }: ClassRecord): Markup {
  const { status, points, maxPoints, problem, properties, notes, output } = result;
  const befell =
    problem === undefined
      ? undefined
      : html`<p class="message"><b>${problem.verdict}</b>: ${problem.message}</p>${problem.excerpt === undefined ? undefined : html`<pre>${problem.excerpt}</pre>`}`;
  const printed =
    output.trim() === ""
      ? undefined
      : html`<details><summary>What it printed</summary><pre>${output}</pre></details>`;
  return html`<h2>${exercise} ${statusTag(status, WORDS[status])} ${points} of ${maxPoints} points</h2>${befell}
${properties.map((property) => propertyPart(property, result))}${notes.map((note) => html`<p>${note}</p>`)}${printed}
<details><summary>What was graded</summary><pre>${numbered(text)}</pre></details>`;
}

function propertyPart(property: PropertyResult, { problem }: CheckResult): Markup {
  const { name, status, points, maxPoints, verdict, message, shown, hints, report, replay } =
    besideReport(property);
  const head = html`<h3>${statusTag(status, WORDS[status])} ${name} <span class="quiet">${points} of ${maxPoints}</span></h3>`;
  if (status === "pass") return shown === undefined ? head : html`${head}<p class="quiet">${shown}</p>`;
  const why =
    message === problem?.message ? undefined : html`<p class="message"><b>${verdict}</b>: ${message}</p>`;
  const lanes =
    report === undefined
      ? undefined
      : html`<details open><summary>A failing interleaving</summary><pre>${report.text}</pre></details>`;
  const again =
    replay === undefined || report !== undefined
      ? undefined
      : html`<p>Play it again: <code>${replay}</code></p>`;
  const staged = hints.map(
    (hint, index) => html`<details><summary>Hint ${index + 1}</summary><p>${hint}</p></details>`,
  );
  return html`${head}${why}${lanes}${again}${staged}`;
}

function numbered(text: string): string {
  const lines = text.split("\n");
  const width = String(lines.length).length;
  return lines.map((line, index) => `${String(index + 1).padStart(width)}  ${line}`).join("\n");
}
