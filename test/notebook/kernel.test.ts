// The kernel through a real Jupyter client: each mend of the layer has a test that fails without it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Jupyter } from "./jupyter.js";

let jupyter: Jupyter;
beforeAll(async () => {
  jupyter = await Jupyter.start();
}, 60_000);
afterAll(() => jupyter.shutdown());

const types = (rows: readonly { type: string }[]) => rows.map((row) => row.type);

describe("Kernel: answers", () => {
  test("kernel_info names TypeScript and a protocol", async () => {
    const info = await jupyter.request("kernel_info_request");
    expect(info).toMatchObject({
      status: "ok",
      protocol_version: "5.4",
      language_info: { name: "typescript" },
    });
  });

  test("an execution shows its input, its outputs and its result, in this order", async () => {
    const { reply, shown } = await jupyter.run(`console.log("out"); console.error("err"); 6 * 7`);
    expect(types(shown)).toEqual(["execute_input", "stream", "stream", "execute_result"]);
    expect(shown[3]?.content).toMatchObject({
      data: { "text/plain": "42" },
      execution_count: reply["execution_count"],
    });
    expect(reply["status"]).toBe("ok");
  });

  test("an error has name, value and a traceback with the cell's own line and column", async () => {
    const { reply, shown } = await jupyter.run(
      `interface Gone { a: number }\nfunction f(): never {\n  throw new RangeError("too far");\n}\nf();`,
    );
    const file = `cell-${String(reply["execution_count"])}.ts`;
    expect(reply).toMatchObject({ status: "error", ename: "RangeError", evalue: "too far" });
    const traceback = (reply["traceback"] as string[]).join("\n");
    expect(traceback).toContain(`at f (${file}:3:9)`);
    expect(traceback).toContain(`at ${file}:5:1`);
    expect(traceback).not.toMatch(/node:|lib\/notebook/);
    expect(shown.at(-1)).toMatchObject({
      type: "error",
      content: { ename: "RangeError", evalue: "too far" },
    });
  });

  test("a type error is a CompileError at the line and column of the cell, and nothing runs", async () => {
    const { reply, stdout } = await jupyter.run(`console.log("ran");\nconst s: string = null;`);
    expect(reply).toMatchObject({ status: "error", ename: "CompileError" });
    expect(String(reply["evalue"])).toMatch(
      /cell-\d+\.ts:2:7 - Type 'null' is not assignable to type 'string'/,
    );
    expect(stdout).toBe("");
  });

  test("a first mistake is said in one plain sentence before the compiler's words", async () => {
    const { reply } = await jupyter.run(
      `import { Mutex as M1 } from "happens-before";\nconst m1 = new M1();\nfunction body1() {\n  yield* m1.lock();\n}`,
    );
    expect(reply["ename"]).toBe("CompileError");
    expect(String((reply["traceback"] as string[])[1])).toMatch(/^cell-\d+\.ts:\d+:\d+ - .*function\*/);
  });

  test("completion and inspection know what earlier cells declared, with characters beyond 16 bits before the cursor", async () => {
    await jupyter.run(`/** Adds up. */ function addUp(a: number, b: number) { return a + b; }`);
    const code = `const s9 = "😀😀"; addU`;
    const cursor_pos = [...code].length;
    const completed = await jupyter.request("complete_request", { code, cursor_pos });
    expect(completed).toMatchObject({
      matches: expect.arrayContaining(["addUp"]),
      cursor_start: cursor_pos - 4,
      cursor_end: cursor_pos,
    });
    const inspected = await jupyter.request("inspect_request", {
      code: "addUp(1, 2)",
      cursor_pos: 2,
      detail_level: 0,
    });
    expect(inspected).toMatchObject({ found: true });
    expect(JSON.stringify(inspected["data"])).toMatch(/addUp\(a: number, b: number\).*Adds up/);
  });

  test("half a cell is incomplete, a whole one complete", async () => {
    expect(await jupyter.request("is_complete_request", { code: "function f() {" })).toMatchObject({
      status: "incomplete",
    });
    expect(await jupyter.request("is_complete_request", { code: "f()" })).toMatchObject({
      status: "complete",
    });
  });

  test("history, comm_info, comm_open and unknown requests are answered", async () => {
    await jupyter.run(`"for the history"`);
    const history = await jupyter.request("history_request", {
      hist_access_type: "tail",
      n: 1,
      output: false,
      raw: true,
    });
    expect(history["history"]).toEqual([[1, expect.any(Number), `"for the history"`]]);
    expect(await jupyter.request("comm_info_request", {})).toMatchObject({ status: "ok", comms: {} });
    const tag = jupyter.send("comm_open", { comm_id: "c1", target_name: "nobody", data: {} });
    expect(
      (await jupyter.until((row) => row.tag === tag && row.type === "comm_close")).content["comm_id"],
    ).toBe("c1");
    expect(await jupyter.request("strange_request", {})).toMatchObject({ status: "error" });
  });
});

describe("Kernel: nothing is lost and nothing is skipped", () => {
  test("5,000 lines arrive, in a few messages", async () => {
    const { stdout, shown } = await jupyter.run(`for (let i = 0; i < 5_000; i++) console.log("line " + i);`);
    expect(stdout.split("\n").length).toBe(5_001);
    expect(shown.length).toBeLessThan(20);
  });

  test("500 displays in one tick arrive, in order", async () => {
    const { shown } = await jupyter.run(
      `import { display as d1 } from "tslab"; for (let i = 0; i < 500; i++) d1.raw("text/plain", String(i));`,
    );
    const data = shown
      .filter((row) => row.type === "display_data")
      .map((row) => (row.content["data"] as { "text/plain": string })["text/plain"]);
    expect(data).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
  });

  test("cells that wait behind a failing one are aborted and say so", async () => {
    const tags = [
      jupyter.begin(`throw new Error("first")`),
      jupyter.begin(`console.log("second")`),
      jupyter.begin("3"),
    ];
    const [first, second, third] = await Promise.all(tags.map((tag) => jupyter.end(tag)));
    expect(first?.reply["status"]).toBe("error");
    expect(second).toMatchObject({ reply: { status: "aborted" }, stdout: "" });
    expect(second?.reply).not.toHaveProperty("execution_count");
    expect(third?.reply["status"]).toBe("aborted");
  });

  test("after a tolerated error the waiting cells run", async () => {
    const tags = [
      jupyter.begin(`throw new Error("tolerated")`, { stop_on_error: false }),
      jupyter.begin(`console.log("next")`),
    ];
    const [first, second] = await Promise.all(tags.map((tag) => jupyter.end(tag)));
    expect(first?.reply["status"]).toBe("error");
    expect(second).toMatchObject({ reply: { status: "ok" }, stdout: "next\n" });
  });

  test("a cell sent right after the reply of a failing one runs", async () => {
    await jupyter.run(`throw new Error("seen")`);
    expect(await jupyter.run(`console.log("right after")`)).toMatchObject({
      reply: { status: "ok" },
      stdout: "right after\n",
    });
  });

  test("several MIME types travel in one display, and an update finds its display", async () => {
    const { shown } = await jupyter.run(
      `const host = (globalThis as any)[Symbol.for("happens-before.host")];
       host.display({ "text/html": "<b>x</b>", "text/plain": "x" });
       import { newDisplay } from "tslab"; const live = newDisplay(); live.html("1"); live.html("2");`,
    );
    expect(types(shown).slice(1)).toEqual(["display_data", "display_data", "update_display_data"]);
    expect(shown[1]?.content["data"]).toEqual({ "text/html": "<b>x</b>", "text/plain": "x" });
    expect(shown[3]?.content["transient"]).toEqual(shown[2]?.content["transient"]);
  });

  test("output after the end of a cell goes to that cell", async () => {
    const tag = jupyter.begin(`setTimeout(() => console.log("late"), 100);`);
    await jupyter.end(tag);
    const next = await jupyter.run(`await new Promise((r) => setTimeout(r, 300));`);
    await jupyter.printed(tag, "late");
    expect(next.stdout).toBe("");
  });

  test("a million lines end in one sentence, and the kernel goes on", async () => {
    const { stdout } = await jupyter.run(`for (let i = 0; i < 1_000_000; i++) console.log("line " + i);`);
    expect(stdout.length).toBeLessThan(1_100_000);
    expect(stdout).toContain("[stdout is cut here: a cell shows at most 1 MB of it; the cell goes on]");
    expect((await jupyter.run("1 + 1")).shown.at(-1)?.content["data"]).toEqual({ "text/plain": "2" });
  });
});

describe("Kernel: variables", () => {
  test("there is one copy of each variable", async () => {
    await jupyter.run("let counter = 0; function inc() { counter++; }");
    const { shown } = await jupyter.run("counter = 100; inc(); counter");
    expect(shown.at(-1)?.content["data"]).toEqual({ "text/plain": "101" });
  });

  test("an exercise with `export` runs as a cell, and its names are there later", async () => {
    await jupyter.run(
      "// exercise: 99-none/none\nexport const limit = 3;\nexport function over(n: number): boolean { return n > limit; }",
    );
    expect((await jupyter.run("over(limit + 1)")).shown.at(-1)?.content["data"]).toEqual({
      "text/plain": "true",
    });
  });

  test("await ( and for await work at the top level", async () => {
    const { stdout } = await jupyter.run(
      "await (async () => console.log(1))();\nfor await (const n of [2, 3]) console.log(n);",
    );
    expect(stdout).toBe("1\n2\n3\n");
  });

  test("sub-paths of the package resolve from the project's root", async () => {
    const { reply } = await jupyter.run(
      `import { mode as m2 } from "happens-before/bench"; const m: "smoke" | "quick" | "full" = m2();`,
    );
    expect(reply["status"]).toBe("ok");
  });
});
