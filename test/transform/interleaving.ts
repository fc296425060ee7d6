// Runs a text with and without the directive's transformation, in a goroutine, and collects what it returns.
import { hb } from "../../lib/atomic/access.js";
import * as library from "../../lib/index.js";
import { interleave } from "../../lib/transform/interleaving.js";

/** The text of a module as a function that returns what it exports by assigning to `out`. */
export function load(code: string, extra: Record<string, unknown> = {}): Record<string, unknown> {
  const names = { ...library, ...extra };
  const text = code.replace(/import \{ hb as (\w+) \} from "happens-before\/access";/, "const $1 = hb;");
  const make = new Function("hb", "out", ...Object.keys(names), `"use strict"; ${text}`);
  const out: Record<string, unknown> = {};
  make(hb, out, ...Object.values(names));
  return out;
}

export function interleaved(source: string): string {
  const made = interleave(`"use interleaving";\n${source}`, { file: "here.js" });
  if (made === undefined) throw new Error("the directive was not seen");
  return made.code;
}
