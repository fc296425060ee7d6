// Progress of a headless run: a bar on a terminal, a line per cell anywhere else.
import { SingleBar } from "cli-progress";
import type { CellProgress } from "./headless.js";

/** What is needed of a stream. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Returns an `onCell` for `runNotebook` that tells people where the run stands. */
export function progressOn(stream: ProgressStream): (progress: CellProgress) => void {
  return stream.isTTY === true ? barOn(stream) : linesOn(stream);
}

function linesOn(stream: ProgressStream): (progress: CellProgress) => void {
  return ({ number, total, id, state, elapsedMs }) => {
    if (state === "running") return;
    stream.write(`[${number}/${total}] ${id}: ${state} (${(elapsedMs / 1000).toFixed(1)} s)\n`);
  };
}

function barOn(stream: ProgressStream): (progress: CellProgress) => void {
  const format = "{bar} {value}/{total} cells  {id}  {duration_formatted}";
  const bar = new SingleBar({ stream, format, barsize: 24, hideCursor: true, clearOnComplete: false });
  return ({ number, total, id, state }) => {
    if (state === "running" && !bar.isActive) bar.start(total, number - 1, { id }); // again after a tolerated error
    bar.update(state === "running" ? number - 1 : number, { id });
    if (state !== "running" && (state === "error" || number === total)) bar.stop();
  };
}
