// Exploration: what many schedules showed, for people: the failure with its lanes, or every outcome with a witness.
import type { Exploration } from "../event/index.js";
import { type Diagram, diagram } from "./diagram.js";
import { fill, MONO, svgDocument, textAt } from "./frame.js";
import { element } from "./markup.js";
import { COLORS } from "./palette.js";
import {
  DEFAULT_LINES,
  footLines,
  lanes,
  type RenderForm,
  type RenderOptions,
  render,
  shortJson,
} from "./render.js";
import { type Table, table, tableText } from "./table.js";
import { formatCount, significant } from "./units.js";
import { VERDICT_TITLES } from "./verdicts.js";

/** Outcomes listed one by one, before the rest is only counted. */
const MAX_OUTCOMES = 12;

/**
 * Makes a table of the distinct results that the schedules returned, most frequent first, each with a schedule that
 * shows it.
 */
export function outcomeTable(exploration: Exploration): Table {
  const total = exploration.outcomes.reduce((sum, outcome) => sum + outcome.count, 0);
  const rows = exploration.outcomes
    .slice(0, MAX_OUTCOMES)
    .map((o) => [
      shortJson(o.result),
      formatCount(o.count),
      `${significant((100 * o.count) / Math.max(1, total))}%`,
      o.witness,
    ]);
  const more = exploration.outcomes.length - rows.length;
  const notes = [...(more > 0 ? [`… and ${more} more outcomes`] : []), exploration.claim];
  return table("Outcomes", ["result", "schedules", "share", "a schedule that shows it"], rows, notes);
}

/**
 * Returns an exploration in the forms of `render`: the failing run when there is one, with what was searched; else the
 * verdict, the outcomes and the claim.
 *
 * **Cost:** O(events + outcomes).
 */
export function renderExploration(
  exploration: Exploration,
  form: RenderForm = "text",
  options: RenderOptions = {},
): string {
  const { failure } = exploration;
  if (form === "dump") return failure === undefined ? "" : render(failure, "dump", options);
  if (form === "svg") return explorationDiagram(exploration, options).svg;
  if (failure === undefined) {
    return [VERDICT_TITLES[exploration.verdict], tableText(outcomeTable(exploration))].join("\n");
  }
  const found =
    exploration.outcomes.length > 1
      ? tableText(outcomeTable(exploration)).split("\n")
      : [searchedLine(exploration)];
  const limit = Math.max(20, (options.lines ?? DEFAULT_LINES) - found.length - 1);
  const lines = render(failure, form, { ...options, lines: limit }).split("\n");
  // The next step stays last.
  const foot = lines.slice(-footLines(failure, options).length);
  const body = lines.slice(0, -foot.length);
  if (body[body.length - 1] === "") body.pop();
  return [...body, "", ...found, ...foot].join("\n");
}

function searchedLine(exploration: Exploration): string {
  return exploration.claim === ""
    ? `found in one of ${formatCount(exploration.schedules)} schedules`
    : exploration.claim;
}

/** Returns an exploration as a diagram for `show`: the failing interleaving, or how often each outcome came. */
export function explorationDiagram(exploration: Exploration, options: RenderOptions = {}): Diagram {
  const text = renderExploration(exploration, "text", options);
  if (exploration.failure !== undefined) {
    const drawn = lanes(exploration.failure, options);
    return diagram(drawn.title, drawn.svg, text, drawn.alt);
  }
  return diagram(
    "Outcomes",
    outcomeSvg(exploration),
    text,
    `${exploration.outcomes.length} outcomes. ${exploration.claim}`,
  );
}

const ROW_PX = 26;

/** A bar an outcome, as long as its share. */
function outcomeSvg(exploration: Exploration): string {
  const shown = exploration.outcomes.slice(0, MAX_OUTCOMES);
  const total = exploration.outcomes.reduce((sum, outcome) => sum + outcome.count, 0);
  const labels = shown.map((o) => shortJson(o.result));
  const left = 20 + Math.max(40, ...labels.map((label) => label.length * 7.3)) + 16;
  const rows = shown.map((outcome, i) => {
    const y = 56 + i * ROW_PX;
    const share = outcome.count / Math.max(1, total);
    const name = textAt(left - 12, y + 15, labels[i]!, { anchor: "end", more: { "font-family": MONO } });
    const bar = element("rect", {
      x: left,
      y: y + 3,
      width: Math.max(2, share * 260),
      height: 16,
      fill: COLORS[0],
    });
    const count = `${formatCount(outcome.count)} (${significant(share * 100)}%)`;
    return name + bar + textAt(left + Math.max(2, share * 260) + 8, y + 15, count, { ink: "muted" });
  });
  const claimY = 56 + shown.length * ROW_PX + 22;
  const count = exploration.outcomes.length;
  const heading = `${VERDICT_TITLES[exploration.verdict]}: ${count} outcome${count === 1 ? "" : "s"} in ${formatCount(exploration.schedules)} schedules`;
  const title = textAt(20, 30, heading, {
    sizePx: 16,
    more: { "font-weight": "600" },
  });
  const axis = element("rect", {
    x: left - 1,
    y: 54,
    width: 1,
    height: shown.length * ROW_PX,
    ...fill("edge"),
  });
  const claim = textAt(20, claimY, exploration.claim, { ink: "muted" });
  const widthPx = Math.ceil(Math.max(560, left + 400, exploration.claim.length * 6.6 + 40));
  const alt = `${exploration.outcomes.length} outcomes. ${exploration.claim}`;
  return svgDocument(widthPx, claimY + 18, alt, title + axis + rows.join("") + claim);
}
