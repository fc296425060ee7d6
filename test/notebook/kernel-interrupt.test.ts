// The stop button: whatever a cell does, an interrupt ends it, and the kernel goes on with its variables.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Executed, Jupyter } from "./jupyter.js";

vi.setConfig({ testTimeout: 20_000, hookTimeout: 60_000 });

let jupyter: Jupyter;

/** Runs a cell, interrupts it once it has printed "go", and returns how it ended. */
async function interrupted(code: string): Promise<Executed & { tag: string }> {
  const tag = jupyter.begin(code);
  await jupyter.printed(tag, "go");
  jupyter.interrupt();
  return { ...(await jupyter.end(tag)), tag };
}

for (const mode of ["signal", "message"] as const) {
  describe(`Interrupt (mode ${mode})`, () => {
    beforeAll(async () => {
      jupyter = await Jupyter.start({ mode });
      await jupyter.run("let kept = 1;");
    }, 60_000);
    afterAll(() => jupyter.shutdown());

    // Every interrupt leaves the kernel usable and the variables in place.
    afterEach(async () => {
      const { shown } = await jupyter.run("kept++; kept > 1");
      expect(shown.at(-1)?.content["data"]).toEqual({ "text/plain": "true" });
    });

    const cells: Record<string, string> = {
      "a loop": `console.log("go"); while (true) {}`,
      "a loop after an await": `await null; setTimeout(() => 0, 1); console.log("go"); await new Promise((r) => setTimeout(r, 5)); for (;;);`,
      "a loop that catches everything": `console.log("go"); while (true) { try { for (;;) kept; } catch {} }`,
      "a loop in a function of an earlier cell": `spinForever()`,
      "Atomics.wait": `const sab1 = new Int32Array(new SharedArrayBuffer(4)); console.log("go"); Atomics.wait(sab1, 0, 0);`,
      "Atomics.wait after an await": `const sab2 = new Int32Array(new SharedArrayBuffer(4)); await new Promise((r) => setTimeout(r, 5)); console.log("go"); Atomics.wait(sab2, 0, 0);`,
      "an await without end": `console.log("go"); await new Promise(() => {});`,
      "code of others without a guard": `console.log("go"); /^(a+)+$/.test("a".repeat(34) + "b");`,
    };
    for (const [name, code] of Object.entries(cells)) {
      test(`ends ${name}`, async () => {
        if (code.includes("spinForever"))
          await jupyter.run(`function spinForever() { console.log("go"); for (let i = 0; ; i++); }`);
        const { reply } = await interrupted(code);
        expect(reply).toMatchObject({ status: "error", ename: "InterruptError" });
      });
    }

    test("ends a leftover task, whose later output is dropped", async () => {
      const { tag } = await interrupted(
        `const ticks = (async () => { for (;;) { await new Promise((r) => setTimeout(r, 10)); console.log("tick"); } })();
         setInterval(() => console.log("tock"), 10); console.log("go"); await ticks;`,
      );
      const before = jupyter.shown(tag).stdout;
      await jupyter.run("await new Promise((r) => setTimeout(r, 200));");
      expect(jupyter.shown(tag).stdout).toBe(before);
    });

    test("ends every worker that the cell started, those of pools too", async () => {
      const worker = (name: string) =>
        `new Worker("const w = require('node:worker_threads').workerData; setInterval(() => Atomics.add(w, 0, 1), 1); for (;;) Atomics.add(w, 0, 1);", { eval: true, workerData: alive${mode}, name: "${name}" });`;
      await jupyter.run(
        `import { Worker } from "node:worker_threads"; const alive${mode} = new Int32Array(new SharedArrayBuffer(4));`,
      );
      await interrupted(
        `${worker("mine")} ${worker("hb-pool")} while (Atomics.load(alive${mode}, 0) === 0) await new Promise((r) => setTimeout(r, 5)); console.log("go"); await new Promise(() => {});`,
      );
      const { shown } = await jupyter.run(
        `const was = Atomics.load(alive${mode}, 0); await new Promise((r) => setTimeout(r, 100)); Atomics.load(alive${mode}, 0) - was;`,
      );
      expect(shown.at(-1)?.content["data"]).toEqual({ "text/plain": "0" });
    });

    test("between cells it ends what finished cells left running", async () => {
      const tag = jupyter.begin(`setInterval(() => console.log("still here"), 10);`);
      await jupyter.end(tag);
      await jupyter.printed(tag, "still here");
      jupyter.interrupt();
      await jupyter.until((row) => row.type === "interrupted");
      // Two round trips: the kernel's event loop has turned, so the signal was seen before the next cell begins.
      for (let i = 0; i < 2; i++) await jupyter.request("kernel_info_request");
      await jupyter.run("await new Promise((r) => setTimeout(r, 100));");
      const before = jupyter.shown(tag).stdout;
      await jupyter.run("await new Promise((r) => setTimeout(r, 200));");
      expect(jupyter.shown(tag).stdout).toBe(before);
    });

    test("an interrupt that comes with the request is not lost", async () => {
      const tag = jupyter.begin("for (;;);");
      await jupyter.until((row) => row.tag === tag && row.type === "execute_input");
      jupyter.interrupt();
      expect((await jupyter.end(tag)).reply).toMatchObject({ ename: "InterruptError" });
    });

    test("the front end stays answered while a cell computes", async () => {
      const tag = jupyter.begin(`console.log("go"); for (;;);`);
      await jupyter.printed(tag, "go");
      expect(await jupyter.request("complete_request", { code: "kep", cursor_pos: 3 })).toMatchObject({
        matches: ["kept"],
      });
      expect(await jupyter.alive()).toEqual({ alive: true, beats: true });
      jupyter.interrupt();
      await jupyter.end(tag);
    });
  });
}
