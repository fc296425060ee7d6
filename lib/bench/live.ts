// Live: how far a measurement is and the throughput so far, as one picture under the notebook cell that measures.
//
// Invariants:
//  I1. One display for a measurement. At its end nothing is left of it, because the result has pictures of its own.
//  I2. Drawn between rounds, at most once a second: while threads are measured nothing is drawn.
//  I3. An image with a data address, which an untrusted notebook shows as well; the numbers stand in `text/plain`.
//
// Rejected: a line of text that is written over, above the picture. A notebook cuts the stream where a display comes, so the line's
// first state stays above the picture for as long as the measurement runs.
import { median } from "../stats/index.js";
import type { Progress, Reporter } from "./progress.js";

/** Throughput of one role of one variant in the rounds that are done. */
export interface SoFar {
  readonly variant: string;
  readonly role: string;
  /** Operations per second, a number a round. */
  readonly perSecond: readonly number[];
}

/** Shows the forms of an output, or puts them in the place of those shown before. */
export type ShowLive = (bundle: Readonly<Record<string, string>>, isUpdate: boolean) => void;

const EVERY_MS = 1000;
const HEAD = 40;
const ROW = 24;
const NAME_WIDTH = 220;
const BAR_WIDTH = 260;
const TEXT_WIDTH = 90;
const WIDTH = NAME_WIDTH + BAR_WIDTH + TEXT_WIDTH;
/** All colours are readable on white and on black. */
const TEXT = 'font-family="sans-serif" font-size="12" fill="#7a7a7a"';

/** Returns a reporter that draws. `nowMs` is the clock. */
export function livePlot(
  title: string,
  show: ShowLive,
  nowMs: () => number = () => performance.now(),
): Reporter {
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    update(progress) {
      if (nowMs() - shownAtMs < EVERY_MS) return;
      shownAtMs = nowMs();
      const { soFar = [] } = progress;
      const heading = headingOf(title, progress);
      const alt = `${[heading, ...soFar.map(rowText)].join(". ")}.`;
      const src = `data:image/svg+xml,${encodeURIComponent(liveSvg(heading, progress))}`;
      const html = `<img alt="${escapeXml(alt)}" style="max-width:100%;height:auto" src="${src}">`;
      show({ "text/html": html, "text/plain": [heading, ...soFar.map(rowText)].join("\n") }, isShown);
      isShown = true;
    },
    end() {
      if (isShown) show({ "text/plain": "" }, true);
    },
  };
}

/** How far it is, e.g. `measuring: 12 of 25 rounds, 23 s left. Next: mutex, round 3`. */
function headingOf(title: string, { done, total, next, leftMs }: Progress): string {
  const left = `${Math.max(0, Math.ceil(leftMs / 1000))} s left`;
  return `${title}: ${done} of ${total} rounds, ${left}${done < total ? `. Next: ${next}` : ""}`;
}

/** A strip for the rounds that are done; below it a bar to the median of each role's rounds, a dot for each round. */
export function liveSvg(
  heading: string,
  { done, total, soFar = [] }: Pick<Progress, "done" | "total" | "soFar">,
): string {
  const most = Math.max(...soFar.flatMap(({ perSecond }) => perSecond), Number.MIN_VALUE);
  const x = (perSecond: number): string => (NAME_WIDTH + (BAR_WIDTH * perSecond) / most).toFixed(1);
  const rows = soFar.map((row, i) => {
    const y = HEAD + ROW * i;
    const middle = median(row.perSecond);
    const width = ((BAR_WIDTH * middle) / most).toFixed(1);
    const dots = row.perSecond.map((each) => `<circle cx="${x(each)}" cy="${y + ROW / 2}" r="3"/>`).join("");
    return `<text x="${NAME_WIDTH - 8}" y="${y + 16}" text-anchor="end" ${TEXT}>${escapeXml(nameOf(row))}</text>
<rect x="${NAME_WIDTH}" y="${y + 4}" width="${width}" height="${ROW - 8}" fill="#4c78a8" fill-opacity="0.5"/>
<g fill="#4c78a8" stroke="#ffffff">${dots}</g>
<text x="${WIDTH - TEXT_WIDTH + 8}" y="${y + 16}" ${TEXT}>${rateText(middle)}</text>`;
  });
  const height = HEAD + ROW * soFar.length;
  const isDone = ((WIDTH * done) / total).toFixed(1);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">
<text x="0" y="16" ${TEXT}>${escapeXml(heading)}</text>
<rect x="0" y="24" width="${WIDTH}" height="6" fill="#7a7a7a" fill-opacity="0.3"/>
<rect x="0" y="24" width="${isDone}" height="6" fill="#4c78a8"/>
${rows.join("\n")}
</svg>`;
}

function rowText(row: SoFar): string {
  return `${nameOf(row)}: ${rateText(median(row.perSecond))}`;
}

function nameOf({ variant, role }: SoFar): string {
  return `${variant}, ${role}`;
}

function rateText(perSecond: number): string {
  const [size, prefix] = perSecond >= 1e6 ? [1e6, "M"] : perSecond >= 1e3 ? [1e3, "k"] : [1, ""];
  return `${Number((perSecond / size).toPrecision(3))}${prefix}/s`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
