// Headless: a notebook from top to bottom in Node alone, with the session that JupyterLab's kernel uses.
import { dirname, resolve } from "node:path";
import type { ICodeCell, INotebookContent } from "@jupyterlab/nbformat";
import type { CellError, CellOutcome } from "./cell.js";
import { exportHtml } from "./html.js";
import { readNotebook, writeNotebook, writeWhole } from "./notebook-file.js";
import { NotebookOutputs } from "./notebook-outputs.js";
import { Session } from "./session.js";

/** Where a run stands. */
export interface CellProgress {
  /** The number of the code cell, from 1. */
  readonly number: number;
  /** How many code cells there are. */
  readonly total: number;
  readonly id: string;
  readonly state: "running" | "ok" | "error";
  readonly elapsedMs: number;
}

export interface RunNotebookOptions {
  /** Where to write the executed notebook, also after a failure. Not written when not given. */
  readonly out?: string;
  /** Where to write the HTML page, also after a failure. Not written when not given. */
  readonly html?: string;
  /** Called when a cell begins and when it ends. */
  readonly onCell?: (progress: CellProgress) => void;
  /** The longest that one cell may take, in ms. Default 600,000. */
  readonly timeoutMs?: number;
  /** True goes on after a failing cell. The run has failed all the same. */
  readonly allowErrors?: boolean;
  /** Ends the run as Ctrl-C does: the running cell gets an `InterruptError`. */
  readonly signal?: AbortSignal;
}

export interface NotebookRun {
  /** True when no cell failed, but for those tagged `raises-exception`. */
  readonly ok: boolean;
  /** The first cell that failed. */
  readonly failedCell?: { readonly id: string; readonly number: number; readonly error: CellError };
  readonly executedCells: number;
  readonly elapsedMs: number;
  readonly notebook: INotebookContent;
}

/**
 * Runs all code cells of a notebook in order, in the notebook's folder, until one fails.
 *
 * `HB_MODE` passes through to the cells.
 *
 * @throws {NotebookFileError} when the notebook cannot be read or the results cannot be written
 */
export async function runNotebook(path: string, options: RunNotebookOptions = {}): Promise<NotebookRun> {
  const startedMs = performance.now();
  const notebook = readNotebook(path);
  const session = new Session({ cwd: dirname(resolve(path)) });
  try {
    const run = new Run(notebook, session, options);
    const failedCell = await run.all();
    const executed = run.executed();
    if (options.out !== undefined) writeNotebook(options.out, executed);
    if (options.html !== undefined) writeWhole(options.html, exportHtml(executed));
    return {
      ok: failedCell === undefined,
      ...(failedCell === undefined ? {} : { failedCell }),
      executedCells: run.executedCells,
      elapsedMs: performance.now() - startedMs,
      notebook: executed,
    };
  } finally {
    session.dispose();
  }
}

const DEFAULT_TIMEOUT_MS = 600_000;

class Run {
  readonly #notebook: INotebookContent;
  readonly #session: Session;
  readonly #options: RunNotebookOptions;
  readonly #outputs = new NotebookOutputs();
  readonly #counts = new Map<string, number>();

  constructor(notebook: INotebookContent, session: Session, options: RunNotebookOptions) {
    this.#notebook = notebook;
    this.#session = session;
    this.#options = options;
  }

  get executedCells(): number {
    return this.#counts.size;
  }

  async all(): Promise<NotebookRun["failedCell"]> {
    const cells = this.#notebook.cells.filter(isCode).filter((cell) => sourceOf(cell).trim() !== "");
    let failed: NotebookRun["failedCell"];
    for (const [index, cell] of cells.entries()) {
      const error = await this.#runCell(cell, { number: index + 1, total: cells.length, id: idOf(cell) });
      if (error === undefined || hasTag(cell, "raises-exception")) continue;
      failed ??= { id: idOf(cell), number: index + 1, error };
      if (this.#options.allowErrors !== true || this.#options.signal?.aborted === true) break;
    }
    return failed;
  }

  /** The notebook with the outputs of this run and no others. */
  executed(): INotebookContent {
    const cells = this.#notebook.cells.map((cell) =>
      isCode(cell)
        ? {
            ...cell,
            execution_count: this.#counts.get(idOf(cell)) ?? null,
            outputs: this.#outputs.of(idOf(cell)),
          }
        : cell,
    );
    return { ...this.#notebook, cells };
  }

  async #runCell(
    cell: ICodeCell,
    at: Pick<CellProgress, "number" | "total" | "id">,
  ): Promise<CellError | undefined> {
    const startedMs = performance.now();
    const tell = (state: CellProgress["state"]) =>
      this.#options.onCell?.({ ...at, state, elapsedMs: performance.now() - startedMs });
    tell("running");
    this.#counts.set(at.id, at.number);
    const outcome = await this.#execute(cell, at);
    if (outcome.status === "ok" && outcome.result !== undefined) {
      this.#outputs.addResult(at.id, at.number, outcome.result);
    }
    if (outcome.status === "error") this.#outputs.addError(at.id, outcome.error);
    tell(outcome.status);
    return outcome.status === "error" ? outcome.error : undefined;
  }

  async #execute(cell: ICodeCell, { id, number }: { id: string; number: number }): Promise<CellOutcome> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = this.#options;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    const outcome = await this.#session.execute(sourceOf(cell), {
      file: `cell-${number}.ts`,
      onOutput: (output) => this.#outputs.add(id, output),
      signal: signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]),
    });
    clearTimeout(timer);
    if (outcome.status === "ok" || !limit.signal.aborted || signal?.aborted === true) return outcome;
    const evalue = `the cell took longer than ${timeoutMs / 1000} s and was stopped`;
    const traceback = [`CellTimeout: ${evalue}`, ...outcome.error.traceback.slice(1)];
    return { status: "error", error: { ename: "CellTimeout", evalue, traceback } };
  }
}

function isCode(cell: INotebookContent["cells"][number]): cell is ICodeCell {
  return cell.cell_type === "code";
}

function idOf(cell: ICodeCell): string {
  const { id } = cell as { id?: unknown };
  return String(id);
}

function sourceOf(cell: ICodeCell): string {
  return typeof cell.source === "string" ? cell.source : cell.source.join("");
}

function hasTag(cell: ICodeCell, tag: string): boolean {
  const { tags } = cell.metadata as { tags?: unknown };
  return Array.isArray(tags) && tags.includes(tag);
}
