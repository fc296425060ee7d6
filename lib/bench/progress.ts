// Progress: shown when a measurement takes over two seconds: a bar in a terminal, a live plot in a notebook, one line a round in a log.
import { randomUUID } from "node:crypto";
import { SingleBar } from "cli-progress";
import { livePlot, type SoFar } from "./live.js";

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
  /** Throughput in the rounds that are done; absent where functions are timed. */
  readonly soFar?: readonly SoFar[];
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
  const host = notebook();
  if (host !== undefined) return inNotebook(title, host);
  return process.stderr.isTTY ? terminalBar(title) : oneLineEach(title, (text) => process.stderr.write(text));
}

/** What is used of the host that the kernel layer puts on the global object. */
interface Host {
  display(
    bundle: Readonly<Record<string, string>>,
    metadata: Readonly<Record<string, string>>,
    where: { readonly displayId: string; readonly isUpdate: boolean },
  ): void;
}

const HOST = Symbol.for("happens-before.host");

function notebook(): Host | undefined {
  return (globalThis as { [HOST]?: Host })[HOST];
}

function inNotebook(title: string, host: Host): Reporter {
  const displayId = `hb-live-${randomUUID()}`;
  return livePlot(title, (bundle, isUpdate) => host.display(bundle, {}, { displayId, isUpdate }));
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
