// classPage: the teacher's page of a class: who is stuck where, and on what. One file, no script, no network.
import type { Cluster } from "./clusters.js";
import { html, type Markup } from "./markup.js";
import { page, statusCell, statusTag } from "./page-style.js";
import type { ClassReport, Column, Row, Standing } from "./report.js";
import type { SimilarPair } from "./similar.js";

/** The page as HTML. */
export function classPage(report: ClassReport, title = "Class"): string {
  const body = html`<h1>${title}</h1>${overview(report)}
<nav aria-label="On this page"><a href="#stuck">Who is stuck</a><a href="#mistakes">What went wrong</a><a href="#matrix">Everybody, every property</a><a href="#hard">Hardest properties</a><a href="#alike">Similar submissions</a><a href="#files">Files</a><a href="#time">Time</a></nav>
<main>${stuck(report)}${mistakes(report)}${matrix(report)}${hardest(report)}${alike(report)}${files(report)}${time(report)}</main>`;
  return page(title, body);
}

function overview({ rows, standings, exercises, pending }: ClassReport): Markup {
  const graded = rows.filter(({ result }) => result !== undefined);
  const passed = graded.filter(({ result }) => result!.status === "pass").length;
  const open = pending === 0 ? "" : `, ${pending} not graded yet`;
  const told = `${count(standings.length, "student")}, ${count(exercises.length, "exercise")}, ${count(rows.length, "submission")}: ${passed} passed${open}.`;
  return html`<p>${told}</p>`;
}

function stuck({ standings }: ClassReport): Markup {
  const rows = standings.filter(({ stuckAt, missing }) => stuckAt !== undefined || missing.length > 0);
  const fine = standings.length - rows.length;
  if (rows.length === 0) return html`<h2 id="stuck">Who is stuck</h2><p>Nobody: everything passed.</p>`;
  return html`<h2 id="stuck">Who is stuck</h2><div class="scroll"><table>
<caption>The fewest points first.${fine === 0 ? "" : ` Not here: ${count(fine, "student")} with nothing open.`}</caption>
<thead><tr><th scope="col">Student</th><th scope="col">Points</th><th scope="col">First open exercise</th><th scope="col">Verdict</th><th scope="col">Nothing handed in for</th></tr></thead>
<tbody>${rows.map(stuckRow)}</tbody></table></div>`;
}

function stuckRow({ student, points, maxPoints, stuckAt, missing }: Standing): Markup {
  const verdict =
    stuckAt === undefined
      ? undefined
      : stuckAt.isUntouched
        ? "not begun: the starter as it was"
        : html`<b>${stuckAt.verdict}</b>: ${stuckAt.message}`;
  return html`<tr><th scope="row">${student}</th><td class="number">${points} of ${maxPoints}</td><td>${stuckAt?.exercise ?? ""}</td><td>${verdict}</td><td>${missing.join(", ")}</td></tr>`;
}

/** More than these are folded away. */
const OPEN_CLUSTERS = 1;

function mistakes({ clusters }: ClassReport): Markup {
  if (clusters.length === 0) return html`<h2 id="mistakes">What went wrong</h2><p>Nothing.</p>`;
  return html`<h2 id="mistakes">What went wrong</h2>
<p class="quiet">Submissions with the same verdict and message at the same property. What many did is one thing to talk about.</p>
${clusters.map((cluster, index) => clusterOf(cluster, index < OPEN_CLUSTERS))}`;
}

function clusterOf(cluster: Cluster, isOpen: boolean): Markup {
  const { exercise, property, verdict, message, students, untouched, example } = cluster;
  const starters = untouched === 0 ? "" : ` Left the starter as it was: ${untouched}.`;
  const head = html`<summary><b>${count(students.length, "student")}</b> ${statusTag("fail", verdict)} ${exercise}: ${property ?? "the whole submission"}</summary>`;
  const lanes = example.report === undefined ? undefined : html`<pre>${example.report}</pre>`;
  const body = html`<p class="message">${message}</p><p>${students.join(", ")}.${starters}</p><p class="quiet">For example ${example.student}: ${example.origin}</p>${lanes}`;
  return isOpen ? html`<details open>${head}${body}</details>` : html`<details>${head}${body}</details>`;
}

function matrix(report: ClassReport): Markup {
  const { columns, standings, rows, exercises } = report;
  const byPlace = new Map(rows.map((row) => [`${row.student}\n${row.exercise}`, row]));
  const groups = exercises.map((exercise) => {
    const own = columns.filter((column) => column.exercise === exercise);
    return html`<th scope="colgroup" colspan="${Math.max(1, own.length)}">${exercise}</th>`;
  });
  const names = columns.map(({ property }) => html`<th scope="col" class="property">${property}</th>`);
  const lines = [...standings]
    .sort((a, b) => (a.student < b.student ? -1 : 1))
    .map(({ student, points, maxPoints }) => {
      const cells = columns.map((column) => cellOf(column, byPlace.get(`${student}\n${column.exercise}`)));
      return html`<tr><th scope="row">${student}</th>${cells}<td class="number">${points}/${maxPoints}</td></tr>`;
    });
  return html`<h2 id="matrix">Everybody, every property</h2><div class="scroll"><table class="matrix">
<caption>✓ passed, ✗ failed, ? could not be judged, · nothing there. Hold the pointer over a sign for the verdict.</caption>
<thead><tr><th rowspan="2" scope="col">Student</th>${groups}<th rowspan="2" scope="col">Points</th></tr><tr>${names}</tr></thead>
<tbody>${lines}</tbody></table></div>`;
}

function cellOf({ exercise, property }: Column, row: Row | undefined): Markup {
  if (row === undefined) return statusCell(undefined, `nothing handed in for ${exercise}`);
  const found = row.result?.properties.find(({ name }) => name === property);
  const problem = row.result?.problem;
  if (found === undefined && problem !== undefined) {
    return statusCell("unknown", `${problem.verdict}: ${problem.message.split("\n")[0]}`);
  }
  if (found === undefined) return statusCell(undefined, "not graded yet");
  const says = found.status === "pass" ? "passed" : `${found.verdict}: ${found.message.split("\n")[0]}`;
  return statusCell(found.status, says);
}

function hardest({ columns }: ClassReport): Markup {
  const sorted = [...columns].sort((a, b) => failedShare(b) - failedShare(a));
  const rows = sorted.map((column) => {
    const share = Math.round(100 * failedShare(column));
    return html`<tr><td>${column.exercise}</td><td>${column.property}</td><td class="number">${column.passed}</td><td class="number">${column.failed}</td><td class="number">${column.unknown}</td><td><span class="bar" style="width:${share}px"></span> ${share}%</td></tr>`;
  });
  return html`<h2 id="hard">Hardest properties</h2><div class="scroll"><table>
<thead><tr><th scope="col">Exercise</th><th scope="col">Property</th><th scope="col">Passed</th><th scope="col">Failed</th><th scope="col">Not judged</th><th scope="col">Failed</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function failedShare({ passed, failed, unknown }: Column): number {
  const all = passed + failed + unknown;
  return all === 0 ? 0 : failed / all;
}

/** More pairs than these make nobody wiser. */
const MOST_PAIRS = 200;

function alike({ pairs }: ClassReport): Markup {
  const head = html`<h2 id="alike">Similar submissions</h2>`;
  if (pairs.length === 0)
    return html`${head}<p>None beyond what the starter and most of the class have in common.</p>`;
  const rest = pairs.length > MOST_PAIRS ? `The first ${MOST_PAIRS} of ${pairs.length}.` : "";
  return html`${head}<p class="quiet">Compared without names, comments and layout, and without what the starter or half of the class says. A reason to look at both, never a proof: short exercises have few right answers. ${rest}</p>
<div class="scroll"><table><thead><tr><th scope="col">Exercise</th><th scope="col">Students</th><th scope="col">Shared</th><th scope="col">Matching lines</th></tr></thead>
<tbody>${pairs.slice(0, MOST_PAIRS).map(pairRow)}</tbody></table></div>`;
}

function pairRow({ exercise, left, right, fraction, shared, matches }: SimilarPair): Markup {
  const lines = matches.map(({ left: a, right: b }) => `${a[0]}-${a[1]} = ${b[0]}-${b[1]}`).join(", ");
  return html`<tr><td>${exercise}</td><td>${left}, ${right}</td><td class="number">${Math.round(100 * fraction)}% (${shared})</td><td>${lines}</td></tr>`;
}

function files({ unrecognised, empty }: ClassReport): Markup {
  const nobody =
    empty.length === 0 ? undefined : html`<p>Nothing was recognised of: ${empty.join(", ")}.</p>`;
  if (unrecognised.length === 0)
    return html`<h2 id="files">Files</h2>${nobody}<p>Every file was recognised.</p>`;
  const rows = unrecognised.map(({ path, why }) => html`<tr><td>${path}</td><td>${why}</td></tr>`);
  return html`<h2 id="files">Files</h2>${nobody}<div class="scroll"><table><caption>Not graded, and why</caption><thead><tr><th scope="col">File</th><th scope="col">Why</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function time({ time: { totalMs, medianMs, slowest } }: ClassReport): Markup {
  const rows = slowest.map(
    ({ student, exercise, result }) =>
      html`<tr><td>${student}</td><td>${exercise}</td><td class="number">${seconds(result!.elapsedMs)}</td><td>${result!.problem?.verdict ?? ""}</td></tr>`,
  );
  return html`<h2 id="time">Time</h2><p>Grading took ${seconds(totalMs)} in all, ${seconds(medianMs)} for the middle submission.</p>
<div class="scroll"><table><caption>The slowest</caption><thead><tr><th scope="col">Student</th><th scope="col">Exercise</th><th scope="col">Time</th><th scope="col">Ended by</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function seconds(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? "" : "s"}`;
}
