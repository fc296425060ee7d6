// Bundle: the value of a cell's last expression, as it is shown.
import { inspect } from "node:util";
import type { MimeBundle } from "./cell.js";
import { withoutHookMarks } from "./hook-marks.js";

/** A value that has this method shows itself: it returns a bundle. Deno and other kernels use the same symbol. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display") as never;

interface Displayable {
  [DISPLAY](): MimeBundle | Promise<MimeBundle>;
}

/** Returns what to show for a value: nothing for undefined, null and timers, texts as they are, the rest as Node prints it. */
export async function bundleOf(value: unknown): Promise<MimeBundle | undefined> {
  if (value === undefined || value === null || isHostTimer(value)) return undefined;
  if (isDisplayable(value)) return await value[DISPLAY]();
  return { "text/plain": typeof value === "string" ? value : withoutHookMarks(inspect(value)) };
}

/** What `setTimeout(…)` returns, which nobody wants to read at the end of a cell. */
function isHostTimer(value: unknown): boolean {
  const name = (value as object).constructor?.name;
  return (
    (name === "Timeout" || name === "Immediate") && typeof (value as NodeJS.Immediate).hasRef === "function"
  );
}

function isDisplayable(value: unknown): value is Displayable {
  return typeof value === "object" && value !== null && typeof (value as Displayable)[DISPLAY] === "function";
}
