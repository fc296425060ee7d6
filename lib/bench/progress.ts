// Progress: a bar when a measurement takes over two seconds: in a terminal, in a notebook, one line a round in a log.
import { SingleBar } from "cli-progress";

/** What a measurement is about to do. */
export interface Progress {
  /** Rounds done, of all variants. */
  readonly done: number;
  readonly total: number;
  /** What comes next, e.g. `rwmutex, round 2`. */
  readonly next: string;
  readonly elapsedMs: number;
  /** What is left, from the sizes asked for. */
  readonly leftMs: number;
}

/** Somebody who is told. */
export interface Reporter {
  update(progress: Progress): void;
  /** Called once, also after an error. */
  end(): void;
}

/** Shorter measurements show nothing. */
export const SILENT_MS = 2000;
const BAR_WIDTH = 24;

/** Picks the reporter that suits where this runs. */
export function reporterFor(
  choice: "auto" | "none" | ((progress: Progress) => void),
  title: string,
  expectedMs: number,
): Reporter {
  if (typeof choice === "function") return { update: choice, end() {} };
  if (choice === "none" || expectedMs < SILENT_MS) return { update() {}, end() {} };
  if (isNotebook()) return rewrittenLine(title, (text) => process.stdout.write(text));
  return process.stderr.isTTY ? terminalBar(title) : oneLineEach(title, (text) => process.stderr.write(text));
}

/** The kernel layer puts a host on the global object. */
function isNotebook(): boolean {
  return Symbol.for("happens-before.host") in globalThis;
}

function terminalBar(title: string): Reporter {
  const bar = new SingleBar({
    format: `${title} {bar} {value}/{total} {next} {left}`,
    barsize: BAR_WIDTH,
    clearOnComplete: true,
    // Its handler would swallow the first Ctrl-C; so the bar changes nothing that would have to be restored.
    gracefulExit: false,
    hideCursor: false,
    linewrap: true,
  });
  let isStarted = false;
  return {
    update({ done, total, next, leftMs }) {
      const payload = { next, left: leftText(leftMs) };
      if (isStarted) bar.update(done, payload);
      else bar.start(total, done, payload);
      isStarted = true;
    },
    end() {
      bar.stop();
    },
  };
}

/** One line that is written over: what notebooks understand of terminals. */
export function rewrittenLine(title: string, write: (text: string) => void): Reporter {
  let width = 0;
  return {
    update({ done, total, next, leftMs }) {
      const full = Math.round((BAR_WIDTH * done) / total);
      const text = `${title} ${"█".repeat(full)}${"░".repeat(BAR_WIDTH - full)} ${done}/${total} ${next} ${leftText(leftMs)}`;
      write(`\r${text.padEnd(width)}`);
      width = text.length;
    },
    end() {
      if (width > 0) write(`\r${" ".repeat(width)}\r`);
    },
  };
}

/** For logs: nothing is written over. */
export function oneLineEach(title: string, write: (text: string) => void): Reporter {
  return {
    update({ done, total, next, leftMs }) {
      if (done < total) write(`${title}: ${done + 1} of ${total}: ${next}, ${leftText(leftMs)}\n`);
    },
    end() {},
  };
}

function leftText(leftMs: number): string {
  return `${Math.max(0, Math.ceil(leftMs / 1000))} s left`;
}
