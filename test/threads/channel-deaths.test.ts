// Threads that are ended in the middle of a send or receive, while they wait, and with a channel's lock held.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Chan, type Handle, Queue, selectAsync, team } from "happens-before/threads";
import { describe, expect, test, vi } from "vitest";
import { CELLS_HEADER_BYTES, Cells, NOT_NOW } from "../../lib/threads/cells.js";
import { RECEIVERS, SENDERS } from "../../lib/threads/cellwaits.js";
import { noticeEnd } from "../../lib/threads/roster.js";

const built = new URL("../../.build/lib/threads/", import.meta.url).href;
const deadlineMs = 60_000;
vi.setConfig({ testTimeout: 90_000 }); // several at a time on a busy machine

/**
 * A thread that runs `body`, then stands still until it is ended. The body has `words` and `cells` of a queue, the library and
 * the handle; `stop()` says that it has come so far, and returns when the word `go` is set.
 */
async function standing(
  handle: Handle,
  capacity: number,
  body: string,
): Promise<{ worker: Worker; go: Int32Array }> {
  const go = new Int32Array(new SharedArrayBuffer(4));
  const program = `
    const { workerData, parentPort } = require("node:worker_threads");
    const { handle, go, capacity, built } = workerData;
    const stop = () => { parentPort.postMessage("here"); Atomics.wait(go, 0, 0); };
    Promise.all(["cells", "mutexword", "index"].map((name) => import(built + name + ".js"))).then(([{ Cells }, { MutexWord }, threads]) => {
      const words = new Int32Array(handle.buffer, handle.offset);
      const cells = capacity > 0 ? new Cells(words, capacity, 4) : undefined;
      ${body}
    });`;
  const worker = new Worker(program, { eval: true, workerData: { handle, go, capacity, built } });
  await once(worker, "message");
  return { worker, go };
}

function cellsOf(queue: Queue): { cells: Cells; words: Int32Array } {
  const { buffer, offset } = queue.handle;
  const words = new Int32Array(buffer, offset, CELLS_HEADER_BYTES / 4 + queue.capacityItems * 4);
  return { cells: new Cells(words, queue.capacityItems, 4), words };
}

describe.concurrent("Queue: a thread that is ended in the middle", () => {
  test("Queue: of a send, is passed over by every kind of receiver, once it has ended and not before", async () => {
    const queue = new Queue({ capacityItems: 8 });
    const { worker } = await standing(queue.handle, 8, "cells.tryClaimSend(); stop();");
    for (const item of [1, 2, 3]) queue.trySend(item);
    expect([queue.tryRecv(), cellsOf(queue).cells.repair(RECEIVERS, noticeEnd)]).toEqual([undefined, false]);
    const receiving = team(1, (_t, queue) => queue.recv(), { args: [queue], deadlineMs });
    const pending = queue.recvAsync();
    await worker.terminate();
    const got = [await pending, ...(await receiving), queue.tryRecv()];
    expect(got.sort()).toEqual([1, 2, 3]);
    expect([queue.tryRecv(), queue.length]).toEqual([undefined, 0]);
    for (let i = 0; i < 20; i++) {
      expect(queue.trySend(i)).toBe(true);
      expect(queue.tryRecv()).toBe(i);
    }
  });

  test("Queue: of a receive, gives its place back to senders", async () => {
    const queue = new Queue({ capacityItems: 2 });
    queue.trySend(1);
    queue.trySend(2);
    const { worker } = await standing(queue.handle, 2, "cells.tryClaimRecv(); stop();");
    expect(queue.trySend(3)).toBe(false);
    const sending = queue.sendAsync(3);
    await worker.terminate();
    expect(await sending).toBe(true);
    expect([queue.tryRecv(), queue.tryRecv(), queue.tryRecv()]).toEqual([2, 3, undefined]);
  });

  test("Queue: of a batch, loses that batch and nothing else; closed, the receivers come to the end", async () => {
    const queue = new Queue({ capacityItems: 8 });
    queue.trySend(1);
    const { worker } = await standing(
      queue.handle,
      8,
      "const p = cells.tryClaimSends(3, { count: 0 }); Atomics.store(words, cells.cell(p), p + 1); stop();",
    );
    queue.trySend(5);
    queue.close();
    await worker.terminate();
    const got: number[] = [];
    for await (const item of queue) got.push(item);
    expect(got).toEqual([1, 0, 5]); // the first of its batch was handed on: it held a 0
  });

  test("Queue: without the note of the claim nobody dares to hand the cell on (planted bug)", async () => {
    const queue = new Queue({ capacityItems: 8 });
    const { worker } = await standing(queue.handle, 8, "Atomics.compareExchange(words, 16, 0, 2); stop();");
    queue.trySend(1);
    await worker.terminate();
    const { cells } = cellsOf(queue);
    expect([cells.repair(RECEIVERS, noticeEnd), queue.tryRecv(), cells.tryClaimRecv()]).toEqual([
      false,
      undefined,
      NOT_NOW,
    ]);
  });

  test("Queue: a claim that another thread won is not the dead thread's: the living one's item is received", async () => {
    const queue = new Queue({ capacityItems: 8 });
    // Both note the claim of position 0; the one that lives has won it.
    const dying = await standing(
      queue.handle,
      8,
      `import(built + "claims.js").then(({ noteClaim }) => { noteClaim(words[56], 0, 1); stop(); });`,
    );
    const living = await standing(
      queue.handle,
      8,
      "const p = cells.tryClaimSend(); stop(); words[cells.cell(p) + 1] = 0; new Float64Array(handle.buffer)[cells.cell(p) / 2 + 1] = 7; cells.publish(p); stop();",
    );
    await dying.worker.terminate();
    expect(cellsOf(queue).cells.repair(RECEIVERS, noticeEnd)).toBe(false);
    Atomics.store(living.go, 0, 1);
    Atomics.notify(living.go, 0);
    expect(await queue.recvAsync()).toBe(7);
    await living.worker.terminate();
  });

  test("Queue: while it waits, takes no item with it", async () => {
    const queue = new Queue({ capacityItems: 8 });
    const { words } = cellsOf(queue);
    const waiting = await standing(queue.handle, 8, "stop(); threads.Queue.attach(handle).recv();");
    Atomics.store(waiting.go, 0, 1);
    Atomics.notify(waiting.go, 0);
    while (Atomics.load(words, 48) === 0) await new Promise((resolve) => setImmediate(resolve));
    const pending = queue.recvAsync();
    await waiting.worker.terminate();
    queue.trySend(1);
    expect(await pending).toBe(1);
  });

  test("select: passes over what a dead sender claimed", async () => {
    const queue = new Queue({ capacityItems: 4 });
    const { worker } = await standing(queue.handle, 4, "cells.tryClaimSend(); stop();");
    const selecting = selectAsync([new Queue().onRecv(), queue.onRecv()]);
    queue.trySend(4);
    await worker.terminate();
    expect(await selecting).toEqual({ index: 1, value: 4, ok: true });
    expect(cellsOf(queue).cells.repair(SENDERS, noticeEnd)).toBe(false);
  });
});

describe.concurrent("Chan, unbuffered: a thread that is ended", () => {
  test("Chan: while its send waits, is no counterpart, and its place is used again", async () => {
    const chan = new Chan<string>({ capacityItems: 0, slotBytes: 32 });
    const sends =
      "const chan = threads.Chan.attach(handle); for (let i = 0; i < 16; i++) void chan.sendAsync('dead');";
    const { worker } = await standing(chan.handle, 0, `${sends} stop();`);
    const table = new Int32Array(chan.handle.buffer, 128);
    expect(Array.from({ length: 16 }, (_, at) => table[at * 14] !== 0)).not.toContain(false);
    await worker.terminate();
    expect(chan.tryRecv()).toBe(undefined);
    const receiving = chan.recvAsync();
    await chan.sendAsync("alive");
    expect(await receiving).toBe("alive");
  });

  test("Chan: with the channel's lock held, keeps nobody from sending", async () => {
    const chan = new Chan<string>({ capacityItems: 0, slotBytes: 32 });
    const { worker } = await standing(chan.handle, 0, `new MutexWord(words, 16, "Chan").lock(); stop();`);
    await worker.terminate();
    const receiving = chan.recvAsync();
    expect(await chan.sendAsync("through")).toBe(true);
    expect(await receiving).toBe("through");
  });
});
