// hb zoo: the bugs that the detectors are tried on, one by one.
import {
  findKernel,
  replayKernel,
  runKernel,
  runLines,
  storyLines,
  zooData,
  zooEntries,
  zooLines,
  zooRunLines,
} from "../course/index.js";
import { projectRoot } from "../grade/index.js";
import { EXIT, UsageError } from "./exit-code.js";
import type { Output } from "./output.js";

export interface ZooWords {
  readonly json?: boolean;
  readonly schedule?: string;
  readonly seed?: string;
}

/** Lists the bugs, or shows the one that `word` means; returns the exit code. */
export async function zooCommand(
  word: string | undefined,
  words: ZooWords,
  out: Output,
  root: string = projectRoot(),
): Promise<number> {
  const entries = zooEntries(root);
  if (entries.length === 0) throw new UsageError("the zoo (test/zoo) is not in this copy of the course");
  const columns = process.stdout.columns || 110;
  const category = entries.filter((entry) => entry.category === word);
  if (word === undefined || category.length > 0) {
    const shown = word === undefined ? entries : category;
    if (words.json === true) out.print(JSON.stringify(shown, undefined, 2));
    else for (const line of zooLines(shown, columns, out.hasColor)) out.print(line);
    return EXIT.ok;
  }
  const entry = kernelOf(root, word);
  if (words.schedule !== undefined) {
    const report = await replayKernel(root, entry, words.schedule).catch(refuse);
    if (words.json === true) out.print(JSON.stringify(report, undefined, 2));
    else
      for (const line of [
        ...storyLines(entry, columns, out.hasColor),
        "",
        ...runLines(entry, report, columns, out.hasColor),
      ])
        out.print(line);
    return EXIT.ok;
  }
  out.status(`exploring ${entry.name} …`);
  const run = await runKernel(root, entry, words.seed);
  out.status("");
  if (words.json === true) out.print(JSON.stringify(zooData(run), undefined, 2));
  else for (const line of zooRunLines(run, columns, out.hasColor)) out.print(line);
  return EXIT.ok;
}

function kernelOf(root: string, word: string): ReturnType<typeof findKernel> {
  try {
    return findKernel(root, word);
  } catch (error) {
    return refuse(error);
  }
}

/** What the person typed is at fault. */
function refuse(error: unknown): never {
  throw new UsageError(error instanceof Error ? error.message : String(error));
}
