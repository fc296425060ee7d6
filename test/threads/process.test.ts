// What only a process of its own shows: plain Node on the built library, how it exits, what keeps it alive. Some of
// these processes run at a time.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 90_000 }); // several programs at a time on a busy machine

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program in plain Node; it is killed after 60 s. */
function node(program: string): Promise<Ended> {
  const text = `import * as threads from "happens-before/threads";\n${program}`;
  return new Promise((resolve) => {
    const args = ["--input-type=module", "-e", text];
    execFile(process.execPath, args, { cwd: root, timeout: 60_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : -1, out, err });
    });
  });
}

test.concurrent("a process with idle threads exits by itself", async () => {
  const ended = await node(`console.log(await threads.team(2, (t) => t.id));`);
  expect(ended).toEqual({ code: 0, out: "[ 0, 1 ]\n", err: "" });
});

test.concurrent("a body may import, and Node's warning of its loader does not stand between what it prints", async () => {
  const ended = await node(`
    const path = await threads.team(1, async () => (await import("node:path")).basename("a/b"));
    process.emitWarning("others are heard");
    console.log(path);`);
  expect(ended).toMatchObject({ code: 0, out: "[ 'b' ]\n" });
  expect(ended.err).toContain("others are heard");
  expect(ended.err).not.toContain("Experimental");
});

test.concurrent("a process does not exit while a team runs, nor while an asynchronous wait is pending", async () => {
  const ended = await node(`
    const event = new threads.Event();
    const running = threads.team(1, (t, event) => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300); event.set(); },
      { args: [event] });
    await event.waitAsync();
    console.log("set");
    await running;`);
  expect(ended).toEqual({ code: 0, out: "set\n", err: "" });
});

test.concurrent("a given-up asynchronous wait does not keep the process alive", async () => {
  const ended = await node(`
    const controller = new AbortController();
    const waiting = new threads.Event().waitAsync({ signal: controller.signal });
    controller.abort(new Error("enough"));
    await waiting.catch((error) => console.log(error.message));`);
  expect(ended).toEqual({ code: 0, out: "enough\n", err: "" });
});

test.concurrent("an idle event that nobody sets keeps the process alive instead of exiting with code 13", async () => {
  const ended = await node(`
    setTimeout(() => { console.log("still here"); process.exit(0); }, 300).unref();
    await new threads.Event().waitAsync();`);
  expect(ended).toEqual({ code: 0, out: "still here\n", err: "" });
});

test.concurrent("allowBlocking lets the main thread sleep; refuseBlocking takes it back", async () => {
  const ended = await node(`
    const mu = new threads.Mutex();
    const flag = new Int32Array(new SharedArrayBuffer(8));
    await threads.team(1, () => 0); // a thread cannot start while the main thread sleeps
    const running = threads.team(1, (t, mu, flag) => {
      mu.lock();
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
      Atomics.wait(flag, 1, 0, 100);
      mu.unlock();
    }, { args: [mu, new Int32Array(flag.buffer)] }).catch((error) => console.log(error.message));
    while (Atomics.load(flag, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
    threads.allowBlocking();
    mu.lock();
    console.log(mu.owner);
    mu.unlock();
    threads.refuseBlocking();
    try { mu.lock(); } catch (error) { console.log(error.name); }
    await running;`);
  expect(ended.err).toBe("");
  expect(ended.out).toBe("0\nLockError\n");
});

test.concurrent("the stop button's word ends a sleep of the main thread, and leaves the lock as it was", async () => {
  const ended = await node(`
    const word = new Int32Array(new SharedArrayBuffer(4));
    Object.defineProperty(globalThis, Symbol.for("happens-before.interrupt"), { value: word });
    const rw = new threads.RWMutex();
    const flag = new Int32Array(new SharedArrayBuffer(8));
    const reading = threads.team(1, (t, rw, flag) => rw.withRead(() => {
      Atomics.store(flag, 0, 1);
      Atomics.wait(flag, 1, 0);
    }), { args: [rw, flag] });
    while (Atomics.load(flag, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
    threads.allowBlocking();
    word[0] = 1;
    try { rw.lock(); } catch (error) { console.log(error.name); }
    word[0] = 0;
    console.log(rw.tryRLock());
    rw.rUnlock();
    Atomics.store(flag, 1, 1);
    Atomics.notify(flag, 1);
    await reading;
    console.log(rw.tryLock());`);
  expect(ended).toEqual({ code: 0, out: "InterruptError\ntrue\ntrue\n", err: "" });
});

test.concurrent("a thread that was terminated while the caller's event loop stands still: its lock is free for the caller (Linux)", async () => {
  const ended = await node(`
    import { Worker } from "node:worker_threads";
    const mu = new threads.Mutex();
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const text = 'import { workerData } from "node:worker_threads"; import { Mutex } from "happens-before/threads";'
      + 'Mutex.attach(workerData.handle).lock(); Atomics.store(workerData.flag, 0, 1); for (;;);';
    const worker = new Worker(text, { eval: true, workerData: { handle: mu.handle, flag } });
    while (Atomics.load(flag, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
    void worker.terminate();
    threads.allowBlocking();
    console.log(mu.tryLockFor(process.platform === "linux" ? 15_000 : 0) || process.platform !== "linux");`);
  expect(ended).toEqual({ code: 0, out: "true\n", err: "" });
});

test.concurrent("a stack from a thread names file, line and column of plain JavaScript", async () => {
  const ended = await node(`
    const failing = threads.team(1, (t) => {
      throw new RangeError("here");
    });
    await failing.catch((error) => console.log(error.stack));`);
  expect(ended.out).toMatch(/^RangeError: here\n\s+at .*:4:13\)?\n\s+at thread 0 of 1\n\s+at .*:3:29/);
});

test.concurrent("a thousand lines printed on a thread reach a pipe whole and in order", async () => {
  const ended = await node(
    `await threads.team(1, () => { for (let i = 0; i < 1000; i++) console.log("line " + i); });`,
  );
  expect(ended.out).toBe(Array.from({ length: 1_000 }, (_, i) => `line ${i}\n`).join(""));
});
