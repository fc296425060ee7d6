// StateFile: `workspace/state.json` on disk.
//
// Invariants:
//  I1. Whoever reads sees a whole file: it is written beside, synced, and renamed into place.
//  I2. Changes are read-change-write under a lock file, so two processes at once lose nothing of each other's.
//  I3. A lock whose process is gone, or that is older than any write can take, is broken; by one breaker at a time.
//  I4. What cannot be read is set aside under a new name, never overwritten.
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { type CourseState, NEW_STATE, stateProblem } from "./coursestate.js";

/** The state cannot be read or written. The message is whole: what is wrong and what to do. */
export class StateError extends Error {
  override readonly name = "StateError";
}

const RETRY_MS = 5;
const PATIENCE_MS = 5_000;
/** A write takes milliseconds; a holder that needs so long has died, or its machine slept. */
const STALE_MS = 10_000;

/** `workspace/state.json` of one workspace. */
export class StateFile {
  readonly path: string;
  readonly #onNote: (text: string) => void;

  /** `onNote` hears what a person should know: that an unreadable file was set aside. */
  constructor(path: string, onNote: (text: string) => void = () => {}) {
    this.path = path;
    this.#onNote = onNote;
  }

  /**
   * Reads the state; that of a beginner when there is none yet.
   *
   * @throws {StateError} when a newer version of the course has written it, or it may not be read
   */
  read(): CourseState {
    const found = this.#parse();
    return found instanceof Unreadable ? this.update((state) => state) : found;
  }

  /**
   * Changes the state, and returns what is in the file then.
   *
   * **Cost:** two syncs to the disk, a few milliseconds; waits up to 5 s for another process that is writing.
   * @throws {StateError} when the folder cannot be written, or somebody holds the lock for too long
   */
  update(change: (state: CourseState) => CourseState): CourseState {
    return this.#locked(() => {
      const found = this.#parse();
      if (found instanceof Unreadable) this.#setAside(found);
      const before = found instanceof Unreadable ? NEW_STATE : found;
      const after = change(before);
      if (after !== before || found instanceof Unreadable) this.#write(after);
      return after;
    });
  }

  #parse(): CourseState | Unreadable {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return NEW_STATE;
      throw new StateError(`${this.path} cannot be read: ${(error as Error).message}`);
    }
    try {
      const value = JSON.parse(text) as { version?: unknown };
      const newer = typeof value?.version === "number" && value.version > NEW_STATE.version;
      if (newer) {
        throw new StateError(
          `${this.path} was written by a newer version of the course (format ${value.version}); update the course, or move the file away`,
        );
      }
      const problem = stateProblem(value);
      return problem === undefined ? (value as CourseState) : new Unreadable(problem);
    } catch (error) {
      if (error instanceof SyntaxError) return new Unreadable(error.message);
      throw error;
    }
  }

  /** I4: a link fails where a file is already, so no earlier copy is lost. */
  #setAside({ why }: Unreadable): void {
    for (let n = 1; ; n++) {
      const aside = `${this.path}.corrupt-${n}`;
      try {
        linkSync(this.path, aside);
      } catch (error) {
        if (codeOf(error) === "EEXIST") continue;
        renameSync(this.path, aside); // a file system without links
      }
      this.#onNote(
        `Your progress could not be read (${why}). It is kept as ${basename(aside)}; a new one was begun.`,
      );
      return;
    }
  }

  #write(state: CourseState): void {
    const part = `${this.path}.${process.pid}.part`;
    const file = openSync(part, "w");
    try {
      writeSync(file, `${JSON.stringify(state, undefined, 2)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, this.path); // I1
    syncFolder(dirname(this.path));
  }

  #locked<T>(work: () => T): T {
    const lock = `${this.path}.lock`;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      this.#take(lock);
    } catch (error) {
      if (error instanceof StateError) throw error;
      throw new StateError(`${this.path} cannot be written: ${(error as Error).message}`);
    }
    try {
      this.#sweep();
      return work();
    } finally {
      rmSync(lock, { force: true });
    }
  }

  #take(lock: string): void {
    const untilMs = Date.now() + PATIENCE_MS;
    while (!tryCreate(lock)) {
      if (breakIfStale(lock)) continue;
      if (Date.now() > untilMs) {
        throw new StateError(
          `${lock} is held by another process for more than ${PATIENCE_MS / 1000} s; remove it if no hb and no notebook is running`,
        );
      }
      sleep(RETRY_MS);
    }
  }

  /** What killed writers have left: under the lock, nobody else has a part. */
  #sweep(): void {
    const folder = dirname(this.path);
    const part = new RegExp(`^${basename(this.path).replaceAll(".", "\\.")}\\.\\d+\\.part$`);
    for (const name of readdirSync(folder)) {
      if (part.test(name)) rmSync(join(folder, name), { force: true });
    }
  }
}

/** A file that is there and is no state. */
class Unreadable {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

function tryCreate(lock: string): boolean {
  try {
    const file = openSync(lock, "wx");
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** I3. True when the lock is worth another try at once. */
function breakIfStale(lock: string): boolean {
  if (!isStale(lock)) return false;
  const breaker = `${lock}.break`;
  try {
    mkdirSync(breaker);
  } catch {
    if (ageMs(breaker) > STALE_MS) removeFolder(breaker); // its breaker died
    return false;
  }
  try {
    if (isStale(lock)) unlinkSync(lock);
    return true;
  } catch {
    return false;
  } finally {
    removeFolder(breaker);
  }
}

function isStale(lock: string): boolean {
  const age = ageMs(lock);
  if (age > STALE_MS) return true;
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    if (!(pid > 0)) return false; // between creating and writing
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0; // gone
  }
}

function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Another breaker was first.
  }
}

/** So that a rename survives a power cut; not every system lets a folder be opened. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    fsyncSync(handle);
    closeSync(handle);
  } catch {
    // The file itself is synced.
  }
}

const asleep = new Int32Array(new SharedArrayBuffer(4));

function sleep(durationMs: number): void {
  Atomics.wait(asleep, 0, 0, durationMs);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
