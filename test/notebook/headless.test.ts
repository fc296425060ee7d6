// Headless runs: a notebook in Node alone. The planted failing cells show that a failure is seen.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test, vi } from "vitest";
import { type CellProgress, progressOn, runNotebook } from "../../lib/notebook/index.js";
import { whyUnwritten } from "../../lib/notebook/notebook-file.js";
import { python, root } from "./jupyter.js";

vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), "hb headless ö-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a notebook whose code cells have the names and sources given. */
function notebook(name: string, cells: Record<string, string>, tags: Record<string, string[]> = {}): string {
  const path = join(folder, `${name}.ipynb`);
  const code = Object.entries(cells).map(([id, source]) => ({
    cell_type: "code",
    id,
    metadata: tags[id] === undefined ? {} : { tags: tags[id] },
    execution_count: 7,
    outputs: [{ output_type: "stream", name: "stdout", text: "old output\n" }],
    source,
  }));
  const text = { cell_type: "markdown", id: "title", metadata: {}, source: "# A title" };
  const kernelspec = { name: "happens-before", display_name: "TypeScript", language: "typescript" };
  writeFileSync(
    path,
    JSON.stringify({ cells: [text, ...code], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }),
  );
  return path;
}

interface Written {
  readonly cells: readonly {
    readonly id: string;
    readonly execution_count?: number | null;
    readonly outputs?: readonly Readonly<Record<string, unknown>>[];
  }[];
}

const written = (path: string) => JSON.parse(readFileSync(path, "utf8")) as Written;

describe("runNotebook: a notebook without errors", () => {
  test("is executed and written, valid for Jupyter, with a page and with progress per cell", async () => {
    const path = notebook("good", {
      one: "const one = 1; console.log('hello'); console.log('again'); one",
      two: `import { newDisplay } from "tslab"; const live = newDisplay(); live.html("<i>first</i>");`,
      three: `live.html("<b>second</b>"); process.stdout.write("10%\\r20%\\r30%\\n"); process.cwd()`,
    });
    const [out, html] = [join(folder, "good.out.ipynb"), join(folder, "good.html")];
    const seen: CellProgress[] = [];
    const run = await runNotebook(path, { out, html, onCell: (progress) => seen.push(progress) });
    expect(run).toMatchObject({ ok: true, executedCells: 3 });
    expect(seen.map(({ id, state }) => `${id} ${state}`)).toEqual([
      "one running",
      "one ok",
      "two running",
      "two ok",
      "three running",
      "three ok",
    ]);
    const [, one, two, three] = written(out).cells;
    expect(one?.execution_count).toBe(1);
    expect(one?.outputs).toEqual([
      { name: "stdout", output_type: "stream", text: ["hello\n", "again\n"] },
      { data: { "text/plain": ["1"] }, execution_count: 1, metadata: {}, output_type: "execute_result" },
    ]);
    expect(two?.outputs?.[0]?.["data"]).toEqual({ "text/html": ["<b>second</b>"] });
    expect(three?.outputs?.[0]?.["text"]).toEqual(["30%\n"]);
    expect(three?.outputs?.[1]?.["data"]).toEqual({ "text/plain": [folder] });
    const validate = `import sys, nbformat; nbformat.validate(nbformat.read(sys.argv[1], as_version=4))`;
    await promisify(execFile)(python, ["-W", "error", "-c", validate, out]);
    expect(readFileSync(html, "utf8")).toContain("<b>second</b>");
  });
});

describe("runNotebook: a planted failing cell", () => {
  const cells = {
    fine: "1",
    broken: "let x: number = 2;\nthrow new Error('planted');",
    after: "console.log('ran')",
  };

  test("ends the run, is named, and its error is in the written notebook", async () => {
    const out = join(folder, "failing.out.ipynb");
    const run = await runNotebook(notebook("failing", cells), { out });
    expect(run).toMatchObject({
      ok: false,
      executedCells: 2,
      failedCell: { id: "broken", number: 2, error: { ename: "Error", evalue: "planted" } },
    });
    expect(run.failedCell?.error.traceback.join("\n")).toContain("cell-2.ts:2:7");
    const [, , broken, after] = written(out).cells;
    expect(broken?.outputs?.[0]).toMatchObject({ output_type: "error", ename: "Error", evalue: "planted" });
    expect(after).toMatchObject({ execution_count: null, outputs: [] });
  });

  test("with allowErrors the following cells run, and the run has failed all the same", async () => {
    const run = await runNotebook(notebook("allowed", cells), { allowErrors: true });
    expect(run).toMatchObject({ ok: false, executedCells: 3, failedCell: { id: "broken" } });
  });

  test("with the tag raises-exception it is no failure", async () => {
    const run = await runNotebook(notebook("tagged", cells, { broken: ["raises-exception"] }));
    expect(run).toMatchObject({ ok: true, executedCells: 3 });
  });

  test("a type error fails too", async () => {
    const run = await runNotebook(notebook("types", { wrong: "const n: number = 'x';" }));
    expect(run).toMatchObject({ ok: false, failedCell: { id: "wrong", error: { ename: "CompileError" } } });
  });
});

describe("runNotebook: runaway cells", () => {
  for (const [name, source] of Object.entries({
    "a loop": "for (;;);",
    "an await without end": "await new Promise(() => {});",
  })) {
    test(`${name} is stopped at the time limit`, async () => {
      const run = await runNotebook(notebook("slow", { slow: source }), { timeoutMs: 1_000 });
      expect(run.failedCell?.error).toMatchObject({
        ename: "CellTimeout",
        evalue: "the cell took longer than 1 s and was stopped",
      });
    });
  }

  test("a signal stops the run with an InterruptError", async () => {
    const stop = new AbortController();
    const run = await runNotebook(notebook("stopped", { first: "for (;;);", second: "2" }), {
      signal: stop.signal,
      allowErrors: true,
      onCell: () => stop.abort(),
    });
    expect(run).toMatchObject({
      ok: false,
      executedCells: 1,
      failedCell: { error: { ename: "InterruptError" } },
    });
  });

  test("a cell that uses all memory ends in one sentence", async () => {
    const source = "const all: number[][] = []; for (;;) all.push(new Array(100_000).fill(1.5));";
    const run = await runNotebook(notebook("memory", { hungry: source }));
    expect(run.failedCell?.error.evalue).toMatch(
      /^the cell used more than \d+ MB of memory and was stopped\./,
    );
  });
});

describe("runNotebook: bad input", () => {
  const bad: Record<string, [text: string | undefined, message: RegExp]> = {
    "a missing file": [undefined, /missing\.ipynb: there is no such file$/],
    "half a file": ['{"cells": [', /not a notebook: .*JSON/],
    "something else": ["[1, 2]", /not a notebook: expected nbformat 4, got none$/],
    "an old notebook": ['{"nbformat": 3, "worksheets": []}', /expected nbformat 4, got 3; open and save it/],
    "a cell without source": ['{"nbformat": 4, "cells": [{"cell_type": "code"}]}', /cell 1 has no source$/],
  };
  for (const [name, [text, message]] of Object.entries(bad)) {
    test(`${name} is one clear message`, async () => {
      const path = join(folder, "missing.ipynb");
      rmSync(path, { force: true });
      if (text !== undefined) writeFileSync(path, text);
      await expect(runNotebook(path)).rejects.toThrow(message);
    });
  }

  test("a folder that does not exist for the result is one clear message", async () => {
    const run = runNotebook(notebook("nowhere", { one: "1" }), { out: join(folder, "no", "where.ipynb") });
    await expect(run).rejects.toThrow(/where\.ipynb: cannot be written: its folder does not exist$/);
  });

  for (const code of ["EACCES", "EROFS", "EPERM"]) {
    test(`a read-only folder (${code}) is said in plain words`, () => {
      expect(whyUnwritten(Object.assign(new Error("raw text"), { code }))).toBe("the folder is read-only");
    });
  }
});

describe("progressOn", () => {
  test("writes a line per cell where there is no terminal", () => {
    let text = "";
    const stream = { write: (piece: string) => (text += piece) } as unknown as NodeJS.WritableStream;
    const tell = progressOn(stream);
    tell({ number: 1, total: 2, id: "one", state: "running", elapsedMs: 0 });
    tell({ number: 1, total: 2, id: "one", state: "ok", elapsedMs: 1_234 });
    expect(text).toBe("[1/2] one: ok (1.2 s)\n");
  });
});

describe("nbclient over the kernel", () => {
  const execute = (path: string) =>
    promisify(execFile)(python, [join(root, "test", "notebook", "nbclient-run.py"), process.execPath, path]);

  test("executes a notebook with exit code 0", async () => {
    const path = notebook("nbclient-good", { one: "const one = 1; one", two: "console.log(one + 1)" });
    expect((await execute(path)).stdout).toContain("2\n");
  });

  test("ends with an error that names the planted one, and skips nothing that is tolerated", async () => {
    const failing = notebook("nbclient-bad", {
      one: "throw new RangeError('planted')",
      two: "console.log('ran')",
    });
    await expect(execute(failing)).rejects.toThrow(/RangeError: planted/);
    const tolerated = notebook(
      "nbclient-tolerated",
      { one: "throw new RangeError('planted')", two: "console.log('ran')" },
      { one: ["raises-exception"] },
    );
    expect((await execute(tolerated)).stdout).toContain("ran\n");
  });
});
