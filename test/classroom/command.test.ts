// hb grade as a teacher types it: exit codes, Ctrl-C and a kill -9 in the middle.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../lib/grade/index.js";
import { type Files, folderOf } from "./tree.js";

const ROOT = projectRoot();
const WAIT = "00-start-here/wait";
const LONG_MS = 180_000;
const solution = readFileSync(join(ROOT, "solutions", `${WAIT}.ts`), "utf8");

const folders: { remove(): void }[] = [];
afterAll(() => folders.forEach((folder) => void folder.remove()));

function folder(files: Files = {}): string {
  const made = folderOf(files);
  folders.push(made);
  return made.path;
}

/** `n` submissions that differ in a comment. */
const class_ = (n: number): string =>
  folder(
    Object.fromEntries(
      Array.from({ length: n }, (_, i) => [`student ${i}/wait.ts`, `${solution}// by ${i}\n`]),
    ),
  );

/** The command's own module, as built. */
function hb(...words: string[]): {
  child: ChildProcess;
  ended: Promise<{ code: number | null; output: string }>;
} {
  const script =
    "import(process.argv[1]).then((m) => m.main(process.argv.slice(2))).then((c) => { process.exitCode = c; });";
  const main = join(ROOT, ".build", "lib", "cli", "main.js");
  const child = spawn(process.execPath, ["-e", script, main, ...words], {
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, output }));
  });
  return { child, ended };
}

/** The records that are there. */
function records(out: string): string[] {
  const below = join(out, "submissions");
  if (!existsSync(below)) return [];
  return readdirSync(below, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
}

const seen = (out: string, n: number) =>
  expect.poll(() => records(out).length, { timeout: 60_000, interval: 5 }).toBeGreaterThanOrEqual(n);

describe("hb grade", () => {
  test(
    "killed with -9 in the middle it leaves whole results, and the next run does the rest",
    async () => {
      const [submissions, out] = [class_(8), folder()];
      const first = hb("grade", submissions, "--isolation", "auto", "--out", out, "--jobs", "1");
      await seen(out, 2);
      first.child.kill("SIGKILL");
      await first.ended;
      const before = records(out);
      expect(before.length).toBeLessThan(8);
      for (const name of before) {
        const record = JSON.parse(readFileSync(join(out, "submissions", name), "utf8")) as {
          result: { status: string };
        };
        expect(record.result.status).toBe("pass");
      }
      const { code, output } = await hb("grade", submissions, "--isolation", "auto", "--out", out, "--json")
        .ended;
      expect(code, output).toBe(0);
      expect(output).toContain(`"kept": ${before.length}`);
      expect(output).toContain(`"graded": ${8 - before.length}`);
    },
    LONG_MS,
  );

  test(
    "interrupted with Ctrl-C it writes table and page of what was graded, and exits with 130",
    async () => {
      const [submissions, out] = [class_(8), folder()];
      const run = hb("grade", submissions, "--isolation", "auto", "--out", out, "--jobs", "1");
      await seen(out, 1);
      run.child.kill("SIGINT");
      const { code, output } = await run.ended;
      expect(code, output).toBe(130);
      expect(output).toMatch(/\d are not graded yet/);
      expect(readFileSync(join(out, "class.html"), "utf8")).toMatch(/\d not graded yet/);
    },
    LONG_MS,
  );

  const MISTAKES: [what: string, words: string[], says: RegExp][] = [
    ["a folder that there is not", ["nowhere", "--out", "x"], /^hb: there is no folder or file nowhere$/m],
    [
      "nothing to grade",
      [folder({ "a.txt": "" }), "--out", folder()],
      /^hb: no submission was recognised in /m,
    ],
    [
      "a shard that is none",
      [folder(), "--out", folder(), "--shard", "9/8"],
      /^hb: Shard: expected index\/of/m,
    ],
    [
      "a merge of no results",
      ["--merge", folder(), "--out", folder()],
      /holds no results: expected .*class\.json/,
    ],
    ["no place for the results", [folder()], /required option '--out <folder>'/],
  ];
  for (const [what, words, says] of MISTAKES) {
    test(`${what}: exit code 2, and what to do`, async () => {
      const { code, output } = await hb("grade", ...words).ended;
      expect(output).toMatch(says);
      expect(code).toBe(2);
    }, 60_000);
  }
});

test("hb handout of a unit that there is not: exit code 2, and the units", async () => {
  const { code, output } = await hb("handout", "98", "--out", join(folder(), "x.zip")).ended;
  expect(output).toMatch(/^hb: no unit "98"\. There are: 00-start-here, /m);
  expect(code).toBe(2);
}, 60_000);

test("hb worker without Redis: exit code 4, one sentence", async () => {
  const { code, output } = await hb("worker", "--queue", "redis://127.0.0.1:1").ended;
  expect(output).toMatch(/^hb: cannot reach Redis at redis:\/\/127\.0\.0\.1:1: /m);
  expect(code).toBe(4);
}, 60_000);
