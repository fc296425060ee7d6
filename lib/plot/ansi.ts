// ansi: coloured text that fits a window. Colours take no room, and do not leak from one line into the next.
import { stripVTControlCharacters } from "node:util";

const ESCAPE = "\u001b";
const COLOR = new RegExp(`${ESCAPE}\\[[0-9;]*m`, "g");
const TOKEN = new RegExp(`${ESCAPE}\\[[0-9;]*m|[\\s\\S]`, "gu");
const RESET = "\u001b[0m";

/** How many columns a text takes, without its colours. East Asian wide characters take two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of stripVTControlCharacters(text)) columns += widthOf(character);
  return columns;
}

/** Cuts one line to `columns`, with `…` where something is missing. */
export function clipLine(line: string, columns: number): string {
  if (columnsOf(line) <= columns) return line;
  let out = "";
  let used = 0;
  let isColoured = false;
  for (const [token] of line.matchAll(TOKEN)) {
    if (token.length > 1 && token.startsWith(ESCAPE)) {
      isColoured = true;
      out += token;
    } else {
      if (used + widthOf(token) > columns - 1) break;
      used += widthOf(token);
      out += token;
    }
  }
  return columns < 1 ? "" : `${out}…${isColoured ? RESET : ""}`;
}

/**
 * Breaks one line at its spaces, so that no piece takes more than `columns`; a word that is longer is cut. Pieces after
 * the first begin with the line's own indentation. Colours go on from piece to piece.
 */
export function wrapLine(line: string, columns: number): string[] {
  if (columnsOf(line) <= columns) return [line];
  const plain = stripVTControlCharacters(line);
  const indent = /^ */.exec(plain)?.[0].slice(0, Math.floor(columns / 2)) ?? "";
  const pieces: string[] = [];
  let piece = "";
  let used = 0;
  for (const word of wordsOf(line)) {
    const isBlank = /^ +$/.test(word);
    let rest = word;
    if (used + columnsOf(word) > columns && used > indent.length && !isBlank) {
      pieces.push(piece.trimEnd());
      [piece, used] = [indent, indent.length];
    }
    while (used + columnsOf(rest) > columns && !isBlank) {
      const head = headOf(rest, columns - used);
      pieces.push(piece + head);
      [piece, used, rest] = [indent, indent.length, rest.slice(head.length)];
    }
    piece += rest;
    used += columnsOf(rest);
  }
  pieces.push(piece.trimEnd());
  return closeColors(pieces);
}

/** Words and the spaces between them; a colour belongs to the word that it touches. */
function wordsOf(line: string): string[] {
  return line.match(/ +|[^ ]+/g) ?? [];
}

/** The longest beginning that takes no more than `columns`, at least one character. */
function headOf(text: string, columns: number): string {
  let head = "";
  let used = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    const width = token.startsWith(ESCAPE) && token.length > 1 ? 0 : widthOf(token);
    if (used > 0 && used + width > columns) break;
    used += width;
    head += token;
  }
  return head;
}

/** Ends each piece's colours, and begins the next with those that are still on. */
function closeColors(pieces: readonly string[]): string[] {
  let open = "";
  return pieces.map((piece) => {
    const begun = open + piece;
    for (const [color] of piece.matchAll(COLOR)) {
      open = /\[(0|39|22|49)?m$/.test(color) ? "" : open + color;
    }
    return open === "" ? begun : `${begun}${RESET}`;
  });
}

function widthOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/\p{Mn}|\u200d|\ufe0f/u.test(character)) return 0;
  return /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Emoji_Presentation}/u.test(
    character,
  ) ||
    (code >= 0xff01 && code <= 0xff60)
    ? 2
    : 1;
}
