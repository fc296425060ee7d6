// Draw: a report as the picture that explains it, or as the one that was asked for.
import type { Report } from "../event/index.js";
import { blockFlame } from "./blockflame.js";
import { chartSvg } from "./chart.js";
import type { Diagram } from "./diagram.js";
import type { Figure } from "./figure.js";
import { happensBefore } from "./happensbefore.js";
import { lockGraph } from "./lockgraph.js";
import { element, escapeXml } from "./markup.js";
import { plainText } from "./output.js";
import { procLanes } from "./proclanes.js";
import { lanes, type RenderOptions } from "./render.js";
import { timeline } from "./timeline.js";
import { waitGraph } from "./waitgraph.js";
import { waitHeatmap } from "./waitheat.js";

/** The pictures of a run, by the words of `hb draw`. */
export type PictureName =
  | "lanes"
  | "wait-for"
  | "lock-order"
  | "happens-before"
  | "timeline"
  | "p-lanes"
  | "wait-heat"
  | "flame";

const PICTURES: Readonly<Record<PictureName, (report: Report, options: RenderOptions) => Figure | Diagram>> =
  {
    lanes,
    "wait-for": (report) => waitGraph(report),
    "lock-order": (report) => lockGraph(report),
    "happens-before": (report) => happensBefore(report),
    timeline: (report) => timeline(report),
    "p-lanes": (report) => procLanes(report),
    "wait-heat": (report) => waitHeatmap(report),
    flame: (report) => blockFlame(report),
  };

/** The words that `draw` knows. */
export const PICTURE_NAMES = Object.keys(PICTURES) as readonly PictureName[];

/**
 * Draws a report. Without `as`, the picture that explains its verdict: the wait-for graph of a deadlock or a leak, the
 * happens-before diagram of a race, the lock-order graph, else the lanes.
 *
 * @throws {RangeError} `` draw: expected `as` to be one of lanes, wait-for, …, got "gantt" ``
 * @throws what the picture throws when the report does not hold what it shows
 * @example
 * const seen = await explore(function* () {
 *   const [a, b, wg] = [new Mutex(), new Mutex(), new WaitGroup()];
 *   wg.go(function* alice() { yield* a.lock(); yield* b.lock(); b.unlock(); a.unlock(); });
 *   wg.go(function* bob() { yield* b.lock(); yield* a.lock(); a.unlock(); b.unlock(); });
 *   yield* wg.wait();
 * });
 * const picture = draw(seen.failure ?? (await report(function* () {})));
 * console.log(picture.title); // prints: DEADLOCK: all goroutines are asleep
 */
export function draw(
  report: Report,
  as: PictureName = bestOf(report),
  options: RenderOptions = {},
): Figure | Diagram {
  const make = Object.hasOwn(PICTURES, as) ? PICTURES[as] : undefined;
  if (make === undefined) {
    const got = JSON.stringify(as);
    throw new RangeError(`draw: expected \`as\` to be one of ${PICTURE_NAMES.join(", ")}, got ${got}`);
  }
  return make(report, options);
}

/** The picture that explains a report best, as far as the report has what it takes. */
function bestOf({ verdict, findings, goroutines }: Report): PictureName {
  if (verdict === "race" && findings.some((finding) => finding.race?.order !== undefined))
    return "happens-before";
  if (verdict === "lock-order" && findings.some((finding) => finding.lockOrder !== undefined))
    return "lock-order";
  const isAboutWaiting = ["global-deadlock", "partial-deadlock", "leak"].includes(verdict);
  return isAboutWaiting && goroutines.some((g) => g.status === "waiting") ? "wait-for" : "lanes";
}

/** Returns a figure or diagram as the text of a file: its SVG, a page that holds it with its words, or the words. */
export function pictureFile(what: Figure | Diagram, form: "svg" | "html" | "txt"): string {
  if (form === "txt") return `${plainText(what)}\n`;
  const svg = what.kind === "figure" ? chartSvg(what) : what.svg;
  if (form === "svg") return `${svg}\n`;
  const style =
    ":root{color-scheme:light dark}body{font:14px Arial,sans-serif;margin:20px auto;max-width:1100px}svg{max-width:100%;height:auto}";
  const text = element("pre", {}, escapeXml(plainText(what)));
  const title = escapeXml(what.title);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><style>${style}</style><body>${svg}<details><summary>As text</summary>${text}</details></body></html>\n`;
}
