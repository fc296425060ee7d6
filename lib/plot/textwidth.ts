// Text width: how wide a text will be, without a browser.
//
// Advance widths of Arial (Liberation Sans and Helvetica agree) in thousandths of the font size, by class of
// character. Other fonts are up to 15% wider, so layouts leave that much room.

const WIDTHS: readonly (readonly [string, number])[] = [
  ["ijl|'", 222],
  ["ftI.,:;/!\\[]() ", 278],
  ['r-"`{}°', 345],
  ["*°^", 400],
  ["ckszvxyJ", 500],
  ["abdeghnopqu0123456789?$_L#+<>=~µ×±–", 560],
  ["FTZ", 611],
  ["ABEKPSVXY&", 667],
  ["CDHNRUw", 722],
  ["GOQ", 778],
  ["mM", 833],
  ["W%", 910],
  ["@—→←↓", 1000],
];

const WIDTH_OF = new Map<string, number>();
for (const [characters, width] of WIDTHS) for (const c of characters) WIDTH_OF.set(c, width);

/** Returns the width of `text` in pixels at this font size, for Arial and fonts with its metrics. */
export function textWidth(text: string, fontSizePx: number): number {
  let sum = 0;
  for (const c of text) sum += WIDTH_OF.get(c) ?? (c.charCodeAt(0) > 0x2e80 ? 1000 : 600);
  return (sum * fontSizePx) / 1000;
}

/** Returns `text` cut to a number of characters, with `…` where something is missing. */
export function clip(text: string, characters: number): string {
  const all = [...text];
  return all.length <= characters ? text : `${all.slice(0, Math.max(0, characters - 1)).join("")}…`;
}

/** Returns `text` in lines no wider than `widthPx`, broken at spaces. */
export function wrap(text: string, widthPx: number, fontSizePx: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, fontSizePx) > widthPx) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== "") lines.push(line);
  return lines;
}
