// hb replay: one schedule of an exercise again, step by step.
import { isAbsolute, relative } from "node:path";
import {
  coursePlaces,
  courseState,
  debugSchedule,
  findExercise,
  type Places,
  replayFile,
} from "../grade/index.js";
import { render } from "../plot/index.js";
import { EXIT, UsageError } from "./exit-code.js";
import { fitted } from "./fitted.js";
import type { Output } from "./output.js";
import { type FileWords, profilesOf, writeReplayFiles } from "./replayfiles.js";

export interface ReplayWords extends FileWords {
  readonly json?: boolean;
  readonly dump?: boolean;
  /** A port, or true: in a debugger. */
  readonly inspect?: boolean | string;
}

/** Node's own choice. */
const DEBUG_PORT = 9229;

/**
 * Plays the wanted schedule of the exercise or file that `word` means, or its last failing one; exit code 0 when it was
 * played, whatever it showed.
 */
export async function replayCommand(
  word: string,
  wanted: string | undefined,
  words: ReplayWords,
  out: Output,
  places: Places = coursePlaces(),
): Promise<number> {
  profilesOf(words.pprof); // before anything runs
  const { id, file } = findExercise(word, places);
  const schedule = wanted ?? lastSchedule(id, places);
  const replayed = await refusing(() =>
    words.inspect === undefined
      ? replayFile(id, file, schedule, places)
      : debugged(id, file, schedule, words, out, places),
  );
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
  out.print(fitted(render(replayed.report, form, { source: word }), out));
  return EXIT.ok;
}

/** The one that the last failing check printed. */
function lastSchedule(id: string, places: Places): string {
  const schedule = courseState(places.root).read().exercises[id]?.schedule;
  if (schedule !== undefined) return schedule;
  throw new UsageError(
    `no failing schedule of ${id} is known: give one, or run \`npx hb check ${id}\` first`,
  );
}

async function debugged(
  id: string,
  file: string,
  schedule: string,
  { inspect }: ReplayWords,
  out: Output,
  places: Places,
): ReturnType<typeof replayFile> {
  const port = typeof inspect === "string" ? Number(inspect) : DEBUG_PORT;
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--inspect: expected a port from 0 to 65535, got ${inspect}`);
  const onListen = (address: string): void =>
    out.note(
      `waiting for a debugger at ${address} (Chrome: chrome://inspect; VS Code: "Attach to Node Process")`,
    );
  const played = await debugSchedule(id, file, schedule, { places, port, onListen });
  return { ...played, from: file, output: "" };
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
