// The process of one measurement: `node child.js <row> <budgetMs> <clock> [<file of a peer>]`. Prints one line of JSON.
import { pathToFileURL } from "node:url";
import { calibrate, measure, measureMemory } from "./measure.js";
import type { Work } from "./row.js";
import { TABLE } from "./table.js";

const [name, budgetMs, clockName, peerFile] = process.argv.slice(2);
const row = TABLE.find((each) => each.name === name);
if (row === undefined) throw new RangeError(`child: expected the name of a row, got ${name}`);

async function workOf(file: string): Promise<Pick<Work, "batch" | "run">> {
  const { default: bodies } = (await import(pathToFileURL(file).href)) as {
    default: Record<string, Work["run"]>;
  };
  const run = bodies[row!.name];
  if (run === undefined) throw new RangeError(`child: ${file} has no ${name}`);
  return { batch: row!.batch, run };
}

const work = peerFile === undefined ? row : await workOf(peerFile);
const clock = clockName === "cpu" ? "cpu" : "wall";
const calibrationNs = calibrate(clock);
if (row.unit === "B") {
  const times = row.times ?? 1;
  const { bytesPerItem, check } = await measureMemory(work, times);
  console.log(JSON.stringify({ value: bytesPerItem, times, check, calibrationNs }));
} else {
  const { nsPerOp, times, check } = await measure(work, Number(budgetMs), clock);
  const value = row.unit === "ms" ? nsPerOp / 1e6 : nsPerOp;
  console.log(JSON.stringify({ value, times, check, calibrationNs }));
}
process.exit(0);
