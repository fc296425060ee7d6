// FileWatch: says when a learner's file has really changed.
//
// Editors save in many ways: in place, by a new file renamed over the old one, by removing and writing. What counts is
// the text: the same text twice is no change, however often the file was written.
import { existsSync, readFileSync } from "node:fs";
import { dirname, sep } from "node:path";
import { type FSWatcher, watch } from "chokidar";

/** Files on network drives tell nobody of a change; then, and by `HB_POLL=1`, the watcher looks every second. */
const POLL_MS = 1_000;
/** How long a file must rest: an editor that empties a file before it writes is not heard in between. */
const REST_MS = 40;
/** How long a file may be gone before that is news: editors remove and write. */
const GONE_MS = 400;

/** What is watched, absolute: all below `folders`, and single `files`. */
export interface WatchedFiles {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** What a watcher tells. */
export interface FileNews {
  /** From now on every change is seen. */
  ready?(): void;
  changed(path: string): void;
  removed(path: string): void;
  /** The system refuses to watch; it goes on by looking every second. */
  polling(why: string): void;
}

/** Watches the learner's files. Call `close` in the end. */
export class FileWatch {
  readonly #watched: WatchedFiles;
  readonly #news: FileNews;
  readonly #texts = new Map<string, string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #watcher: FSWatcher;

  constructor(watched: WatchedFiles, news: FileNews, isPolling: boolean = process.env["HB_POLL"] === "1") {
    this.#watched = watched;
    this.#news = news;
    this.#watcher = this.#watch(isPolling);
  }

  /** Takes the text of a file as known: only what comes after is a change. */
  remember(path: string): void {
    if (existsSync(path)) this.#texts.set(path, readFileSync(path, "utf8"));
    else this.#texts.delete(path);
  }

  /** Ends the watch; nothing is told any more. */
  async close(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await this.#watcher.close();
  }

  #watch(isPolling: boolean): FSWatcher {
    const { folders, files } = this.#watched;
    const parents = files.map((file) => dirname(file)); // a file that is replaced by a rename is lost on its own
    const isOurs = (path: string): boolean =>
      parents.includes(path) ||
      files.includes(path) ||
      folders.some((f) => path === f || path.startsWith(f + sep));
    const watcher = watch([...folders, ...parents], {
      ignoreInitial: true,
      usePolling: isPolling,
      interval: POLL_MS,
      atomic: false, // the resting time does it
      ignored: (path) => !isOurs(path),
    });
    watcher.on("ready", () => this.#news.ready?.());
    watcher.on("all", (event, path) => {
      if (event === "add" || event === "change") this.#later(path, REST_MS);
      if (event === "unlink") this.#later(path, GONE_MS);
    });
    watcher.on("error", (error) => {
      if (isPolling) return;
      void watcher.close();
      this.#watcher = this.#watch(true);
      this.#news.polling(error instanceof Error ? error.message : String(error));
    });
    return watcher;
  }

  #later(path: string, delayMs: number): void {
    clearTimeout(this.#timers.get(path));
    const look = (): void => {
      this.#timers.delete(path);
      this.#look(path);
    };
    this.#timers.set(path, setTimeout(look, delayMs));
  }

  #look(path: string): void {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch {
      if (this.#texts.delete(path)) this.#news.removed(path);
      return;
    }
    if (this.#texts.get(path) === text) return;
    this.#texts.set(path, text);
    this.#news.changed(path);
  }
}
