// Session: hb in a terminal, in a project of its own, and how it left that terminal.
import type { Project } from "./project.js";
import { Terminal, type TerminalOptions } from "./terminal.js";

/** What the shell says when hb has ended: its exit code, and whether the terminal reads lines and echoes again. */
const SHELL = `"$@"; echo "hb ended with $?"; stty -a | tr ';' '\\n' | grep -E 'icanon|echo'`;

/** Sessions of one test; end them all by `kill`. */
export class Sessions {
  #open: Terminal[] = [];

  /** Starts hb, in colour. */
  start(project: Project, words: readonly string[] = [], options: Partial<TerminalOptions> = {}): Terminal {
    return this.shell(project, [...project.hb, ...words], options);
  }

  /** Starts any command in the project's folder. */
  shell(project: Project, command: readonly string[], options: Partial<TerminalOptions> = {}): Terminal {
    const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...env } = process.env;
    const given = { cwd: project.root, env: { ...env, TERM: "xterm", HB_MODE: "smoke" }, ...options };
    const terminal = new Terminal(["sh", "-c", SHELL, "sh", ...command], given);
    this.#open.push(terminal);
    return terminal;
  }

  kill(): void {
    for (const terminal of this.#open) terminal.kill();
    this.#open = [];
  }
}

/** How the terminal was left. */
export async function left(
  terminal: Terminal,
): Promise<{ code: number; isSane: boolean; isCursorShown: boolean }> {
  const [, code, settings = ""] = await terminal.shows(/hb ended with (\d+)\n([\s\S]* -?echo )/);
  await terminal.ended;
  const isSane = /(?<!-)\bicanon/.test(settings) && /(?<!-)\becho /.test(settings);
  return { code: Number(code), isSane, isCursorShown: terminal.window.isCursorShown };
}

/** As it should be. */
export const SANE = { isSane: true, isCursorShown: true };
