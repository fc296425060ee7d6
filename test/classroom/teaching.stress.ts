// The teacher's page: every command on it is run, in its order, in a copy of the project with a small class.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../lib/grade/index.js";
import { linkTree, Playground } from "../start/copies.js";
import { findRedis, RedisServer } from "./redis.js";

const ROOT = projectRoot();
const page = readFileSync(join(ROOT, "lib", "classroom", "TEACHING.md"), "utf8");
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text.trim());
const redisProgram = findRedis();

/** A command's first line, as a test's name. */
const name = (block: string): string => block.split("\n")[0]!;

const playground = new Playground();
let folder = "";
let redis: RedisServer | undefined;

beforeAll(async () => {
  folder = playground.clone("course"); // what git would give a teacher; with the packages and the build of this one
  linkTree(join(ROOT, "node_modules"), join(folder, "node_modules"));
  cpSync(join(ROOT, ".build"), join(folder, ".build"), { recursive: true });
  handIn(join(folder, "submissions"));
  redis = redisProgram === undefined ? undefined : await RedisServer.start(redisProgram);
}, 180_000);

afterAll(async () => {
  await redis?.stop();
  playground.remove();
}, 60_000);

function handIn(submissions: string): void {
  const wait = "00-start-here/wait"; // whose check takes no time
  const write = (path: string, from: string): void => {
    mkdirSync(dirname(join(submissions, path)), { recursive: true });
    writeFileSync(join(submissions, path), readFileSync(join(ROOT, from)));
  };
  write(`ada/${wait}.ts`, `solutions/${wait}.ts`);
  write("bob/wait.ts", `exercises/${wait}.ts`);
  write("eve_wait.ts", `solutions/${wait}.ts`);
  writeFileSync(join(submissions, "notes.txt"), "not a submission");
}

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a block in bash, in its own process group, which is ended with it. */
function run(block: string): Promise<Ran> {
  const env = {
    ...process.env,
    NO_COLOR: "1",
    REDIS: redis?.url ?? "",
    npm_config_cache: join(folder, ".cache", "npm"),
  };
  const child = spawn("bash", ["-e", "-c", block], {
    cwd: folder,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve) => {
    child.once("exit", (code) => {
      try {
        process.kill(-child.pid!, "SIGTERM"); // the worker in the background
      } catch {
        // It is gone already.
      }
      resolve({ code, output });
    });
  });
}

describe("the teacher's page", () => {
  test("has commands for each of its steps", () => {
    const all = blocks.join("\n");
    for (const command of ["list", "check", "handout", "grade", "worker", "feedback"]) {
      expect(all).toMatch(new RegExp(`^npx hb ${command}`, "m"));
    }
  });

  test("is linked from the README", () => {
    expect(readFileSync(join(ROOT, "README.md"), "utf8")).toContain("lib/classroom/TEACHING.md");
  });

  for (const block of blocks) {
    const needsRedis = block.includes("$REDIS");
    test.skipIf(needsRedis && redisProgram === undefined && process.env["CI"] === undefined)(
      name(block),
      async () => {
        const { code, output } = await run(block);
        expect(code, output).toBe(0);
      },
      300_000,
    );
  }

  test("afterwards there is what it says: results, the same merged, pages for students, a course without answers", () => {
    const list = (...path: string[]): string[] => readdirSync(join(folder, ...path)).sort();
    expect(list("results")).toEqual(["class.csv", "class.html", "class.json", "submissions"]);
    const withoutSeconds = (of: string): string =>
      readFileSync(join(folder, of, "class.csv"), "utf8").replace(/,\d+\.\d,/g, ",");
    expect(withoutSeconds("results-all")).toBe(withoutSeconds("results"));
    expect(list("feedback")).toEqual(["ada.html", "bob.html", "eve.html"]);
    expect(list("release")).toEqual(["05-the-rwmutex-incident"]);
    const course = Object.keys(unzipSync(readFileSync(join(folder, "course.zip"))));
    expect(course.filter((path) => /solutions\/|\.hidden\.|\.test\.ts$/.test(path))).toEqual([]);
    expect(readFileSync(join(folder, "results", "class.html"), "utf8")).toContain("notes.txt");
  });
});
