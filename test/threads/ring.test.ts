import { ChannelError, carry, Mutex, Ring, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

describe("Ring between two threads", () => {
  for (const kind of ["int32", "float64"] as const) {
    for (const capacityItems of [1, 2, 64]) {
      test(`Ring: ${kind} items come all, once and in order through a ring of ${capacityItems}`, async () => {
        const ring = new Ring({ kind, capacityItems });
        const items = capacityItems === 1 ? 2_000 : 20_000;
        const [, received] = await team(
          2,
          (t, ring, items) => {
            let wrong = 0;
            let next = 0;
            if (t.id === 0) {
              for (let i = 0; i < items; i++) ring.send(i);
              ring.close();
            } else {
              for (let item = ring.recv(); item !== undefined; item = ring.recv())
                if (item !== next++) wrong++;
            }
            return [next, wrong];
          },
          { args: [ring, items], deadlineMs },
        );
        expect(received).toEqual([items, 0]);
      });
    }

    test(`Ring: ${kind} batches of all lengths come whole and in order, mixed with single items`, async () => {
      const ring = new Ring({ kind, capacityItems: 16 });
      const [sent, received] = await team(
        2,
        (t, ring, isInt32) => {
          const room = isInt32 ? new Int32Array(40) : new Float64Array(40);
          let next = 0;
          let wrong = 0;
          if (t.id === 0) {
            for (let round = 0; round < 1_000; round++) {
              const batch = room.subarray(0, round % 41);
              for (let i = 0; i < batch.length; i++) batch[i] = next++;
              ring.sendBatch(batch);
              if (round % 3 === 0) ring.send(next++);
            }
            ring.close();
            return [next, wrong];
          }
          for (let turn = 0; ; turn++) {
            const count = ring.recvBatch(room.subarray(0, 1 + (turn % 40)));
            if (count === 0) return [next, wrong];
            for (let i = 0; i < count; i++) if (room[i] !== next++) wrong++;
          }
        },
        { args: [ring, kind === "int32"], deadlineMs },
      );
      expect(received).toEqual([sent![0], 0]);
    });
  }

  for (const isPlanted of [false, true]) {
    const what = isPlanted
      ? "with the position moved first the receiver gets what the slot held before (planted bug)"
      : "the receiver gets nothing until the item is written";
    test(`Ring: ${what}`, async () => {
      // The sender stands in the middle of a send while the other tries to receive.
      const TAIL = 16;
      const ring = new Ring({ kind: "int32", capacityItems: 1 });
      ring.trySend(5);
      ring.tryRecv();
      const half = carry((ring: Ring, barrier: () => void, isPlanted: boolean, tail: number) => {
        const { buffer, offset } = ring.handle;
        const words = new Int32Array(buffer, offset);
        if (isPlanted) Atomics.store(words, tail, 4);
        else words[4 * 16] = 6;
        barrier();
        barrier();
      });
      const [, got] = await team(
        2,
        (t, ring, half, isPlanted, tail) => {
          if (t.id === 0) {
            half(ring, () => t.barrier(), isPlanted, tail);
            return undefined;
          }
          t.barrier();
          const item = ring.tryRecv();
          t.barrier();
          return item;
        },
        { args: [ring, half, isPlanted, TAIL], deadlineMs },
      );
      expect(got).toBe(isPlanted ? 5 : undefined);
    });
  }

  test("Ring: positions pass the end of 32 bits", () => {
    const ring = new Ring({ kind: "int32", capacityItems: 4 });
    const words = new Int32Array(ring.handle.buffer);
    for (const position of [16, 17, 32, 33]) words[position] = 2 ** 31 - 4;
    const got: (number | undefined)[] = [];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 4; i++) expect(ring.trySend(round * 4 + i)).toBe(true);
      expect([ring.trySend(99), ring.length]).toEqual([false, 4]);
      for (let i = 0; i < 4; i++) got.push(ring.tryRecv());
    }
    expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});

describe("Ring, closed", () => {
  test("Ring: gives what it still holds, then undefined; sending and closing again say so in Go's words", async () => {
    const ring = new Ring({ capacityItems: 2 });
    ring.trySend(1.5);
    ring.close();
    expect(() => ring.trySend(2)).toThrow(new ChannelError("send on closed channel"));
    expect(() => ring.close()).toThrow(new ChannelError("close of closed channel"));
    await expect(ring.sendAsync(2)).rejects.toThrow("send on closed channel");
    expect([await ring.recvAsync(), await ring.recvAsync(), ring.tryRecv()]).toEqual([
      1.5,
      undefined,
      undefined,
    ]);
    expect(await ring.recvBatchAsync(new Float64Array(2))).toBe(0);
  });

  test("Ring: closing wakes the receiver, and a sender that waits for room", async () => {
    const empty = new Ring();
    const receiving = team(1, (_t, ring) => ring.recv() ?? "over", { args: [empty], deadlineMs });
    const words = new Int32Array(empty.handle.buffer);
    while ((Atomics.load(words, 16) & 1) === 0) await new Promise((resolve) => setImmediate(resolve));
    empty.close();
    expect(await receiving).toEqual(["over"]);

    const full = new Ring({ capacityItems: 1 });
    full.trySend(1);
    const sending = full.sendAsync(2);
    full.close();
    await expect(sending).rejects.toThrow("send on closed channel");
  });

  test("Ring: a ChannelError keeps its class on the way from a thread", async () => {
    const ring = new Ring();
    ring.close();
    const sending = team(1, (_t, ring) => ring.send(1), { args: [ring], deadlineMs });
    await expect(sending).rejects.toBeInstanceOf(ChannelError);
  });
});

describe("Ring on the event loop", () => {
  test("Ring: the event loop receives from a thread", async () => {
    const ring = new Ring({ kind: "int32", capacityItems: 2 });
    const sending = team(
      1,
      (_t, ring) => {
        for (let i = 0; i < 100; i++) ring.send(i);
        ring.close();
      },
      { args: [ring], deadlineMs },
    );
    const got: number[] = [];
    for (let item = await ring.recvAsync(); item !== undefined; item = await ring.recvAsync()) got.push(item);
    await sending;
    expect(got).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test("Ring: the event loop sends batches to a thread", async () => {
    const ring = new Ring({ kind: "int32", capacityItems: 4 });
    const receiving = team(
      1,
      (_t, ring) => {
        const got: number[] = [];
        for (let item = ring.recv(); item !== undefined; item = ring.recv()) got.push(item);
        return got;
      },
      { args: [ring], deadlineMs },
    );
    await ring.sendBatchAsync(Int32Array.from({ length: 50 }, (_, i) => i));
    ring.close();
    expect(await receiving).toEqual([Array.from({ length: 50 }, (_, i) => i)]);
  });

  test("Ring: a wait given up leaves nothing behind, also beside another task that waits", async () => {
    const ring = new Ring({ capacityItems: 1 });
    expect(await ring.sendAsync(1, { timeoutMs: 5 })).toBe(true);
    const patient = ring.sendAsync(2);
    expect(await ring.sendAsync(3, { timeoutMs: 5 })).toBe(false);
    expect([await ring.recvAsync(), await patient, await ring.recvAsync()]).toEqual([1, true, 2]);
    const controller = new AbortController();
    const aborted = ring.recvAsync({ signal: controller.signal });
    const waiting = ring.recvAsync();
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    ring.trySend(4);
    expect(await waiting).toBe(4);
  });
});

describe("Ring misused", () => {
  test("Ring: bad arguments are told", () => {
    expect(() => new Ring({ capacityItems: 0 })).toThrow(
      "Ring: expected `capacityItems` to be an integer from 1 to 67108864, got 0",
    );
    expect(() => new Ring({ kind: "int8" as never })).toThrow(
      "Ring: expected `kind` to be int32 or float64, got int8",
    );
    const ring = new Ring({ kind: "int32" });
    expect(() => ring.trySend(1.5)).toThrow(
      new TypeError("Ring.trySend: expected `value` to be an integer of 32 bits, got 1.5"),
    );
    expect(() => ring.sendBatch(new Float64Array(1))).toThrow(
      "expected a batch of this ring to be an Int32Array",
    );
    expect(() => new Ring().trySend("1" as never)).toThrow(
      "Ring.trySend: expected `value` to be a number, got 1",
    );
    expect(new Ring({ capacityItems: 5 }).capacityItems).toBe(8);
  });

  test("Ring: blocking forms are refused on the main thread and name the way out", () => {
    const ring = new Ring();
    const refused = /would block the main thread.*await ring\.\w+Async/;
    for (const call of [
      () => ring.send(1),
      () => ring.recv(),
      () => ring.sendBatch(new Float64Array(1)),
      () => ring.recvBatch(new Float64Array(1)),
    ]) {
      expect(call).toThrow(refused);
    }
  });

  test("Ring.attach: keeps kind and capacity, and refuses the handle of another class", () => {
    const ring = new Ring({ kind: "int32", capacityItems: 4 });
    ring.trySend(7);
    const attached = Ring.attach(ring.handle);
    expect([attached.capacityItems, attached.tryRecv()]).toEqual([4, 7]);
    expect(() => Ring.attach(new Mutex().handle)).toThrow(
      "Ring.attach: expected the handle of a Ring, got the handle of a Mutex",
    );
  });
});
