// Terminal: hb in a pseudo terminal: keys in, a window out.
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Window } from "./window.js";

const PTY = fileURLToPath(new URL("in-terminal.py", import.meta.url));
const PATIENCE_MS = 60_000;

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd: string;
}

export class Terminal {
  readonly window: Window;
  /** Everything that was written. */
  written = "";
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;
  #hasEnded = false;
  #waiting: (() => void)[] = [];

  constructor(command: readonly string[], { columns = 80, rows = 40, env, cwd }: TerminalOptions) {
    this.window = new Window(columns, rows);
    const words = [PTY, String(columns), String(rows), ...command];
    this.#child = spawn("python3", words, { cwd, env: env ?? process.env, detached: true });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.written += text;
      this.window.write(text);
      this.#wake();
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.written += `[pty: ${text}]`;
    });
    this.ended = new Promise((resolve) => {
      this.#child.once("close", (code) => {
        this.#hasEnded = true;
        resolve(code ?? -1);
        this.#wake();
      });
    });
  }

  type(keys: string): void {
    this.#child.stdin?.write(`${JSON.stringify({ keys })}\n`);
  }

  resize(columns: number, rows: number): void {
    [this.window.columns, this.window.rows] = [columns, rows];
    this.#child.stdin?.write(`${JSON.stringify({ size: [columns, rows] })}\n`);
  }

  /** Resolves with the match as soon as the window shows it. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    const untilMs = Date.now() + PATIENCE_MS;
    for (;;) {
      const match = pattern.exec(this.window.text);
      if (match !== null) return match;
      const leftMs = untilMs - Date.now();
      if (this.#hasEnded || leftMs < 0) {
        const why = this.#hasEnded ? "ended" : "waited long";
        throw new Error(`${why} without ${pattern}:\n${this.window.text}`);
      }
      await this.#news(leftMs);
    }
  }

  /** Ends everything in it. */
  kill(): void {
    try {
      process.kill(-(this.#child.pid ?? 0), "SIGKILL");
    } catch {
      // It has ended.
    }
  }

  #news(mostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, mostMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
