import { Arena, Chan, ChannelError, Queue, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

/** Turns of the event loop in which whoever was woken runs. */
async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe("Chan between threads", () => {
  for (const capacityItems of [1, 8]) {
    test(`Chan: two senders and two receivers through ${capacityItems}: every value once, whole, each sender's in order`, async () => {
      const chan = new Chan<{ from: number; i: number; text: string }>({ capacityItems, slotBytes: 256 });
      const ended = new Int32Array(new SharedArrayBuffer(4));
      const results = await team(
        4,
        (t, chan, ended) => {
          const got: string[] = [];
          let wrong = 0;
          if (t.id < 2) {
            for (let i = 0; i < 1_000; i++) chan.send({ from: t.id, i, text: "x".repeat(i % 50) });
            if (Atomics.add(ended, 0, 1) === 1) chan.close();
          } else {
            const last = [-1, -1];
            for (let value = chan.recv(); value !== undefined; value = chan.recv()) {
              if (value.text.length !== value.i % 50 || value.i <= last[value.from]!) wrong++;
              last[value.from] = value.i;
              got.push(`${value.from}/${value.i}`);
            }
          }
          return { got, wrong };
        },
        { args: [chan, ended], deadlineMs },
      );
      expect(results.map(({ wrong }) => wrong)).toEqual([0, 0, 0, 0]);
      const all = results.flatMap(({ got }) => got);
      expect([all.length, new Set(all).size]).toEqual([2_000, 2_000]);
    });
  }

  test("Chan: a receiver's value is its own: the slot's next value does not change it", () => {
    const chan = new Chan<{ bytes: Uint8Array }>({ capacityItems: 1 });
    chan.trySend({ bytes: new Uint8Array([1, 2, 3]) });
    const first = chan.tryRecv();
    chan.trySend({ bytes: new Uint8Array([7, 8, 9]) });
    expect([...first!.bytes]).toEqual([1, 2, 3]);
  });
});

describe("Chan: values", () => {
  for (const [name, value] of [
    ["a number", 1.5],
    ["not a number", Number.NaN],
    ["a negative zero", -0],
    ["undefined", undefined],
    ["null", null],
    ["a string beyond Latin", "käse \u{1f9c0} \ud800"],
    ["a bigint", 2n ** 70n],
    ["nested things", { a: [1, { b: "c" }], d: new Map([[1, new Set(["e"])]]), f: new Date(5) }],
    ["a typed array", new Float64Array([1, 2])],
  ] as const) {
    test(`Chan: ${name} comes as it went, in a padded and in a packed place`, async () => {
      const arena = new Arena(8192);
      arena.allocate(8, { isPadded: false });
      for (const chan of [
        new Chan<unknown>({ slotBytes: 256, capacityItems: 2 }),
        new Chan<unknown>({ arena, capacityItems: 2 }),
      ]) {
        expect(chan.trySend(value)).toBe(true);
        expect(await Chan.attach(chan.handle).recvOkAsync()).toEqual({ value, ok: true });
      }
    });
  }

  test("Chan: what cannot be copied or is too large is told and takes no place", () => {
    const chan = new Chan<unknown>({ capacityItems: 1, slotBytes: 60 });
    expect(chan.slotBytes).toBe(64);
    expect(() => chan.trySend(() => {})).toThrow(/could not be cloned/);
    expect(() => chan.trySend("x".repeat(100))).toThrow(
      /^Chan\.trySend: the value takes 1\d\d bytes, a slot has 64; pass \{ slotBytes: … \}$/,
    );
    expect([chan.length, chan.trySend(1), chan.trySend(2), chan.tryRecv()]).toEqual([0, true, false, 1]);
  });
});

describe("Chan, closed", () => {
  test("Chan: gives what it still holds, then says that it is over", async () => {
    const chan = new Chan<string | undefined>();
    await chan.sendAsync("a");
    await chan.sendAsync(undefined);
    chan.close();
    expect([await chan.recvOkAsync(), await chan.recvOkAsync(), await chan.recvOkAsync()]).toEqual([
      { value: "a", ok: true },
      { value: undefined, ok: true },
      { value: undefined, ok: false },
    ]);
    expect(() => chan.trySend("b")).toThrow(new ChannelError("send on closed channel"));
    expect(() => chan.close()).toThrow(new ChannelError("close of closed channel"));
    await expect(chan.sendAsync("b")).rejects.toThrow("send on closed channel");
  });

  test("Chan: closing while all wait ends every receiver", async () => {
    const chan = new Chan<string>();
    const receiving = team(2, (_t, chan) => chan.recvOk().ok, { args: [chan], deadlineMs });
    const words = new Int32Array(chan.handle.buffer);
    while (Atomics.load(words, 48) < 2 << 16) await new Promise((resolve) => setImmediate(resolve));
    chan.close();
    expect(await receiving).toEqual([false, false]);
  });
});

describe("Chan, unbuffered", () => {
  test("Chan: a send waits for its receiver, and what is given up is not received", async () => {
    const chan = new Chan<string>({ capacityItems: 0 });
    expect([chan.capacityItems, chan.trySend("nobody there"), chan.tryRecv()]).toEqual([0, false, undefined]);
    let isSent = false;
    const sending = chan.sendAsync("a").then(() => {
      isSent = true;
    });
    await turns();
    expect([isSent, chan.length]).toEqual([false, 0]);
    expect(chan.tryRecv()).toBe("a");
    await sending;
    expect(isSent).toBe(true);
    expect(await chan.sendAsync("late", { timeoutMs: 5 })).toBe(false);
    expect(chan.tryRecv()).toBe(undefined);
    const receiving = chan.recvAsync();
    await turns();
    expect(chan.trySend("b")).toBe(true);
    expect(chan.trySend("c")).toBe(false); // the one receiver has been taken
    expect(await receiving).toBe("b");
  });

  test("Chan: those who wait are served in their order", async () => {
    const chan = new Chan<number>({ capacityItems: 0 });
    const sending = [1, 2, 3].map((value) => chan.sendAsync(value));
    await turns();
    expect([chan.tryRecv(), chan.tryRecv(), chan.tryRecv()]).toEqual([1, 2, 3]);
    await Promise.all(sending);
  });

  test("Chan: more waiters than the table has places come all through", async () => {
    const chan = new Chan<number>({ capacityItems: 0, slotBytes: 16 });
    const sending = Array.from({ length: 40 }, (_, i) => chan.sendAsync(i));
    const got: (number | undefined)[] = [];
    for (let i = 0; i < 40; i++) got.push(await chan.recvAsync());
    expect(got.sort((a, b) => a! - b!)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(await Promise.all(sending)).toEqual(sending.map(() => true));
  });

  test("Chan: closing wakes who waits: receivers with the end, senders with the error", async () => {
    const [a, b] = [new Chan<number>({ capacityItems: 0 }), new Chan<number>({ capacityItems: 0 })];
    const receiving = a.recvOkAsync();
    const sending = b.sendAsync(1);
    await turns();
    a.close();
    b.close();
    expect(await receiving).toEqual({ value: undefined, ok: false });
    await expect(sending).rejects.toThrow("send on closed channel");
    expect(() => a.close()).toThrow("close of closed channel");
  });

  test("Chan: two senders and two receivers hand 1,000 values over, each once", async () => {
    const chan = new Chan<{ from: number; i: number }>({ capacityItems: 0, slotBytes: 64 });
    const ended = new Int32Array(new SharedArrayBuffer(4));
    const results = await team(
      4,
      (t, chan, ended) => {
        const got: number[] = [];
        if (t.id < 2) {
          for (let i = 0; i < 500; i++) chan.send({ from: t.id, i });
          if (Atomics.add(ended, 0, 1) === 1) chan.close();
        } else for (const { from, i } of chan) got.push(from * 500 + i);
        return got;
      },
      { args: [chan, ended], deadlineMs },
    );
    const all = results.flat().sort((x, y) => x - y);
    expect(all).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
  });

  test("Chan: after an unbuffered send the sender sees what the receiver did before it", async () => {
    const chan = new Chan<number>({ capacityItems: 0 });
    const seen = new Int32Array(new SharedArrayBuffer(4));
    const results = await team(
      2,
      (t, chan, seen) => {
        let wrong = 0;
        for (let i = 1; i <= 200; i++) {
          if (t.id === 0) {
            chan.send(i);
            if (seen[0]! < i) wrong++;
          } else {
            seen[0] = i;
            chan.recv();
          }
        }
        return wrong;
      },
      { args: [chan, seen], deadlineMs },
    );
    expect(results).toEqual([0, 0]);
  });
});

describe("Chan in batches", () => {
  test("Chan: sendMany and recvMany keep the order; recvMany takes what is there", async () => {
    const chan = new Chan<string>({ capacityItems: 4 });
    const sending = team(
      1,
      (_t, chan) => {
        chan.sendMany(["a", "b", "c", "d", "e", "f"]);
        chan.close();
      },
      { args: [chan], deadlineMs },
    );
    const got: string[] = [];
    for (let part = await chan.recvManyAsync(3); part.length > 0; part = await chan.recvManyAsync(3)) {
      expect(part.length).toBeLessThanOrEqual(3);
      got.push(...part);
    }
    await sending;
    expect(got.join("")).toBe("abcdef");
    expect(() => chan.recvMany(0)).toThrow("Chan.recvMany: expected `most` to be an integer from 1");
  });

  test("Chan: sendManyAsync sends all while the event loop receives, and stops when aborted", async () => {
    const chan = new Chan<number>({ capacityItems: 2 });
    const sending = chan.sendManyAsync([1, 2, 3, 4, 5]);
    const got = [await chan.recvManyAsync(2), await chan.recvManyAsync(2)].flat();
    while (got.length < 5) got.push(...(await chan.recvManyAsync(2)));
    await sending;
    expect(got).toEqual([1, 2, 3, 4, 5]);
    const controller = new AbortController();
    const stopped = chan.sendManyAsync([1, 2, 3], { signal: controller.signal });
    await turns();
    controller.abort(new Error("enough"));
    await expect(stopped).rejects.toThrow("enough");
    expect(chan.length).toBe(2);
  });

  test("Chan: for await receives until the end", async () => {
    const chan = new Chan<number | undefined>({ capacityItems: 8 });
    for (const value of [1, undefined, 3]) chan.trySend(value);
    chan.close();
    const got: (number | undefined)[] = [];
    for await (const value of chan) got.push(value);
    expect(got).toEqual([1, undefined, 3]);
  });
});

describe("Chan misused", () => {
  test("Chan: bad arguments and blocking on the main thread are told", () => {
    expect(() => new Chan({ capacityItems: 0.5 })).toThrow(
      "Chan: expected `capacityItems` to be an integer from 0",
    );
    expect(() => new Chan({ slotBytes: 0 })).toThrow("Chan: expected `slotBytes` to be an integer from 8");
    expect(() => new Chan({ capacityItems: 2 ** 20, slotBytes: 2 ** 20 })).toThrow(
      "Chan: expected at most 1073741824 bytes for all slots",
    );
    const chan = new Chan<number>();
    expect(() => chan.send(1)).toThrow(
      /^Chan\.send: would block the main thread.*await chan\.sendAsync\(value\)/,
    );
    expect(() => chan.recvOk()).toThrow(
      /^Chan\.recvOk: would block the main thread.*await chan\.recvOkAsync\(\)/,
    );
    expect(() => Chan.attach(new Queue().handle)).toThrow(
      "Chan.attach: expected the handle of a Chan, got the handle of a Queue",
    );
  });
});
