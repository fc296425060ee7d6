// Session: hb in a terminal, in a project of its own, and how it left that terminal.
import { afterEach, beforeEach } from "vitest";
import { Project, TRANSFER } from "./project.js";
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

/** What the screen says of the starter, and of the solution. */
export const FAILS = /FAIL {2}0 of 4 points {2}90-fixture\/transfer/;
export const DONE = /Exercise done ✓/;

/** A project for each test of a file, with one exercise, and hb in its terminal; both are gone after the test. */
export class OwnProject {
  readonly #sessions = new Sessions();
  #project: Project | undefined;

  /** Call it at the head of a file. */
  constructor() {
    beforeEach(() => this.replace([TRANSFER]));
    afterEach(() => {
      this.#sessions.kill();
      this.#project?.remove();
    });
  }

  get project(): Project {
    if (this.#project === undefined) throw new Error("expected to be inside a test");
    return this.#project;
  }

  /** A project with these exercises instead. */
  replace(ids: readonly string[]): void {
    this.#project?.remove();
    this.#project = new Project(ids);
  }

  start(words: readonly string[] = [], options: Partial<TerminalOptions> = {}): Terminal {
    return this.#sessions.start(this.project, words, options);
  }

  shell(command: readonly string[]): Terminal {
    return this.#sessions.shell(this.project, command);
  }
}
