import { ChannelError, Mutex, Queue, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { CellPort } from "../../lib/threads/cellport.js";
import { CELLS_HEADER_BYTES, Cells, NOT_NOW, OVER } from "../../lib/threads/cells.js";
import { RECEIVERS } from "../../lib/threads/cellwaits.js";

const deadlineMs = 20_000;

/** Two turns of the event loop in which whoever was woken runs. */
async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A bare queue of cells, four words each. */
function bareCells(capacity: number): { cells: Cells; words: Int32Array; port: CellPort } {
  const words = new Int32Array(new SharedArrayBuffer(CELLS_HEADER_BYTES + capacity * 16));
  const cells = new Cells(words, capacity, 4);
  cells.initialize();
  return { cells, words, port: new CellPort(cells, words, "Queue") };
}

describe("Queue between threads", () => {
  for (const [senders, receivers] of [
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
  ] as const) {
    for (const capacityItems of [1, 2, 64]) {
      test(`Queue: ${senders} to ${receivers} threads through ${capacityItems}: every item once, each sender's in order, all end`, async () => {
        const queue = new Queue({ capacityItems });
        const each = capacityItems === 1 ? 1_000 : 5_000;
        const ended = new Int32Array(new SharedArrayBuffer(4));
        const results = await team(
          senders + receivers,
          (t, queue, senders, each, ended) => {
            const got: number[] = [];
            if (t.id < senders) {
              for (let i = 0; i < each; i++) {
                const item = t.id * 1e9 + i;
                if (i % 3 > 0 || !queue.trySend(item)) queue.send(item);
              }
              if (Atomics.add(ended, 0, 1) + 1 === senders) queue.close();
            } else for (let item = queue.recv(); item !== undefined; item = queue.recv()) got.push(item);
            return got;
          },
          { args: [queue, senders, each, ended], deadlineMs },
        );
        const isInOrder = (items: number[], sender: number) => {
          const own = items.filter((item) => Math.floor(item / 1e9) === sender);
          return own.every((item, i) => i === 0 || item > own[i - 1]!);
        };
        for (const items of results) for (const sender of [0, 1]) expect(isInOrder(items, sender)).toBe(true);
        const all = results.flat().sort((a, b) => a - b);
        expect(all).toEqual(
          Array.from({ length: senders * each }, (_, i) => Math.floor(i / each) * 1e9 + (i % each)),
        );
      });
    }
  }

  test("Queue: closing while all wait ends every receiver", async () => {
    const queue = new Queue();
    const receiving = team(3, (_t, queue) => queue.recv() ?? "over", { args: [queue], deadlineMs });
    const words = new Int32Array(queue.handle.buffer);
    while (Atomics.load(words, 48) < 3 << 16) await turns();
    queue.close();
    expect(await receiving).toEqual(["over", "over", "over"]);
  });

  test("Queue: closing while senders wait fails them, and what was inside comes out", async () => {
    const queue = new Queue({ capacityItems: 1 });
    queue.trySend(1);
    const sending = team(
      2,
      (t, queue) => {
        try {
          queue.send(2);
          return "sent";
        } catch (error) {
          return error instanceof t.threads.ChannelError ? error.message : "another error";
        }
      },
      { args: [queue], deadlineMs },
    );
    const words = new Int32Array(queue.handle.buffer);
    while (Atomics.load(words, 48) < 2) await turns();
    queue.close();
    expect(await sending).toEqual(["send on closed channel", "send on closed channel"]);
    expect([queue.tryRecv(), await queue.recvAsync()]).toEqual([1, undefined]);
  });
});

describe("Cells in the middle of an operation", () => {
  for (const isPlanted of [false, true]) {
    const what = isPlanted
      ? "who does not wake on leaves an item and a receiver asleep (planted bug)"
      : "a wake-up for a cell behind an unfinished one is passed on";
    test(`Cells: ${what}`, async () => {
      const { cells, words, port } = bareCells(4);
      const got: number[] = [];
      const receive = () =>
        port.retry(RECEIVERS, {}, () => {
          const position = port.tryClaim(RECEIVERS, 1);
          if (position === NOT_NOW) return null;
          if (position === OVER) return true;
          got.push(position);
          if (isPlanted) Atomics.store(words, cells.cell(position), position + 8);
          else cells.release(position);
          return true;
        });
      const receivers = [receive(), receive()];
      await turns();
      const [first, second] = [cells.tryClaimSend(), cells.tryClaimSend()];
      cells.publish(second); // wakes one, which finds the first cell unfinished and sleeps again
      await turns();
      expect(got).toEqual([]);
      cells.publish(first);
      await turns();
      expect(got).toEqual(isPlanted ? [first] : [first, second]);
      cells.close(); // lets the planted one's sleeper go
      await Promise.all(receivers);
    });

    const order = isPlanted
      ? "handed on before it is filled, a cell gives what it held before (planted bug)"
      : "an unfilled cell is not received";
    test(`Cells: ${order}`, () => {
      const { cells, words } = bareCells(1);
      const send = (item: number, isHandedOnFirst: boolean) => {
        const position = cells.tryClaimSend();
        if (isHandedOnFirst) cells.publish(position);
        const early = cells.tryClaimRecv();
        words[cells.cell(position) + 1] = early === NOT_NOW ? item : words[cells.cell(position) + 1]!;
        if (early !== NOT_NOW) return words[cells.cell(early) + 1];
        cells.publish(position);
        const late = cells.tryClaimRecv();
        const got = words[cells.cell(late) + 1];
        cells.release(late);
        return got;
      };
      expect(send(7, false)).toBe(7);
      expect(send(8, isPlanted)).toBe(isPlanted ? 7 : 8);
    });
  }

  for (const isPlanted of [false, true]) {
    const what = isPlanted
      ? "who does not look again after it has told that it waits sleeps beside an item (planted bug)"
      : "what comes between the first look and the sleep is seen by the second look";
    test(`CellWaits: ${what}`, () => {
      const { cells } = bareCells(2);
      expect(cells.tryClaimRecv()).toBe(NOT_NOW); // the first look
      const path = isPlanted
        ? cells.waits.until(
            RECEIVERS,
            () => false,
            () => {},
          ) // tells, and sleeps without a look
        : cells.untilReady(RECEIVERS);
      cells.publish(cells.tryClaimSend()); // finds nobody to wake
      expect(path.next().done).toBe(!isPlanted);
      path.return(false);
      expect(cells.waits.counts()).toBe(0);
    });
  }

  test("Cells: what was claimed before the close is received, then every receiver ends", async () => {
    const { cells, port } = bareCells(2);
    const receive = () =>
      port.retry(RECEIVERS, {}, () => {
        const position = port.tryClaim(RECEIVERS, 1);
        if (position === NOT_NOW) return null;
        if (position === OVER) return "over";
        cells.release(position);
        return position;
      });
    const receivers = [receive(), receive(), receive()];
    const position = cells.tryClaimSend();
    cells.close();
    await turns();
    expect(cells.tryClaimSend()).toBe(OVER);
    expect(cells.tryClaimRecv()).toBe(NOT_NOW); // closed, but not over
    cells.publish(position);
    expect((await Promise.all(receivers)).sort()).toEqual([position, "over", "over"]);
  });

  test("Cells: positions pass the end of 32 bits", () => {
    const { cells, words } = bareCells(2);
    const start = 2 ** 31 - 4;
    for (const word of [16, 32]) words[word] = start;
    for (const position of [start, start + 2]) words[cells.cell(position)] = position;
    for (let round = 0; round < 5; round++) {
      const claimed = [cells.tryClaimSend(), cells.tryClaimSend()];
      expect([cells.tryClaimSend(), cells.length]).toEqual([NOT_NOW, 2]);
      for (const position of claimed) cells.publish(position);
      for (const position of claimed) {
        expect(cells.tryClaimRecv()).toBe(position);
        cells.release(position);
      }
      expect(cells.tryClaimRecv()).toBe(NOT_NOW);
    }
    cells.close();
    expect(cells.tryClaimRecv()).toBe(OVER);
  });
});

describe("Queue on the event loop", () => {
  test("Queue: waits that are given up leave nothing behind, and take no item from who waits on", async () => {
    const queue = new Queue({ capacityItems: 1 });
    const controller = new AbortController();
    const aborted = queue.recvAsync({ signal: controller.signal });
    const waiting = queue.recvAsync();
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    expect(queue.trySend(1)).toBe(true);
    expect(await waiting).toBe(1);
    queue.trySend(2);
    const patient = queue.sendAsync(3);
    expect(await queue.sendAsync(4, { timeoutMs: 5 })).toBe(false);
    expect([await queue.recvAsync(), await patient, await queue.recvAsync()]).toEqual([2, true, 3]);
    const words = new Int32Array(queue.handle.buffer);
    expect(words[48]).toBe(0); // nobody counted as waiting
  });

  test("Queue: the event loop and threads on both ends", async () => {
    const queue = new Queue({ capacityItems: 2 });
    const receiving = team(
      2,
      (_t, queue) => {
        let sum = 0;
        for (let item = queue.recv(); item !== undefined; item = queue.recv()) sum += item;
        return sum;
      },
      { args: [queue], deadlineMs },
    );
    for (let i = 1; i <= 200; i++) await queue.sendAsync(i);
    queue.close();
    expect((await receiving).reduce((a, b) => a + b)).toBe(20_100);
  });
});

describe("Queue misused", () => {
  test("Queue: bad arguments and ends are told", async () => {
    expect(() => new Queue({ capacityItems: 0 })).toThrow(
      "Queue: expected `capacityItems` to be an integer from 1 to 16777216, got 0",
    );
    const queue = new Queue({ capacityItems: 3 });
    expect(queue.capacityItems).toBe(4);
    expect(() => queue.trySend("1" as never)).toThrow(
      "Queue.trySend: expected `value` to be a number, got 1",
    );
    expect(() => queue.send(1)).toThrow(/^Queue\.send: would block the main thread.*await queue\.sendAsync/);
    expect(() => queue.recv()).toThrow(/^Queue\.recv: would block the main thread.*await queue\.recvAsync/);
    queue.close();
    expect(() => queue.close()).toThrow(new ChannelError("close of closed channel"));
    expect(() => queue.trySend(1)).toThrow(new ChannelError("send on closed channel"));
    await expect(queue.sendAsync(1)).rejects.toThrow("send on closed channel");
    expect(() => Queue.attach(new Mutex().handle)).toThrow(
      "Queue.attach: expected the handle of a Queue, got the handle of a Mutex",
    );
  });
});
