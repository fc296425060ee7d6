// The directive in cells, through the session that the kernel and headless runs use.
import { afterAll, expect, test, vi } from "vitest";
import type { CellOutcome } from "../../lib/notebook/cell.js";
import { Session } from "../../lib/notebook/session.js";

vi.setConfig({ testTimeout: 120_000 });

const session = new Session({});
afterAll(() => session.dispose());

const result = (outcome: CellOutcome): unknown =>
  outcome.status === "ok" ? outcome.result?.["text/plain"] : outcome.error.traceback.join("\n");

const IMPORT = 'import { explore, report, WaitGroup } from "happens-before";\n';
const MAIN = `const program = { setup() { counter = 0; return new WaitGroup(); }, *main(wg: WaitGroup) {
  for (let i = 0; i < 2; i++) wg.go(increment);
  yield* wg.wait();
  return counter;
} };\n`;
const EXPLORE = `(await explore(program, { schedules: 200, stopAt: "never" })).outcomes.map((o) => o.result).sort().join()`;

test("a cell with the directive loses an update of its own variable; the same cell without it does not", async () => {
  const cell = `${IMPORT}let counter = 0;\nfunction* increment() { counter++; }\n${MAIN}${EXPLORE}`;
  expect(result(await session.execute(cell))).toBe("2");
  expect(result(await session.execute(`"use interleaving";\n${cell}`))).toBe("1,2");
});

test("a variable of an earlier cell is shared with the cells that use it", async () => {
  await session.execute(`"use interleaving";\n${IMPORT}let counter = 0;\nconst box = { n: 0 };`);
  const cell = `"use interleaving";\nfunction* increment() { counter += 1; box.n++; }\n${MAIN}${EXPLORE}`;
  expect(result(await session.execute(cell))).toBe("1,2");
});

test("accesses stand at the learner's line and column, and errors too", async () => {
  const cell = `"use interleaving";
interface Shape { readonly n: number }
const trace = await report(program, { trace: true, strategy: "random" });
const writes = (trace.events ?? []).filter((event) => event.op === "write");
function* fails(): Generator { const shape: Shape | undefined = undefined as Shape | undefined; counter++; shape!.n; }
writes.map((event) => \`\${event.object} \${event.at?.line}:\${event.at?.column}\`).join(" ")`;
  const seen = String(result(await session.execute(cell, { file: "cell-9.ts" })));
  expect(seen).toContain("counter#1 2:25");
  expect(seen).toContain("n#1 2:43");
  const thrown = await session.execute("await (await import('happens-before')).run(fails as never)");
  expect(String(result(thrown))).toMatch(/cell-9\.ts:5:1\d\d/);
});

test("the value of the last expression is shown, with the directive as the first statement", async () => {
  expect(result(await session.execute('"use interleaving";\n1 + 1'))).toBe("2");
  expect(result(await session.execute('"use interleaving";'))).not.toBe("2");
});

test("what cannot be seen is said with its line of the cell", async () => {
  let text = "";
  const onOutput = (output: { kind: string; text?: string }) => {
    text += output.text ?? "";
  };
  const cell = `"use interleaving";
interface Box { n?: number }
function* drop(o: Box | undefined): Generator {
  return delete o?.n;
}`;
  await session.execute(cell, { file: "cell-7.ts", onOutput });
  expect(text).toBe("cell-7.ts:4:10 - a `delete` with `?.` is not seen: test for null first\n");
});
