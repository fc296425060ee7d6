// The process of one measurement: `node child.js <row> <budgetMs> [<file of a peer>]`. Prints one line of JSON.
import { pathToFileURL } from "node:url";
import { calibrate } from "../measure.js";
import { measureThreads } from "./measure.js";
import type { ThreadWork } from "./row.js";
import { THREADS } from "./table.js";

const NS_OF = { ns: 1, us: 1e3, ms: 1e6 };
const [name, budgetMs, peerFile] = process.argv.slice(2);
const row = THREADS.find((each) => each.name === name);
if (row === undefined) throw new RangeError(`child: expected the name of a row, got ${name}`);

async function bodyOf(file: string): Promise<ThreadWork["run"]> {
  const bodies = (await import(pathToFileURL(file).href)) as { default: Record<string, ThreadWork["run"]> };
  const run = bodies.default[row!.name];
  if (run === undefined) throw new RangeError(`child: ${file} has no ${name}`);
  return run;
}

const calibrationNs = calibrate("wall");
const run = peerFile === undefined ? row.run : await bodyOf(peerFile);
const { nsPerOp, times, check } = await measureThreads({ batch: row.batch, run }, Number(budgetMs));
console.log(JSON.stringify({ value: nsPerOp / NS_OF[row.unit], times, check, calibrationNs }));
process.exit(0);
