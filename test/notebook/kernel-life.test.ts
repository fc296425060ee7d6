// The life of a kernel: what a cell does to its process, and what ends the kernel itself.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Jupyter } from "./jupyter.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const value = (run: { shown: readonly { content: Readonly<Record<string, unknown>> }[] }) =>
  (run.shown.at(-1)?.content["data"] as Record<string, string> | undefined)?.["text/plain"];

/** Resolves when no process has this number any more. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
      const state = execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
      if (state.startsWith("Z")) return;
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("A cell cannot end the kernel", () => {
  let jupyter: Jupyter;
  beforeAll(async () => {
    jupyter = await Jupyter.start();
    await jupyter.run(`let kept = "kept"; import { Worker } from "node:worker_threads";`);
  });
  afterAll(() => jupyter.shutdown());

  for (const call of [
    "process.exit(1)",
    "process.abort()",
    "process.kill(process.pid)",
    `process.kill(0, "SIGKILL")`,
  ]) {
    test(`${call} is refused with a plain error`, async () => {
      const { reply } = await jupyter.run(call);
      expect(reply).toMatchObject({ status: "error", ename: "ExitRefusedError" });
      expect(String(reply["evalue"])).toMatch(/would end the kernel and lose every variable/);
      expect(value(await jupyter.run("kept"))).toBe("kept");
    });
  }

  test("an unhandled rejection is shown in the cell that caused it", async () => {
    const tag = jupyter.begin(`setTimeout(() => void Promise.reject(new RangeError("alone")), 50);`);
    await jupyter.end(tag);
    const next = await jupyter.run("await new Promise((r) => setTimeout(r, 200));");
    await jupyter.printed(tag, "Uncaught RangeError: alone");
    expect(next.stderr).toBe("");
  });

  test("a throw in a timer is shown in the cell that caused it, with its line", async () => {
    const tag = jupyter.begin(`1;\nsetTimeout(() => { throw new Error("in a timer"); }, 50);`);
    const { reply } = await jupyter.end(tag);
    const next = await jupyter.run("await new Promise((r) => setTimeout(r, 200));");
    await jupyter.printed(tag, "Uncaught Error: in a timer");
    expect(jupyter.shown(tag).stderr).toContain(`cell-${String(reply["execution_count"])}.ts:2:26`);
    expect(next.stderr).toBe("");
  });

  test("a worker's output goes to the cell that started it; a worker left running is ended and named", async () => {
    const { stdout } = await jupyter.run(
      `const w1 = new Worker("console.log('from a worker'); setInterval(() => {}, 1000); require('node:worker_threads').parentPort.postMessage(1);", { eval: true }); await new Promise((r) => w1.once("message", r));`,
    );
    expect(stdout).toContain("from a worker\n");
    expect(stdout).toContain("[1 worker was still running when the cell ended, and had to stop]");
  });

  test("a worker of a pool stays between cells", async () => {
    const first = await jupyter.run(
      `const w2 = new Worker("const { parentPort } = require('node:worker_threads'); parentPort.on('message', (n) => parentPort.postMessage(n + 1));", { eval: true, name: "hb-pool" });`,
    );
    expect(first.stdout).toBe("");
    const second = await jupyter.run(
      `const answer = new Promise<number>((r) => w2.once("message", r)); w2.postMessage(41); await answer`,
    );
    expect(value(second)).toBe("42");
  });

  test("a worker that runs out of memory ends alone", async () => {
    const { reply } = await jupyter.run(
      `const w3 = new Worker("const a = []; for (;;) a.push(new Array(1e5).fill(1.5));", { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } });
       const why = await new Promise<{ code?: string }>((r) => w3.once("error", r)); if (why.code !== "ERR_WORKER_OUT_OF_MEMORY") throw why;`,
    );
    expect(reply["status"]).toBe("ok");
    expect(value(await jupyter.run("kept"))).toBe("kept");
  });

  test("stderr of an exercise cell is shown as stdout, because graders count stderr as failure", async () => {
    const graded = await jupyter.run(`// exercise: 99-none/none\nconsole.warn("careful");`);
    expect(graded).toMatchObject({ stdout: "careful\n", stderr: "" });
    const plain = await jupyter.run(`console.warn("careful");`);
    expect(plain).toMatchObject({ stdout: "", stderr: "careful\n" });
  });

  test("the text of an exercise cell is known to the host, also when it does not compile", async () => {
    const text = "// exercise: 99-none/text\nconst broken: number = 'x';";
    await jupyter.run(text, { stop_on_error: false });
    const host = `(globalThis as any)[Symbol.for("happens-before.host")].exerciseText("99-none/text")`;
    expect(value(await jupyter.run(host))).toBe(text);
  });

  test("a process that is killed from outside is said, and the next cell runs in a new one", async () => {
    const pid = Number(value(await jupyter.run("process.pid")));
    const tag = jupyter.begin("await new Promise(() => {});");
    await jupyter.until((row) => row.tag === tag && row.type === "execute_input");
    process.kill(pid, "SIGKILL");
    const { reply } = await jupyter.end(tag);
    expect(reply).toMatchObject({ status: "error", ename: "ProcessDied" });
    expect(String(reply["evalue"])).toMatch(
      /signal SIGKILL\. All variables are gone; run the notebook again/,
    );
    expect(value(await jupyter.run("20 + 3"))).toBe("23");
    expect((await jupyter.run("kept")).reply["ename"]).toBe("CompileError");
  });
});

describe("A kernel ends", () => {
  const folder = mkdtempSync(join(tmpdir(), "hb kernel ö-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("when it is asked to, while a cell computes, and takes the process of its cells along", async () => {
    const jupyter = await Jupyter.start({ cwd: folder });
    const { shown } = await jupyter.run(`[process.pid, process.cwd()].join("|")`);
    const [pid, cwd] = String(value({ shown })).split("|");
    expect(cwd).toBe(folder);
    const tag = jupyter.begin(`console.log("go"); for (;;);`);
    await jupyter.printed(tag, "go");
    const reply = await jupyter.request("shutdown_request", { restart: true }, "control");
    expect(reply).toEqual({ status: "ok", restart: true });
    await gone(jupyter.pid);
    await gone(Number(pid));
    await jupyter.shutdown();
  });

  test("when its parent is killed, while a cell computes", async () => {
    const jupyter = await Jupyter.start({ cwd: folder });
    const pid = Number(value(await jupyter.run("process.pid")));
    const tag = jupyter.begin(`console.log("go"); for (;;);`);
    await jupyter.printed(tag, "go");
    jupyter.killClient();
    await gone(jupyter.pid);
    await gone(pid);
  });
});
