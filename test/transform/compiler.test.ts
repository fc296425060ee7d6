import { createRequire } from "node:module";
import type ts from "typescript";
import { expect, test } from "vitest";
import { compileModule, explainMistakes, useCompiler } from "../../lib/transform/index.js";

const fromTslab = createRequire(createRequire(import.meta.url).resolve("tslab"));
const old = fromTslab("@tslab/typescript-for-tslab") as typeof ts;

test(`useCompiler: sentences and code are the same under TypeScript ${old.version}`, () => {
  const sources = [
    "await run(function* () {\n  yield mu.lock();\n});",
    "await run(() => {\n  yield* mu.lock();\n});",
    "await run(async () => {\n  await sleep(5);\n});",
    "run(function* () {\n  const v = ch.recv();\n  await (sleep(5));\n  for (const v of ch.recv()) {}\n});",
    "export const f = (x: number): string => String(x);",
    "export const broken = ;",
  ];
  const seen = () =>
    sources.map((source) => [
      explainMistakes(source),
      compileModule(`export {};\n${source}`, "x.ts").problems,
    ]);
  const before = seen();
  expect(sources.flatMap((source) => explainMistakes(source)).length).toBeGreaterThan(5);
  useCompiler(old);
  expect(seen()).toEqual(before);
});
