// parallelworker: the thread's side of a parallel search. Loads the program, then runs one stretch after the other.

import "./strategies.js";
import { parentPort, workerData } from "node:worker_threads";
import type { ThreadAnswer, ThreadJob } from "./parallel.js";
import { Portfolio } from "./portfolio.js";
import { loadProgram } from "./programfile.js";
import { Search } from "./search.js";
import { runStretch } from "./stretch.js";

const { program, source, options } = workerData as ThreadJob;

const ready = loadProgram(program).then((loaded) => {
  const search = new Search(loaded, options, source);
  const portfolio = new Portfolio(search);
  portfolio.first();
  return { search, portfolio };
});
ready.catch(() => {}); // it is told as the answer to the first stretch

parentPort?.on("message", async (range: readonly [number, number]) => {
  try {
    const { search, portfolio } = await ready;
    answer(await runStretch(search, portfolio, range));
  } catch (error) {
    answer({ error });
  }
});

function answer(value: ThreadAnswer): void {
  try {
    parentPort?.postMessage(value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `explore: with \`threads\`, the program's results have to be plain data that can travel: ${why}`;
    parentPort?.postMessage({ error: new TypeError(message) });
  }
}
