// Every atomic access of the rooms of real threads says which order it needs, and whom it pairs with.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const ROOMS = ["threads", "mn", "bench"];
/** The text of litmus tests: which order an access has is what they are about. */
const EXCEPT = ["litmusbody.ts"];
const ACCESS = /Atomics\.(load|store|add|sub|and|or|xor|exchange|compareExchange)\(/;
/** A comment may stand so many lines above its access, or on the line below: a statement may be long. */
const ABOVE = 4;

/** The lines of a source whose access has no `// ORDER:` near it. */
function unexplained(source: string): number[] {
  const lines = source.split("\n");
  return lines.flatMap((line, i) => {
    if (!ACCESS.test(line) || /^\s*(\/\/|\*)/.test(line)) return [];
    const near = lines.slice(Math.max(0, i - ABOVE), i + 2);
    return near.some((one) => one.includes("ORDER:")) ? [] : [i + 1];
  });
}

for (const room of ROOMS) {
  test(`lib/${room}: an ORDER comment stands at every atomic access`, () => {
    const folder = new URL(`../../lib/${room}/`, import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && !EXCEPT.includes(name));
    const found = files.flatMap((name) =>
      unexplained(readFileSync(new URL(name, folder), "utf8")).map((line) => `${name}:${line}`),
    );
    expect(found).toEqual([]);
  });
}

test("planted: an access without the comment is found, one with it is not", () => {
  const bare = "Atomics.store(words, 0, 1);";
  expect(unexplained(`// ORDER: release\n${bare}\n\n\n\n\n\n${bare}\n`)).toEqual([8]);
});
