// hb run and hb export: a notebook in Node alone, and as a page.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { projectRoot } from "../grade/index.js";
import { exportHtml, NotebookFileError, progressOn, runNotebook } from "../notebook/index.js";
import { EXIT, UsageError } from "./exit-code.js";
import { findNotebook } from "./notebook-name.js";
import type { Output } from "./output.js";

export interface RunWords {
  readonly out?: string;
  readonly html?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly keepGoing?: boolean;
}

/** Executes a notebook, writes what came out as a notebook and as a page; returns the exit code. */
export async function runCommand(
  word: string,
  words: RunWords,
  out: Output,
  root = projectRoot(),
): Promise<number> {
  const path = findNotebook(word, root);
  const name = basename(path, ".ipynb");
  const runs = join(root, "workspace", "runs");
  const target = resolve(words.out ?? join(runs, `${name}.ipynb`));
  const page = resolve(words.html ?? join(runs, `${name}.html`));
  for (const file of [target, page]) mkdirSync(dirname(file), { recursive: true });
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once("SIGINT", onSignal);
  try {
    const done = await readable(() =>
      runNotebook(path, {
        out: target,
        html: page,
        onCell: progressOn(process.stderr),
        ...(words.timeout === undefined ? {} : { timeoutMs: words.timeout * 1000 }),
        allowErrors: words.keepGoing === true,
        signal: stop.signal,
      }),
    );
    if (done.failedCell !== undefined) {
      const { id, number, error } = done.failedCell;
      out.print(`\n${error.traceback.join("\n") || `${error.ename}: ${error.evalue}`}`);
      out.print(`\nFAILED: cell ${number} (${id}): ${error.ename}: ${error.evalue.split("\n")[0]}`);
    }
    const seconds = (done.elapsedMs / 1000).toFixed(1);
    if (done.ok) out.print(`OK: ${done.executedCells} cells in ${seconds} s`);
    out.note(`wrote ${[target, page].map((file) => relative(process.cwd(), file)).join(" and ")}`);
    if (stop.signal.aborted) return EXIT.interrupted;
    return done.ok ? EXIT.ok : EXIT.failed;
  } finally {
    process.removeListener("SIGINT", onSignal);
  }
}

/** Writes a notebook, as it is, as one page that needs no network; returns the exit code. */
export function exportCommand(
  word: string,
  words: { readonly out?: string },
  out: Output,
  root = projectRoot(),
): number {
  const path = findNotebook(word, root);
  const page = resolve(words.out ?? `${basename(path, ".ipynb")}.html`);
  let notebook: Parameters<typeof exportHtml>[0];
  try {
    notebook = JSON.parse(readFileSync(path, "utf8")) as typeof notebook;
  } catch (error) {
    throw new UsageError(
      `${path} is not a notebook: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  mkdirSync(dirname(page), { recursive: true });
  writeFileSync(page, exportHtml(notebook, { title: basename(path, ".ipynb") }));
  out.note(`wrote ${relative(process.cwd(), page)}`);
  return EXIT.ok;
}

/** A corrupt or missing notebook is a matter of words. */
async function readable<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof NotebookFileError) throw new UsageError(error.message);
    throw error;
  }
}
