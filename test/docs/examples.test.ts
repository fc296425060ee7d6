// Every `@example` in lib/ runs, and prints what its `// prints:` comments say, in that order.
import { inspect } from "node:util";
import ts from "typescript";
import { describe, expect, test, vi } from "vitest";
import { type Example, examples, ROOT, wantedOf } from "./examples.js";

const ENTRIES = {
  main: "happens-before",
  threads: "happens-before/threads",
  bench: "happens-before/bench",
  mn: "happens-before/mn",
  plot: "happens-before/plot",
  lesson: "happens-before/lesson",
  check: "happens-before/check",
};

/** Rooms of the racetrack: where a name means two things (Mutex), theirs is the one over shared memory. */
const RACETRACK = ["threads", "bench"];

/** Imports whatever an example names; its own module's exports win, then its side of the house. */
async function scope({ file, room }: Example): Promise<Record<string, unknown>> {
  const { main, threads, ...rest } = ENTRIES;
  const sides = RACETRACK.includes(room) ? [main, threads] : [threads, main];
  const names: Record<string, unknown> = {};
  for (const entry of [...Object.values(rest), ...sides]) Object.assign(names, await import(entry));
  return Object.assign(names, await import(new URL(file, ROOT).href));
}

async function printed(example: Example): Promise<string> {
  const out: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...args: unknown[]) => {
    out.push(args.map((a) => (typeof a === "string" ? a : inspect(a))).join(" "));
  });
  try {
    const names = await scope(example);
    for (const [, list = "", from = ""] of example.code.matchAll(
      /^import \{ (.*) \} from "(node:\w+)";$/gm,
    )) {
      const module = (await import(from)) as Record<string, unknown>;
      for (const name of list.split(", ")) names[name] = module[name];
    }
    const body = example.code.replace(/^import .*$/gm, "");
    const js = ts.transpile(`(async function () {\n${body}\n})`, { target: ts.ScriptTarget.ES2022 });
    const make = new Function(
      ...Object.keys(names),
      `return ${js
        .replace(/^"use strict";/, "")
        .trim()
        .replace(/;$/, "")}`,
    );
    await make(...Object.values(names))();
  } finally {
    log.mockRestore();
  }
  return out.join(" ");
}

describe("examples in docstrings", () => {
  test("there are some", () => expect(examples.length).toBeGreaterThan(10));
  for (const example of examples) {
    test(`${example.title} runs and prints what it says`, async () => {
      expect(await printed(example)).toBe(wantedOf(example));
    });
  }
});
