// classProgress: how far a class is: a bar with the time left on a terminal, a line now and then anywhere else.
import { SingleBar } from "cli-progress";
import type { ClassProgress } from "../classroom/index.js";

/** What is needed of a stream. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

export interface ShownProgress {
  tell(progress: ClassProgress): void;
  end(): void;
}

/** At most one line in so much time. */
const LINE_EVERY_MS = 10_000;

/** Shows the progress of `gradeClass` on a stream. */
export function classProgress(stream: ProgressStream): ShownProgress {
  return stream.isTTY === true ? onTerminal(stream) : inLines(stream);
}

function onTerminal(stream: ProgressStream): ShownProgress {
  const format = "{bar} {value}/{total}  {left}  {last}";
  const bar = new SingleBar({ stream, format, barsize: 24, hideCursor: true, etaBuffer: 1 });
  return {
    tell(progress) {
      const { done, total, leftMs, last } = progress;
      const texts = {
        left: leftMs === undefined ? "" : timeLeft(leftMs),
        last: last === undefined ? "" : `${last.student} ${last.exercise}: ${last.result.status}`,
      };
      if (bar.isActive) bar.update(done, texts);
      else if (total > 0) bar.start(total, done, texts);
    },
    end() {
      if (bar.isActive) bar.stop();
    },
  };
}

function inLines(stream: ProgressStream): ShownProgress {
  let toldMs = 0;
  return {
    tell({ done, total, kept, elapsedMs, leftMs }) {
      if (done < total && elapsedMs - toldMs < LINE_EVERY_MS) return;
      toldMs = elapsedMs;
      const left = leftMs === undefined || done === total ? "" : `, ${timeLeft(leftMs)}`;
      stream.write(`${done} of ${total}${kept === 0 ? "" : ` (${kept} from before)`}${left}\n`);
    },
    end() {},
  };
}

function timeLeft(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `about ${seconds} s left`;
  return `about ${Math.round(seconds / 60)} min left`;
}
