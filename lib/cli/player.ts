// hb player: a program as a board in the terminal. The learner chooses who goes on, forwards and backwards.
//
// Only keys and text: it works over ssh, in narrow windows, and from a pipe, where each key's frame is printed in turn.
import picocolors from "picocolors";
import { playBoard } from "../explore/index.js";
import { coursePlaces, loadPlayable, type Places } from "../grade/index.js";
import { BoardGame, boardLines } from "../plot/index.js";
import { EXIT } from "./exit-code.js";
import type { Output } from "./output.js";

export interface PlayerWords {
  readonly json?: boolean;
  /** Characters. */
  readonly width?: number;
}

/** Where keys come from. */
export interface Keys {
  /** True: a terminal, whose screen is drawn anew after each key. */
  readonly isTerminal: boolean;
  readonly columns: number;
  /** Lines of the screen; of a pipe, none. */
  readonly rows?: number | undefined;
  /** Pieces of what was typed, as they come. */
  read(): AsyncIterable<string>;
}

const WIDEST = 100;
const NARROWEST = 30;
const HELP = [
  "1 to 9     choose who goes on",
  "← or u     one choice back",
  "→ or r     forward again",
  "s or Home  back to the start",
  "?          this list",
  "q          end",
];
const SHORT_HELP = "1-9 choose · u back · r forward · s start · ? keys · q end";
/** Arrow keys and the like, then single characters. */
const KEY = /\p{Cc}(?:\[|O)[0-9;]*[A-Za-z~]|[\s\S]/gu;
const CLEAR = "\u001b[2J\u001b[3J\u001b[H";

/** Plays the program that `word` means; returns the exit code. */
export async function playerCommand(
  word: string,
  which: string | undefined,
  words: PlayerWords,
  out: Output,
  places: Places = coursePlaces(),
  keys: Keys = typed(),
): Promise<number> {
  const playable = await loadPlayable(word, which, places);
  if ("problem" in playable) {
    const { verdict, message, excerpt } = playable.problem;
    out.print(`${verdict}: ${message}${excerpt === undefined ? "" : `\n\n${excerpt}`}`);
    return EXIT.failed;
  }
  const { title, source, text, program } = playable;
  out.status("working out the states …");
  const board = playBoard(program, { title, source, ...(text === undefined ? {} : { text }) });
  out.status("");
  if (words.json === true) {
    out.print(JSON.stringify(board));
    return EXIT.ok;
  }
  const width = Math.max(NARROWEST, Math.min(words.width ?? Math.min(keys.columns, WIDEST), 400));
  return play(new BoardGame(board), { width, out, keys });
}

interface Stage {
  readonly width: number;
  readonly out: Output;
  readonly keys: Keys;
}

async function play(game: BoardGame, { width, out, keys }: Stage): Promise<number> {
  const colors = out.hasColor ? picocolors.createColors(true) : undefined;
  let isHelp = false;
  const draw = (): void => {
    const foot = isHelp ? HELP : [SHORT_HELP.length <= width ? SHORT_HELP : "1-9 u r s · ? keys · q end"];
    const height = keys.rows === undefined ? {} : { height: keys.rows - foot.length - 1 };
    const look = { width, ...height, ...(colors === undefined ? {} : { colors }) };
    const lines = [...boardLines(game, look), ...foot];
    out.print(`${keys.isTerminal ? CLEAR : ""}${lines.join("\n")}${keys.isTerminal ? "" : "\n"}`);
  };
  draw();
  for await (const piece of keys.read()) {
    for (const [key] of piece.matchAll(KEY)) {
      if (key === "\u0003") return EXIT.interrupted;
      if (key === "q" || key === "\u0004") return EXIT.ok;
      const isChanged = key === "?" || act(game, key);
      if (key === "?") isHelp = !isHelp;
      if (isChanged) draw();
    }
  }
  return EXIT.ok;
}

/** Does what `key` means; false when nothing changed. */
function act(game: BoardGame, key: string): boolean {
  if (/^[1-9]$/.test(key)) return game.take(Number(key) - 1);
  if (["u", "\u001b[D", "\u001bOD", "\u007f", "\b"].includes(key)) return game.back();
  if (["r", "\u001b[C", "\u001bOC"].includes(key)) return game.forward();
  if (!["s", "\u001b[H", "\u001bOH", "\u001b[1~"].includes(key)) return false;
  const isAway = game.depth > 0;
  game.restart();
  return isAway;
}

/** The keys of this process: one by one on a terminal, else whatever is piped in. */
function typed(): Keys {
  const { stdin, stdout } = process;
  const isTerminal = stdin.isTTY && stdout.isTTY;
  return {
    isTerminal,
    columns: stdout.columns || 80,
    get rows() {
      return isTerminal ? stdout.rows : undefined;
    },
    async *read() {
      stdin.setEncoding("utf8");
      if (stdin.isTTY) stdin.setRawMode(true);
      try {
        for await (const piece of stdin) yield String(piece);
      } finally {
        if (stdin.isTTY) stdin.setRawMode(false);
        stdin.pause();
      }
    },
  };
}
