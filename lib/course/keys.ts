// keys: what a terminal sends, as names.

/** A single character, or the name of a key that sends several. */
export type Key =
  | "up"
  | "down"
  | "home"
  | "end"
  | "page-up"
  | "page-down"
  | "enter"
  | "escape"
  | "backspace"
  | "interrupt"
  | "suspend"
  | "end-of-input"
  | (string & {});

const SEQUENCES: Readonly<Record<string, Key>> = {
  "[A": "up",
  OA: "up",
  "[B": "down",
  OB: "down",
  "[H": "home",
  OH: "home",
  "[1~": "home",
  "[F": "end",
  OF: "end",
  "[4~": "end",
  "[5~": "page-up",
  "[6~": "page-down",
};

const CONTROLS: Readonly<Record<string, Key>> = {
  "\r": "enter",
  "\n": "enter",
  "\u007f": "backspace",
  "\b": "backspace",
  "\u0003": "interrupt",
  "\u001a": "suspend",
  "\u0004": "end-of-input",
};

const ESCAPE = "\u001b";
/** Escape sequences as a whole, then single characters (a letter with its combining marks is one). */
const PIECE = new RegExp(`${ESCAPE}(?:\\[[0-9;]*[A-Za-z~]|O[A-Z])|[\\s\\S]`, "gu");

/**
 * Splits what was read from a terminal into keys. Sequences that mean nothing here are left out, so that an unknown
 * function key does not type letters. A terminal sends a sequence in one piece; an escape at the end of a piece is the
 * key itself.
 */
export function keysOf(piece: string): Key[] {
  return [...piece.matchAll(PIECE)].flatMap(([text]) => {
    if (text === ESCAPE) return ["escape"];
    if (text.startsWith(ESCAPE)) return SEQUENCES[text.slice(1)] ?? [];
    return CONTROLS[text] ?? (text < " " ? [] : [text]);
  });
}
