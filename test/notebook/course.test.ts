// Every notebook of the course, executed as others would: by Jupyter's own `jupyter execute`, with the kernel that
// is registered in the project's environment. Smoke size, one after the other.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ICell, INotebookContent } from "@jupyterlab/nbformat";
import { afterAll, describe, expect, test } from "vitest";
import { python, root } from "./jupyter.js";
import { unit06 } from "./unit06.tests.js";

const LIMIT_MS = 180_000;
mkdirSync(join(root, ".cache"), { recursive: true });
const folder = mkdtempSync(join(root, ".cache", "course-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EXECUTE = "from nbclient.cli import main; main()";
const execute = (path: string, output: string) =>
  promisify(execFile)(python, ["-c", EXECUTE, path, `--output=${output}`], {
    cwd: folder,
    env: { ...process.env, HB_MODE: "smoke" },
  });

const read = (path: string) => JSON.parse(readFileSync(path, "utf8")) as INotebookContent;
const names = readdirSync(join(root, "notebooks")).filter((name) => name.endsWith(".ipynb"));

describe("jupyter execute", () => {
  test("there are notebooks", () => expect(names.length).toBeGreaterThanOrEqual(2));

  for (const name of names) {
    test(
      `${name} runs to its end, every cell of it`,
      async () => {
        const output = join(folder, name);
        await execute(join(root, "notebooks", name), output);
        const code = read(output).cells.filter((cell) => cell.cell_type === "code");
        expect(code.map((cell) => cell["execution_count"])).toEqual(code.map((_, i) => i + 1));
        const outputs = code.flatMap((cell) => cell["outputs"] as { output_type: string }[]);
        expect(outputs.filter((o) => o.output_type === "error")).toEqual([]);
        expect(outputs.length).toBeGreaterThan(code.length / 2);
      },
      LIMIT_MS,
    );
  }

  describe("06-deadlocks.ipynb", () => unit06(() => read(join(folder, "06-deadlocks.ipynb"))));

  test(
    "a failing cell in a notebook of the course ends with exit code 1, and its error says which",
    async () => {
      const broken = read(join(root, "notebooks", names[0] as string));
      const planted: ICell = {
        cell_type: "code",
        id: "planted",
        metadata: {},
        source: 'throw new RangeError("planted in the second cell");',
        outputs: [],
        execution_count: null,
      };
      broken.cells.splice(1, 0, planted);
      const path = join(folder, "broken.ipynb");
      writeFileSync(path, JSON.stringify(broken));
      await expect(execute(path, join(folder, "broken-out.ipynb"))).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/RangeError: planted in the second cell/),
      });
    },
    LIMIT_MS,
  );
});
