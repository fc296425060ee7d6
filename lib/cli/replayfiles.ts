// ReplayFiles: what `hb replay` writes besides what it prints: a trace, profiles, a page.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { blockProfile, chromeTrace, goroutineProfile, mutexProfile, type Report } from "../event/index.js";
import { draw, pictureFile } from "../plot/index.js";
import { UsageError } from "./exit-code.js";
import type { Output } from "./output.js";

export interface FileWords {
  /** For ui.perfetto.dev. */
  readonly chrome?: string;
  /** Pairs of a kind and a file, for `go tool pprof`. */
  readonly pprof?: readonly string[];
  /** A page that needs no network. */
  readonly html?: string;
}

const PROFILES = { block: blockProfile, mutex: mutexProfile, goroutine: goroutineProfile } as const;
type ProfileName = keyof typeof PROFILES;

/** The profiles that `--pprof` asks for. @throws {UsageError} `--pprof: expected block, mutex or goroutine and a file, got …` */
export function profilesOf(words: readonly string[] = []): [kind: ProfileName, file: string][] {
  const pairs: [ProfileName, string][] = [];
  for (let i = 0; i < words.length; i += 2) {
    const [kind, file] = [words[i], words[i + 1]];
    if (kind === undefined || !(kind in PROFILES) || file === undefined)
      throw new UsageError(
        `--pprof: expected block, mutex or goroutine and a file, got ${words.slice(i).join(" ")}`,
      );
    pairs.push([kind as ProfileName, file]);
  }
  return pairs;
}

/** Writes the files that were asked for, and says how to open them. */
export function writeReplayFiles(report: Report, words: FileWords, out: Output, source: string): void {
  const write = (file: string, content: string | Uint8Array, how: string): void => {
    const target = resolve(file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    out.note(`wrote ${relative(process.cwd(), target)}${how}`);
  };
  const { chrome, pprof, html } = words;
  if (chrome !== undefined)
    write(chrome, JSON.stringify(chromeTrace(report)), ": open it in https://ui.perfetto.dev");
  for (const [kind, file] of profilesOf(pprof))
    write(file, PROFILES[kind](report), `: go tool pprof -top ${file}`);
  if (html !== undefined) write(html, pictureFile(draw(report, "lanes", { source }), "html"), "");
}
