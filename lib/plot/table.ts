// Table: the numbers of a figure, or a comparison on its own, as plain data with a text and an HTML form.
import { element, escapeXml } from "./markup.js";

/** Numbers to read. Plain data: `show` displays it, `tableText` and `tableHtml` render it. */
export interface Table {
  readonly kind: "table";
  readonly title: string;
  readonly columns: readonly string[];
  /** One cell a column, already formatted with its unit. */
  readonly rows: readonly (readonly string[])[];
  /** Sentences that stand below, e.g. how noisy the machine was. */
  readonly notes: readonly string[];
}

/**
 * Makes a table.
 *
 * @throws {RangeError} `` table: expected row 0 to have 2 cells as there are columns, got 3 ``
 */
export function table(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  notes: readonly string[] = [],
): Table {
  rows.forEach((row, i) => {
    if (row.length !== columns.length) {
      throw new RangeError(
        `table: expected row ${i} to have ${columns.length} cells as there are columns, got ${row.length}`,
      );
    }
  });
  return { kind: "table", title, columns, rows, notes };
}

/** Numbers, with a unit or without, are set to the right, under their neighbours. */
const NUMERIC = /^[-+~≈<>]?\s?[\d∞–][\d\s.,]*[a-zA-Zµ%×/]{0,5}$/;

/** Returns the table as lines of plain text: title, aligned columns, notes. */
export function tableText(t: Table): string {
  const lines = t.title === "" ? [] : [t.title];
  if (t.columns.length > 0) lines.push(...columnLines(t));
  lines.push(...t.notes);
  return lines.join("\n");
}

function columnLines(t: Table): string[] {
  const widths = t.columns.map((name, i) => Math.max(length(name), ...t.rows.map((row) => length(row[i]!))));
  const right = t.columns.map((_, i) => i > 0 && t.rows.length > 0 && t.rows.every((r) => isNumeric(r[i]!)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const space = " ".repeat(widths[i]! - length(cell));
        return right[i] ? space + cell : cell + space;
      })
      .join("  ")
      .trimEnd();
  return [line(t.columns), widths.map((w) => "-".repeat(w)).join("  "), ...t.rows.map(line)];
}

function isNumeric(cell: string): boolean {
  return cell === "" || NUMERIC.test(cell);
}

/** Length in characters as a terminal shows them, near enough for Latin text. */
function length(text: string): number {
  return [...text].length;
}

/** Labels up to this length stay in one line. */
const SHORT_LABEL = 24;
const CELL = "padding:2px 10px;border-bottom:1px solid rgba(128,128,128,.35)";

/** Returns the table as HTML that a sanitizer leaves whole: no script, no id, no class that matters. */
export function tableHtml(t: Table): string {
  const right = t.columns.map((_, i) => i > 0 && t.rows.length > 0 && t.rows.every((r) => isNumeric(r[i]!)));
  const align = (i: number): string => `${CELL};text-align:${right[i] ? "right" : "left"}`;
  const head = t.columns
    .map((name, i) => element("th", { scope: "col", style: align(i) }, escapeXml(name) || " "))
    .join("");
  const isShort = t.rows.every((row) => length(row[0]!) <= SHORT_LABEL);
  const label = `font-weight:normal${isShort ? ";white-space:nowrap" : ""}`;
  const body = t.rows
    .map((row) => {
      const cells = row.map((cell, i) =>
        i === 0
          ? element("th", { scope: "row", style: `${align(i)};${label}` }, escapeXml(cell) || " ")
          : element(
              "td",
              { style: `${align(i)}${right[i] ? ";white-space:nowrap" : ""}` },
              escapeXml(cell) || " ",
            ),
      );
      return `<tr>${cells.join("")}</tr>`;
    })
    .join("");
  const caption =
    t.title === ""
      ? ""
      : element(
          "caption",
          { style: "text-align:left;font-weight:600;padding:4px 10px;caption-side:top" },
          escapeXml(t.title),
        );
  const notes = t.notes.map((note) => element("p", { style: "margin:.3em 0" }, escapeXml(note))).join("");
  const grid =
    t.columns.length === 0
      ? ""
      : `<table style="border-collapse:collapse;margin:.5em 0">${caption}<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
  return grid + notes;
}
