// hb bench six: the six-structure table of this machine, and what it says about which structure to use.
import {
  loadSix,
  type SixResult,
  saveSix,
  six,
  sixAdvice,
  sixRows,
  sixScaling,
  sixTree,
} from "../bench/index.js";
import { sixTable, tableText } from "../plot/index.js";
import { EXIT } from "./exit-code.js";
import type { Output } from "./output.js";

export interface SixWords {
  readonly go?: boolean;
  readonly size?: string;
  readonly threads?: number;
  readonly load?: string;
  readonly save?: string;
  readonly json?: boolean;
}

/** Measures, or loads, and prints; returns the exit code. */
export async function sixCommand(words: SixWords, out: Output): Promise<number> {
  if (words.size !== undefined) process.env["HB_MODE"] = words.size;
  const result = words.load === undefined ? await measure(words) : await loadSix(words.load);
  if (words.save !== undefined) {
    await saveSix(words.save, result);
    out.note(`wrote ${words.save}`);
  }
  if (words.json === true) {
    const { workloads, ...rest } = result;
    const { environment, noise } = workloads[0]!.comparison;
    const told = { rows: sixRows(result), scaling: sixScaling(result), advice: sixAdvice(result) };
    out.print(JSON.stringify({ ...rest, ...told, environment, noise }, undefined, 2));
    return EXIT.ok;
  }
  out.print(tableText(sixTable(result)));
  out.print("");
  out.print(sixTree(sixAdvice(result)));
  return EXIT.ok;
}

function measure({ go = false, threads }: SixWords): Promise<SixResult> {
  return six({ go, ...(threads === undefined ? {} : { threads }) });
}
