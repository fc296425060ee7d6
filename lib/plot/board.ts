// Board output: a board as HTML that can be played, with a picture of its first state where it cannot.
import type { Board } from "../explore/index.js";
import { BoardGame } from "./boardgame.js";
import { boardScript } from "./boardscript.js";
import { boardLines } from "./boardtext.js";
import { fill, MONO, svgDocument } from "./frame.js";
import { coordinate, element, escapeXml, svgDataUrl } from "./markup.js";

const LINE_PX = 19;
const CHARACTER_PX = 7.6;
const WIDTH_CHARACTERS = 92;

/** The first state of a board, in words. */
export function boardText(board: Board): string {
  return boardLines(new BoardGame(board), { width: WIDTH_CHARACTERS }).join("\n").trimEnd();
}

/** The first state of a board as a picture. */
export function boardSvg(board: Board): string {
  const lines = boardText(board).split("\n");
  const widest = Math.max(48, ...lines.map((line) => line.length));
  const rows = lines.map((line, i) =>
    element(
      "text",
      {
        x: 18,
        y: 30 + i * LINE_PX,
        "font-size": i === 0 ? 15 : 12.5,
        "xml:space": "preserve",
        ...fill("text"),
      },
      escapeXml(line),
    ),
  );
  const body = element("g", { "font-family": MONO }, rows.join(""));
  const alt = `A board to play, before the first choice: ${board.title}`;
  const widthPx = Number(coordinate(36 + widest * CHARACTER_PX));
  return svgDocument(widthPx, 30 + lines.length * LINE_PX, alt, body);
}

/** Returns a board for a page: the picture, what to do where it cannot be played, and the script that plays it. */
export function boardHtml(board: Board, id: string): string {
  const img = element("img", {
    alt: `A board to play, before the first choice. ${boardText(board)}`,
    style: "max-width:100%;height:auto",
    src: svgDataUrl(boardSvg(board)),
  });
  const advice =
    "To play it, trust this notebook (in JupyterLab: View, Activate Command Palette, “Trust Notebook”) or run the cell again.";
  const still = `<div class="hb-still">${img}${element("p", {}, escapeXml(advice))}</div>`;
  return `<div class="hb-board" id="${escapeXml(id)}">${still}</div>${boardScript(board, id)}`;
}
