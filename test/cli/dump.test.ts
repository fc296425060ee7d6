// hb dump: a dump of a real Go program, from a file or a pipe.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dumpCommand, type Input } from "../../lib/cli/dump.js";
import { EXIT, UsageError } from "../../lib/cli/exit-code.js";
import type { Output } from "../../lib/cli/output.js";
import { explainGoDump } from "../../lib/event/index.js";
import { projectRoot } from "../../lib/grade/index.js";

const crossed = join(projectRoot(), "test", "event", "dumps", "crossed.txt");
const text = readFileSync(crossed, "utf8");

function listener(): Output & { printed: string[] } {
  const printed: string[] = [];
  return {
    printed,
    print: (line) => void printed.push(line),
    note: () => {},
    status: () => {},
    hasColor: false,
  };
}

function piped(content: string, isTTY = false): Input {
  return { isTTY, read: async () => content };
}

test("a file, a pipe and - are explained alike", async () => {
  for (const [file, input] of [
    [crossed, piped("")],
    [undefined, piped(text)],
    ["-", piped(text)],
  ] as const) {
    const out = listener();
    expect(await dumpCommand(file, {}, out, input)).toBe(EXIT.ok);
    expect(out.printed).toEqual([explainGoDump(text)]);
  }
  expect(explainGoDump(text)).toContain("cycle: ");
});

test("--json prints what was read", async () => {
  const out = listener();
  await dumpCommand(crossed, { json: true }, out);
  const data = JSON.parse(out.printed.join("")) as { goroutines: { id: number }[] };
  expect(data.goroutines.length).toBeGreaterThan(1);
});

test("what is no dump, no file, or nothing at all is a matter of words", async () => {
  const cases: [string | undefined, Input, RegExp][] = [
    [undefined, piped("hello"), /^no goroutine found: expected rows like/],
    ["/no/such/file", piped(""), /ENOENT/],
    [undefined, piped("", true), /^missing the dump: name a file, or pipe one in/],
  ];
  for (const [file, input, message] of cases) {
    const failing = dumpCommand(file, {}, listener(), input);
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toBeInstanceOf(UsageError);
  }
});

test("hb dump reads a pipe, and its exit codes are 0 and 2", () => {
  const hb = (input: string) =>
    spawnSync(process.execPath, [join(projectRoot(), "lib", "cli", "hb.mjs"), "dump"], {
      input,
      encoding: "utf8",
    });
  const good = hb(text);
  expect(good.stderr).not.toContain("hb:"); // a library that is out of date is built first, and that is said
  expect(good.stdout).toBe(`${explainGoDump(text)}\n`);
  expect(good.status).toBe(0);
  const bad = hb("nothing here");
  expect(bad.stderr).toMatch(/^hb: no goroutine found/m);
  expect(bad.status).toBe(2);
}, 120_000);
