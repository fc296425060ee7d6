import { Arena, Chan, ChannelError, Queue, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

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

describe("Chan misused", () => {
  test("Chan: bad arguments and blocking on the main thread are told", () => {
    expect(() => new Chan({ capacityItems: 0.5 })).toThrow(
      "Chan: expected `capacityItems` to be an integer from 1",
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
