// The session without Jupyter: order, outputs, ends.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { CellOutcome } from "../../lib/notebook/cell.js";
import { Session } from "../../lib/notebook/session.js";

vi.setConfig({ testTimeout: 60_000 });

const folder = realpathSync(mkdtempSync(join(tmpdir(), "hb session ö-")));
const session = new Session({ cwd: folder, memoryMb: 96 });
afterAll(() => {
  session.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const result = (outcome: CellOutcome) =>
  outcome.status === "ok" ? outcome.result?.["text/plain"] : outcome.error.ename;

describe("Session", () => {
  test("runs cells in the order of the calls, one at a time", async () => {
    const cells = ["let order = ''; await null; order += 'a';", "order += 'b';", "order += 'c'; order"];
    expect(result((await Promise.all(cells.map((cell) => session.execute(cell))))[2]!)).toBe("abc");
  });

  test("runs cells in the folder of the notebook, with modules from the project", async () => {
    expect(result(await session.execute("process.cwd()"))).toBe(folder);
    expect(result(await session.execute(`import { Mutex } from "happens-before"; typeof Mutex`))).toBe(
      "function",
    );
  });

  test("maps the frames of goroutines to the lines of their cells", async () => {
    const outcome = await session.execute(
      `import { run } from "happens-before";\nawait run(function* main() {\n  throw new Error("in a goroutine");\n});`,
      { file: "cell-77.ts" },
    );
    expect(JSON.stringify(outcome)).toMatch(/PanicError.*main.*cell-77\.ts:3:9/);
  });

  test("shows an operation that nobody performs, of an earlier cell's mutex too", async () => {
    await session.execute(`import { Mutex as M2, type Go } from "happens-before"; const mu2 = new M2();`);
    let text = "";
    const onOutput = (output: { kind: string; text?: string }) => {
      text += output.text ?? "";
    };
    await session.execute("function* right(): Go {\n  yield* mu2.lock();\n}", { onOutput });
    expect(text).toBe("");
    await session.execute("function* wrong(): Go {\n  mu2.lock();\n}", { onOutput, file: "cell-9.ts" });
    expect(text).toMatch(
      /^cell-9\.ts:2:3 - `mu2\.lock\(\)` only describes an operation.*`yield\* mu2\.lock\(\);`/,
    );
  });

  test("accepts a variable whose type has no name outside its module", async () => {
    expect(result(await session.execute(`const fs = await import("node:fs"); typeof fs.readFileSync`))).toBe(
      "function",
    );
    expect(result(await session.execute(`fs.existsSync("/")`))).toBe("true");
  });

  test("prints promises as if no hook had written on them, and shows no timer", async () => {
    let text = "";
    const onOutput = (output: { kind: string; text?: string }) => {
      text += output.text ?? "";
    };
    const shown = await session.execute("console.log([Promise.resolve(1)]); new Promise(() => {})", {
      onOutput,
    });
    expect([text.replace(/\s+/g, " "), result(shown)]).toEqual([
      "[ Promise { 1 } ] ",
      "Promise { <pending> }",
    ]);
    expect(result(await session.execute("({ [Symbol('own')]: 1 })"))).toMatch(/Symbol\(own\)/);
    expect(await session.execute("setTimeout(() => {}, 1)")).toEqual({ status: "ok" });
  });

  test("ends a cell by its signal, also when that was given before", async () => {
    expect(result(await session.execute("for (;;);", { signal: AbortSignal.abort() }))).toBe(
      "InterruptError",
    );
    expect(result(await session.execute("1 + 1"))).toBe("2");
  });

  test("says that a cell used too much memory, and goes on in a new process", async () => {
    const outcome = await session.execute(
      "const all: number[][] = []; for (;;) all.push(new Array(50_000).fill(0.5));",
    );
    expect(outcome).toMatchObject({
      error: {
        ename: "OutOfMemory",
        evalue:
          "the cell used more than 96 MB of memory and was stopped. All variables are gone; run the notebook again from the top.",
      },
    });
    expect(result(await session.execute("2 + 2"))).toBe("4");
  });

  test("rewrites cells by its transform, with positions of the cell as it was written", async () => {
    const doubled = new Session({
      cwd: folder,
      transform: (code, file) => {
        const map = { version: 3, sources: [file], names: [], mappings: ";;AAAA;AACA;AACA" };
        return { code: `// added\n// added\n${code.replace("ANSWER", "40 + 2")}`, map: JSON.stringify(map) };
      },
    });
    expect(result(await doubled.execute("declare const ANSWER: number; ANSWER"))).toBe("42");
    const failing = await doubled.execute("1;\nthrow new Error('here')");
    expect(JSON.stringify(failing)).toContain("cell-2.ts:2:");
    doubled.dispose();
  });

  test("answers a running and a later cell when it is disposed", async () => {
    const ending = new Session({ cwd: folder });
    let running = Promise.resolve<CellOutcome>({ status: "ok" });
    await new Promise<void>((resolve) => {
      running = ending.execute(`console.log("go"); await new Promise(() => {})`, {
        onOutput: () => resolve(),
      });
    });
    ending.dispose();
    expect(result(await running)).toBe("SessionEnded");
    expect(result(await ending.execute("1"))).toBe("SessionEnded");
  });
});
