// hb replay writes a trace, profiles and a page.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT, UsageError } from "../../lib/cli/exit-code.js";
import type { Output } from "../../lib/cli/output.js";
import { replayCommand } from "../../lib/cli/replay.js";
import { profilesOf, writeReplayFiles } from "../../lib/cli/replayfiles.js";
import { checkText, projectRoot } from "../../lib/grade/index.js";
import { go, Mutex, type Report, report, sleep } from "../../lib/index.js";

const folder = join(projectRoot(), ".cache", `test-replayfiles-${process.pid}`);
beforeAll(() => void mkdirSync(folder, { recursive: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function listener(): Output & { noted: string[] } {
  const noted: string[] = [];
  return { noted, print: () => {}, note: (line) => void noted.push(line), status: () => {}, hasColor: false };
}

/** One goroutine holds a lock for 5 ms, another waits for 3 of them; a third waits for ever. */
function contended(): Promise<Report> {
  return report(
    function* main() {
      const mu = new Mutex();
      go(function* holder() {
        yield* mu.lock();
        yield* sleep(5);
        yield* mu.unlock();
      });
      yield* sleep(2);
      yield* mu.lock();
      go(function* lost() {
        yield* mu.lock();
      });
    },
    { trace: true, strategy: "fifo" },
  );
}

function decoded(file: string): { names: string[]; values: number[][] } {
  const profile = Profile.decode(gunzipSync(readFileSync(file)));
  const names = profile.function.map((f) => profile.stringTable.strings[Number(f.name)] ?? "");
  return { names, values: profile.sample.map((s) => s.value.map(Number)) };
}

test("each kind of file holds what the run did", async () => {
  const seen = await contended();
  const out = listener();
  const at = (name: string) => join(folder, "deep", name);
  const pprof = ["block", at("b.pb.gz"), "mutex", at("m.pb.gz"), "goroutine", at("g.pb.gz")];
  writeReplayFiles(seen, { chrome: at("t.json"), pprof, html: at("p.html") }, out, "x");
  expect(out.noted).toHaveLength(5);
  expect(out.noted[0]).toMatch(/^wrote .*t\.json: open it in https:\/\/ui\.perfetto\.dev$/);
  expect(JSON.parse(readFileSync(at("t.json"), "utf8"))).toHaveProperty("displayTimeUnit", "ns");
  expect(decoded(at("b.pb.gz"))).toMatchObject({ names: ["mutex.lock", "main"], values: [[1, 3e6]] });
  expect(decoded(at("m.pb.gz"))).toMatchObject({ names: ["mutex.unlock", "holder"], values: [[1, 3e6]] });
  expect(decoded(at("g.pb.gz")).names).toContain("lost");
  expect(readFileSync(at("p.html"), "utf8")).toMatch(/^<!doctype html>/);
});

test("planted: a profile of the other kind is told apart by these figures", async () => {
  const seen = await contended();
  const file = join(folder, "wrong.pb.gz");
  writeReplayFiles(seen, { pprof: ["mutex", file] }, listener(), "x");
  expect(decoded(file).names).not.toContain("mutex.lock");
});

test("what --pprof takes", () => {
  expect(profilesOf(["block", "a"])).toEqual([["block", "a"]]);
  for (const words of [["heap", "a"], ["block"], ["block", "a", "mutex"]])
    expect(() => profilesOf(words)).toThrow(UsageError);
  expect(() => profilesOf(["heap", "a"])).toThrow(
    "--pprof: expected block, mutex or goroutine and a file, got heap a",
  );
});

test("hb replay writes them for a failing schedule of an exercise", async () => {
  const id = "00-start-here/wait";
  const stub = join(projectRoot(), "exercises", `${id}.ts`);
  const result = await checkText(id, readFileSync(stub, "utf8"));
  const schedule = result.properties.find((property) => property.schedule !== undefined)?.schedule ?? "";
  const file = join(folder, "replay.json");
  expect(await replayCommand(stub, schedule, { chrome: file }, listener())).toBe(EXIT.ok);
  expect(readFileSync(file, "utf8")).toContain("goroutine 1 main");
}, 60_000);
