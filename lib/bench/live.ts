// Live: the throughput so far, as one picture under the notebook cell that measures.
//
// Invariants:
//  I1. One display for a measurement. At its end nothing is left of it, because the result has pictures of its own.
//  I2. Drawn between rounds, at most once a second: while threads are measured nothing is drawn.
//  I3. An image with a data address, which an untrusted notebook shows as well; the numbers stand in `text/plain`.
import { median } from "../stats/index.js";
import type { Reporter } from "./progress.js";

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
const ROW = 24;
const NAME_WIDTH = 220;
const BAR_WIDTH = 260;
const TEXT_WIDTH = 90;
const WIDTH = NAME_WIDTH + BAR_WIDTH + TEXT_WIDTH;
/** Readable on white and on black. */
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
    update({ done, total, soFar = [] }) {
      if (soFar.length === 0 || nowMs() - shownAtMs < EVERY_MS) return;
      shownAtMs = nowMs();
      const heading = `${title}: operations per second after ${done} of ${total} rounds`;
      const alt = `${heading}. ${soFar.map(rowText).join(". ")}.`;
      const src = `data:image/svg+xml,${encodeURIComponent(liveSvg(heading, soFar))}`;
      const html = `<img alt="${escapeXml(alt)}" style="max-width:100%;height:auto" src="${src}">`;
      show({ "text/html": html, "text/plain": [heading, ...soFar.map(rowText)].join("\n") }, isShown);
      isShown = true;
    },
    end() {
      if (isShown) show({ "text/plain": "" }, true);
    },
  };
}

/** A bar to the median of the rounds, a dot for each round. */
export function liveSvg(heading: string, soFar: readonly SoFar[]): string {
  const most = Math.max(...soFar.flatMap(({ perSecond }) => perSecond), Number.MIN_VALUE);
  const x = (perSecond: number): string => (NAME_WIDTH + (BAR_WIDTH * perSecond) / most).toFixed(1);
  const rows = soFar.map((row, i) => {
    const y = ROW * (i + 1);
    const middle = median(row.perSecond);
    const width = ((BAR_WIDTH * middle) / most).toFixed(1);
    const dots = row.perSecond.map((each) => `<circle cx="${x(each)}" cy="${y + ROW / 2}" r="3"/>`).join("");
    return `<text x="${NAME_WIDTH - 8}" y="${y + 16}" text-anchor="end" ${TEXT}>${escapeXml(nameOf(row))}</text>
<rect x="${NAME_WIDTH}" y="${y + 4}" width="${width}" height="${ROW - 8}" fill="#4c78a8" fill-opacity="0.5"/>
<g fill="#1f4e79">${dots}</g>
<text x="${WIDTH - TEXT_WIDTH + 8}" y="${y + 16}" ${TEXT}>${rateText(middle)}</text>`;
  });
  const height = ROW * (soFar.length + 1);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">
<text x="0" y="16" ${TEXT}>${escapeXml(heading)}</text>
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
