// hb replay: one schedule of an exercise again, step by step.
import { isAbsolute, relative } from "node:path";
import { coursePlaces, findExercise, type Places, replayFile } from "../grade/index.js";
import { render } from "../plot/index.js";
import { EXIT, UsageError } from "./exit-code.js";
import type { Output } from "./output.js";
import { type FileWords, profilesOf, writeReplayFiles } from "./replayfiles.js";

export interface ReplayWords extends FileWords {
  readonly json?: boolean;
  readonly dump?: boolean;
}

/** Plays `schedule` of the exercise or file that `word` means; exit code 0 when it was played, whatever it showed. */
export async function replayCommand(
  word: string,
  schedule: string,
  words: ReplayWords,
  out: Output,
  places: Places = coursePlaces(),
): Promise<number> {
  profilesOf(words.pprof); // before anything runs
  const { id, file } = findExercise(word, places);
  const replayed = await refusing(() => replayFile(id, file, schedule, places));
  if (replayed.output.trim() !== "") out.note(`It printed:\n${replayed.output.trimEnd()}\n`);
  if ("problem" in replayed) {
    const { verdict, message, excerpt } = replayed.problem;
    out.print(`${verdict}: ${message}${excerpt === undefined ? "" : `\n\n${excerpt}`}`);
    return EXIT.failed;
  }
  writeReplayFiles(replayed.report, words, out, word);
  if (words.json === true) {
    out.print(JSON.stringify(replayed.report, undefined, 2));
    return EXIT.ok;
  }
  out.note(`${id}: ${replayed.property}\nplaying ${shortened(replayed.from)}\n`);
  const form = words.dump === true ? "dump" : out.hasColor ? "ansi" : "text";
  out.print(render(replayed.report, form, { source: word }));
  return EXIT.ok;
}

/** A schedule that cannot be played here is a matter of words. */
async function refusing<T>(play: () => Promise<T>): Promise<T> {
  try {
    return await play();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

function shortened(place: string): string {
  return isAbsolute(place) ? relative(process.cwd(), place) : place;
}
