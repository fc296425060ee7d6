// Every primitive and scenario of real threads works in a notebook cell, in ten lines: the examples of its docstrings
// are run as a learner would run them, with the types that a cell sees.
import { afterAll, beforeAll, expect, test } from "vitest";
import { Session } from "../../lib/notebook/session.js";
import { type Example, examples, wantedOf } from "../docs/examples.js";

const ENTRIES = [
  "happens-before/threads",
  "happens-before/mn",
  "happens-before/bench",
  "happens-before/plot",
  "happens-before",
];
const ROOMS = ["threads", "mn", "bench"];
const MOST_LINES = 10;

let session: Session;
const exported: Record<string, readonly string[]> = {};
beforeAll(async () => {
  session = new Session();
  session.warmUp();
  for (const entry of ENTRIES) exported[entry] = Object.keys((await import(entry)) as object);
}, 60_000);
afterAll(() => session.dispose());

/** The imports that an example needs, each name from the first entry that has it, its own room's before all. */
function importsFor({ code, room }: Example): string {
  const declared = new Set([...code.matchAll(/\b(?:const|function\*?|class)\s+(\w+)/g)].map((m) => m[1]));
  const taken = new Set<string>();
  const own = ENTRIES.filter((entry) => entry.endsWith(`/${room}`));
  const lines = [...own, ...ENTRIES].map((entry) => {
    const names = (exported[entry] ?? []).filter(
      (name) => !taken.has(name) && !declared.has(name) && new RegExp(`(?<![.\\w])${name}\\b`).test(code),
    );
    for (const name of names) taken.add(name);
    return names.length === 0 ? "" : `import { ${names.join(", ")} } from "${entry}";\n`;
  });
  return lines.join("");
}

const shown = examples.filter(({ room }) => ROOMS.includes(room));

test("there is an example for most of what real threads offer", () =>
  expect(shown.length).toBeGreaterThan(30));

test.each(shown.map((example) => [example.title, example] as const))(
  "%s works in a cell",
  async (_, example) => {
    const { code } = example;
    let out = "";
    const outcome = await session.execute(
      `{\n${code.replace(/^import .*$/gm, "")}\n}`.replace(/^/, importsFor(example)),
      {
        onOutput: (output) => {
          if (output.kind === "stream" && output.name === "stdout") out += output.text;
        },
      },
    );
    if (outcome.status === "error") expect.fail(outcome.error.traceback.join("\n"));
    expect(out.trimEnd().replaceAll("\n", " ")).toBe(wantedOf(example));
    expect(code.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(MOST_LINES);
  },
);
