// Console: the window and the keys of whoever sits there; given back as it was found, whatever happens.
//
// Invariant I1: when the process ends, by whatever way it can still act in, the terminal reads lines again and shows
// its cursor.
import { StringDecoder } from "node:string_decoder";
import { type Key, keysOf } from "./keys.js";

/** Where a course is shown, and where its keys come from. */
export interface Console {
  /** The window can be drawn anew; else lines follow each other. */
  readonly isScreen: boolean;
  readonly hasColor: boolean;
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
  /** Takes the keyboard: `onKey` hears each key, `onEnd` that no more will come, `onResize` a new size. */
  take(ears: ConsoleEars): void;
  /** Gives the keyboard back, for another program or for good. */
  release(): void;
}

export interface ConsoleEars {
  onKey(key: Key): void;
  onEnd(): void;
  onResize(): void;
}

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const NARROWEST = 20;

/** The console of this process. A terminal that cannot be drawn on (`TERM=dumb`) and a pipe show plain lines, as does `isPlain`. */
export function processConsole(hasColor: boolean, isPlain = false): Console {
  return new ProcessConsole(hasColor, isPlain);
}

class ProcessConsole implements Console {
  readonly isScreen: boolean;
  readonly hasColor: boolean;
  readonly #decoder = new StringDecoder("utf8");
  #ears: ConsoleEars | undefined;

  constructor(hasColor: boolean, isPlain: boolean) {
    const { stdin, stdout, env } = process;
    this.isScreen = !isPlain && stdin.isTTY === true && stdout.isTTY === true && env["TERM"] !== "dumb";
    this.hasColor = hasColor && (this.isScreen || env["FORCE_COLOR"] !== undefined);
  }

  size(): { columns: number; rows: number } {
    const { columns, rows } = process.stdout;
    return { columns: Math.max(NARROWEST, columns || 80), rows: rows || 24 };
  }

  write(text: string): void {
    process.stdout.write(text);
  }

  take(ears: ConsoleEars): void {
    this.#ears = ears;
    const { stdin, stdout } = process;
    if (this.isScreen) {
      stdin.setRawMode(true);
      stdout.write(HIDE_CURSOR);
      process.on("exit", this.#restore); // I1
    }
    stdin.on("data", this.#hear).on("end", this.#end).resume();
    stdout.on("resize", this.#resize);
  }

  release(): void {
    const { stdin, stdout } = process;
    stdin.off("data", this.#hear).off("end", this.#end).pause();
    stdout.off("resize", this.#resize);
    process.off("exit", this.#restore);
    this.#restore();
    this.#ears = undefined;
  }

  readonly #hear = (piece: Buffer): void => {
    for (const key of keysOf(this.#decoder.write(piece))) this.#ears?.onKey(key);
  };

  readonly #end = (): void => this.#ears?.onEnd();

  readonly #resize = (): void => this.#ears?.onResize();

  readonly #restore = (): void => {
    if (!this.isScreen) return;
    try {
      process.stdin.setRawMode(false);
      process.stdout.write(SHOW_CURSOR);
    } catch {
      // The terminal is gone: its window was closed.
    }
  };
}
