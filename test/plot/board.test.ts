// A board as an output: the picture, the words, the script.
import { expect, test } from "vitest";
import { boardSvg } from "../../lib/plot/board.js";
import { BoardGame, boardLines, outputBundle, plainText } from "../../lib/plot/index.js";
import { abbaBoard, saleBoard } from "./boards.js";
import { wellFormed } from "./xml.js";

const steady = (text: string): string => text.replace(/ +boards\.ts:\d+/g, "  boards.ts");

test("the words of a board are its first state", () => {
  expect(steady(plainText(saleBoard()))).toBe(
    `Two seats · at the start

[1] ● g1 main  wait wg  boards.ts
[2] ● g2 buyer begin
[3] ● g3 buyer begin

    seats  2
    wg     counter 2

The whole program: ${saleBoard().states.length} states.`,
  );
});

test("the words of an end name the bug and how to replay it", () => {
  const game = new BoardGame(saleBoard());
  for (const id of [1, 2, 3, 2, 3, 2]) game.take(game.choices.findIndex((step) => step.id === id));
  while (game.take(0));
  const text = boardLines(game, { width: 70 }).join("\n");
  expect(text).toMatch(/THE END\. (DATA RACE|WRONG RESULT)/);
  expect(text).toContain("sold 2 seats, and 1 is left");
  expect(text).toMatch(/^replay: npx hb replay 03-sale\/buy 1\.[-0-9a-zX]+\.[0-9a-f]{4}$/m);
});

test("a board's output: a picture that is well-formed, one script, no address, no text as markup", () => {
  const board = abbaBoard();
  expect(wellFormed(boardSvg(board))).toBe(true);
  const bundle = outputBundle(board, "hb-1");
  const html = String(bundle["text/html"]);
  expect(Object.keys(bundle)).toEqual(["text/html", "text/plain"]);
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  expect(html).not.toContain("<b>");
  expect(html).toContain("trust this notebook");
});
