// The wall where bubblewrap is missing: built by unshare, said so, and as high. One attack of each kind; the others are in
// unshare.stress.ts.
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkText } from "../../../lib/grade/index.js";
import { buildCourse, solution, TRANSFER, WITH_OPEN, WITH_VAULT } from "../course.js";
import { found } from "./attack.js";
import { fileAttacks, PROCESS_ATTACKS, testWall } from "./wallattacks.js";
import { hasUnshare, withoutBubblewrap } from "./withoutbubblewrap.js";

const places = buildCourse("redteam-unshare", [...WITH_VAULT, ...WITH_OPEN]);
const outside = join(tmpdir(), `hb-unshare-${process.pid}`);
const restore = withoutBubblewrap(join(outside, "bin"));
writeFileSync(join(outside, "secret.txt"), "SECRET");
afterAll(() => {
  restore();
  places.remove();
  rmSync(outside, { recursive: true, force: true });
});

const FIRST =
  /^(reads a file of another user|lists the project|changes the library|fills the disk|starts a process|kills its grader)$/;
const attacks = [...fileAttacks(places, outside), ...PROCESS_ATTACKS];

describe.runIf(await hasUnshare())("without bubblewrap", () => {
  test("strict isolation accepts the wall by unshare, and the result names it", async () => {
    const result = await checkText(TRANSFER, solution(TRANSFER), { places, isolation: "strict" });
    expect(result).toMatchObject({ status: "pass", points: 4 });
    expect(result.isolation.slice(0, 2)).toEqual([
      "own mount, pid, network, ipc, uts, cgroup and user namespaces (unshare)",
      "no new processes, no sockets (seccomp)",
    ]);
  });

  testWall(
    attacks.filter(([what]) => FIRST.test(what)),
    places,
  );

  test("a submission holds no capability and can gain none", async () => {
    const lines = `said = node.fs.readFileSync("/proc/self/status", "utf8").match(/^(Cap...|NoNewPrivs|Seccomp):.*$/gm).join().replace(/\\s+/g, "");`;
    const none = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map(
      (name) => `${name}:${"0".repeat(16)}`,
    );
    expect(await found(lines, places)).toBe([...none, "NoNewPrivs:1", "Seccomp:2"].join());
  });

  test("a submission finds the machine's root nowhere, nor a mount that can be written but its own", async () => {
    const lines = `said = node.fs.readFileSync("/proc/self/mountinfo", "utf8").split("\\n").map((line) => line.split(" "))
      .filter(([, , , from, at, how]) => at === "/" && from !== "/" || how?.startsWith("rw")).map((words) => words[4]).join();`;
    expect(await found(lines, places)).toBe("/scratch");
  });

  test("a submission that connects to a server outside reaches nobody", async () => {
    const lines = `await new Promise((done) => {
      node.net.connect(1, "127.0.0.1").on("connect", () => done((said = "connected"))).on("error", (error) => done((said = error.code)));
    });`;
    expect(await found(lines, places)).toMatch(/^(EPERM|EACCES)$/);
  });
});
