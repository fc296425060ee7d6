// mergeNotebook: whatever the learner and the course have done, no text of the learner's is lost.
import type { ICell, INotebookContent } from "@jupyterlab/nbformat";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeNotebook } from "../../lib/course/index.js";

type Made = [id: string, source: string];

function notebook(cells: readonly Made[], metadata: object = {}): INotebookContent {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: metadata as INotebookContent["metadata"],
    cells: cells.map(([id, source]) => code(id, source)),
  };
}

function code(id: string, source: string, outputs: unknown[] = []): ICell {
  return { cell_type: "code", id, source, metadata: {}, execution_count: null, outputs } as unknown as ICell;
}

const made = ({ cells }: INotebookContent): Made[] =>
  cells.map((cell) => [String(cell["id"]), String(cell.source)]);

describe("examples", () => {
  const base = notebook([
    ["a", "1"],
    ["b", "2"],
    ["c", "3"],
  ]);

  test("a new cell stands where the lesson has it; the learner's own stays behind its neighbour", () => {
    const own = notebook([
      ["a", "1"],
      ["mine", "my note"],
      ["b", "2"],
      ["c", "3"],
    ]);
    const next = notebook([
      ["a", "1"],
      ["new", "n"],
      ["b", "2"],
      ["c", "3"],
    ]);
    const { notebook: merged, notes } = mergeNotebook(base, own, next);
    expect(made(merged)).toEqual([
      ["a", "1"],
      ["mine", "my note"],
      ["new", "n"],
      ["b", "2"],
      ["c", "3"],
    ]);
    expect(notes).toEqual({ added: ["new"], updated: [], removed: [], kept: [] });
  });

  test("a changed cell comes if the learner has not touched theirs, and stays theirs if they have", () => {
    const own = notebook([
      ["a", "1"],
      ["b", "2, by me"],
      ["c", "3"],
    ]);
    const next = notebook([
      ["a", "one"],
      ["b", "two"],
      ["c", "3"],
    ]);
    const { notebook: merged, notes } = mergeNotebook(base, own, next);
    expect(made(merged)).toEqual([
      ["a", "one"],
      ["b", "2, by me"],
      ["c", "3"],
    ]);
    expect(notes).toEqual({ added: [], updated: ["a"], removed: [], kept: ["b"] });
  });

  test("a cell that left the lesson goes, unless the learner has changed it", () => {
    const own = notebook([
      ["a", "1"],
      ["b", "2, by me"],
      ["c", "3"],
    ]);
    const { notebook: merged, notes } = mergeNotebook(base, own, notebook([["c", "3"]]));
    expect(made(merged)).toEqual([
      ["b", "2, by me"],
      ["c", "3"],
    ]);
    expect(notes.removed).toEqual(["a"]);
  });

  test("a cell that the learner deleted does not come back", () => {
    const own = notebook([
      ["a", "1"],
      ["c", "3"],
    ]);
    const next = notebook([
      ["a", "1"],
      ["b", "two"],
      ["c", "3"],
      ["d", "4"],
    ]);
    expect(made(mergeNotebook(base, own, next).notebook)).toEqual([
      ["a", "1"],
      ["c", "3"],
      ["d", "4"],
    ]);
  });

  test("cells that the learner has moved stay where they are", () => {
    const own = notebook([
      ["c", "3"],
      ["a", "1"],
      ["b", "2"],
    ]);
    const next = notebook([
      ["a", "1"],
      ["new", "n"],
      ["b", "2"],
      ["c", "3"],
    ]);
    expect(made(mergeNotebook(base, own, next).notebook).map(([id]) => id)).toEqual(["c", "a", "new", "b"]);
  });

  test("outputs stay with a cell whose text stays, and go with one that is replaced", () => {
    const outputs = [{ output_type: "stream", name: "stdout", text: "seen" }];
    const own = { ...base, cells: [code("a", "1", outputs), code("b", "2", outputs), code("c", "3")] };
    const next = notebook([
      ["a", "1"],
      ["b", "two"],
      ["c", "3"],
    ]);
    const { cells } = mergeNotebook(base, own, next).notebook;
    expect(cells.map((cell) => (cell["outputs"] as unknown[]).length)).toEqual([1, 0, 0]);
  });

  test("metadata: the lesson's keys come, the learner's and Jupyter's stay", () => {
    const was = notebook([["a", "1"]], { title: "old", kernelspec: "k" });
    const own = notebook([["a", "1"]], { title: "old", kernelspec: "k2", mine: 1 });
    const next = notebook([["a", "1"]], { title: "new", kernelspec: "k3", more: 2 });
    expect(mergeNotebook(was, own, next).notebook.metadata).toEqual({
      title: "new",
      kernelspec: "k2",
      mine: 1,
      more: 2,
    });
  });

  test("where nobody knows what the learner got, every difference is theirs, and new cells come", () => {
    const own = notebook([
      ["a", "old text"],
      ["b", "2"],
    ]);
    const { notebook: merged, isChanged } = mergeNotebook(undefined, own, base);
    expect(made(merged)).toEqual([
      ["a", "old text"],
      ["b", "2"],
      ["c", "3"],
    ]);
    expect(isChanged).toBe(true);
  });
});

describe("properties", () => {
  const ids = ["a", "b", "c", "d", "e", "f", "g"];
  const lesson = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...ids), fc.constantFrom("1", "2", "3")), {
      selector: ([id]) => id,
    })
    .map((cells) => notebook(cells as Made[], { v: cells.length }));
  const edit = fc.oneof(
    fc.record({ kind: fc.constant("write" as const), at: fc.nat(9), text: fc.string({ maxLength: 3 }) }),
    fc.record({ kind: fc.constant("change" as const), at: fc.nat(9), text: fc.string({ maxLength: 3 }) }),
    fc.record({ kind: fc.constant("delete" as const), at: fc.nat(9) }),
    fc.record({ kind: fc.constant("move" as const), at: fc.nat(9), to: fc.nat(9) }),
  );
  const edits = fc.array(edit, { maxLength: 6 });
  type Edit = typeof edit extends fc.Arbitrary<infer E> ? E : never;

  /** The learner at work; returns the notebook and the texts that are theirs. */
  function worked(base: INotebookContent, all: readonly Edit[]): { own: INotebookContent; texts: string[] } {
    const cells = [...base.cells];
    const theirs = new Set<ICell>();
    all.forEach((one, n) => {
      const at = cells.length === 0 ? 0 : one.at % (cells.length + (one.kind === "write" ? 1 : 0));
      if (one.kind === "write") {
        const cell = code(`own-${n}`, `own ${one.text}`);
        theirs.add(cell);
        cells.splice(at, 0, cell);
      } else if (cells.length > 0) {
        const [cell] = cells.splice(at, 1) as [ICell];
        if (one.kind === "change") {
          const changed = { ...cell, source: `changed ${n} ${one.text}` };
          theirs.add(changed);
          cells.splice(at, 0, changed);
        } else if (one.kind === "move") cells.splice(one.to % (cells.length + 1), 0, cell);
      }
    });
    return {
      own: { ...base, cells },
      texts: cells.filter((c) => theirs.has(c)).map((c) => String(c.source)),
    };
  }

  test("no text of the learner's is lost, and no cell is there twice", () => {
    fc.assert(
      fc.property(lesson, edits, lesson, (base, all, next) => {
        const { own, texts } = worked(base, all);
        const cells = made(mergeNotebook(base, own, next).notebook);
        const left = cells.map(([, source]) => source);
        for (const text of texts) {
          const at = left.indexOf(text);
          if (at < 0) throw new Error(`lost: ${text}`);
          left.splice(at, 1);
        }
        expect(new Set(cells.map(([id]) => id)).size).toBe(cells.length);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test("nothing new in the lesson, nothing changes", () => {
    fc.assert(
      fc.property(lesson, edits, (base, all) => {
        const { own } = worked(base, all);
        const merged = mergeNotebook(base, own, base);
        expect(merged.notebook).toEqual(own);
        expect(merged.isChanged).toBe(false);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test("nothing done by the learner, the lesson wins", () => {
    fc.assert(
      fc.property(lesson, lesson, (base, next) => {
        const merged = mergeNotebook(base, base, next).notebook;
        const hasMoved =
          made(merged)
            .map(([id]) => id)
            .join() !==
          made(next)
            .map(([id]) => id)
            .join();
        expect([...made(merged)].sort()).toEqual([...made(next)].sort());
        expect(hasMoved).toBe(false);
        expect(merged.metadata).toEqual(next.metadata);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test("once is enough: done again, before and after the record is brought up to date, it changes nothing", () => {
    fc.assert(
      fc.property(lesson, edits, lesson, (base, all, next) => {
        const merged = mergeNotebook(base, worked(base, all).own, next).notebook;
        expect(mergeNotebook(next, merged, next).isChanged).toBe(false);
        expect(made(mergeNotebook(base, merged, next).notebook).sort()).toEqual(made(merged).sort());
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test("a planted merge that forgets changed cells is found by the first property", () => {
    const forgetful = (base: INotebookContent, own: INotebookContent, next: INotebookContent) => ({
      ...next,
      cells: [...next.cells, ...own.cells.filter((c) => !base.cells.some((b) => b["id"] === c["id"]))],
    });
    const lost = fc.check(
      fc.property(lesson, edits, lesson, (base, all, next) => {
        const { own, texts } = worked(base, all);
        const left = made(forgetful(base, own, next)).map(([, source]) => source);
        return texts.every((text) => left.includes(text));
      }),
      { numRuns: 500, seed: 1 },
    );
    expect(lost.failed).toBe(true);
  });
});
