// Teams from notebook cells: a cell's functions are rewritten when it is emitted, and its output belongs to it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Session } from "../../lib/notebook/session.js";

let session: Session;
beforeAll(() => {
  session = new Session();
  session.warmUp();
}, 60_000);
afterAll(() => session.dispose());

async function run(source: string): Promise<{ status: string; text: string; out: string }> {
  let out = "";
  const outcome = await session.execute(source, {
    onOutput: (output) => {
      if (output.kind === "stream") out += output.text;
    },
  });
  const text =
    outcome.status === "ok"
      ? String(outcome.result?.["text/plain"] ?? "")
      : [outcome.error.ename, outcome.error.evalue, ...outcome.error.traceback].join("\n");
  return { status: outcome.status, text, out };
}

describe("team in a notebook cell", () => {
  test("team in a cell: types, locks, shared memory and output in ten lines", async () => {
    const seen = await run(`import { Mutex, Snapshot, team } from "happens-before/threads";
const mu = new Mutex();
const n = new Int32Array(new SharedArrayBuffer(4));
const ids = await team(2, (t, mu, n) => {
  for (let i = 0; i < 1000; i++) mu.withLock(() => n[0]!++);
  console.log("thread", t.id, "is done");
  return t.id;
}, { args: [mu, n], deadlineMs: 20_000 });
[ids, n[0]]`);
    expect(seen).toMatchObject({ status: "ok", text: "[ [ 0, 1 ], 2000 ]" });
    expect(seen.out.split("\n").sort().join()).toBe(",thread 0 is done,thread 1 is done");
  });

  test("team in a cell: output of kept threads goes to the cell that runs the team", async () => {
    const seen = await run(`await team(2, (t) => console.log("again", t.id)); "done"`);
    expect(seen.out.split("\n").sort().join()).toBe(",again 0,again 1");
  });

  test("team in a cell: free names of this cell, of earlier cells and of imports are listed as they were written", async () => {
    await run("const rate = 3; function fee() { return 1; }");
    const seen = await run(`import { Barrier } from "happens-before/threads";
const local = 1;
await team(1, () => { for (const k of [1]) new Barrier(rate + fee() + local + k); new Mutex(); })`);
    expect(seen.text).toMatch(/another thread: Barrier, Mutex, fee, local, rate\./);
  });

  test("team in a cell: a throw names the line of the cell", async () => {
    const seen = await run(`await team(2, (t) => {
  if (t.id === 1) {
    throw new RangeError("too far");
  }
})`);
    expect(seen.text).toMatch(/^RangeError\ntoo far\n/);
    expect(seen.text).toMatch(/at cell-\d+\.ts:3:11/);
  });

  test("team in a cell: an interrupt ends threads that loop for ever, also kept ones, and the next cell works", async () => {
    await run(`import { team as crew } from "happens-before/threads";
const beat = new Int32Array(new SharedArrayBuffer(4)); await crew(2, () => 0)`);
    const running = run(
      `await team(2, (t, beat) => { for (;;) Atomics.add(beat, 0, 1); }, { args: [beat] })`,
    );
    const waiting = run("const before = beat[0]; await team(2, (t) => t.id)");
    setTimeout(() => session.interrupt(), 1_000);
    expect((await running).text).toMatch(/^InterruptError/);
    expect(await waiting).toMatchObject({ status: "ok", text: "[ 0, 1 ]" });
    expect(await run("[before > 0, beat[0] === before]")).toMatchObject({ text: "[ true, true ]" });
  });
});
