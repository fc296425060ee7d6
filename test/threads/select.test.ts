import {
  Chan,
  ChannelError,
  carry,
  onDefault,
  Queue,
  select,
  selectAsync,
  selectFor,
  team,
} from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Nobody is noted or counted at a buffered channel. */
function isLeftAlone(channel: Queue | Chan<unknown>): boolean {
  const words = new Int32Array(channel.handle.buffer, channel.handle.offset, 96);
  const table = words.subarray(64, 96);
  return words[48] === 0 && words[51] === 0 && table.every((word, i) => i % 2 === 1 || word === 0);
}

/** Nobody is noted at an unbuffered channel: each entry's first word is 0. */
function isEmptyTable(chan: Chan<unknown>): boolean {
  const entryWords = 6 + chan.slotBytes / 4;
  const words = new Int32Array(chan.handle.buffer, chan.handle.offset + 128);
  return Array.from({ length: 16 }, (_, i) => words[i * entryWords]).every((word) => word === 0);
}

const unbuffered = <T>() => new Chan<T>({ capacityItems: 0, slotBytes: 64 });

describe("select: what is ready now", () => {
  test("select: takes the case that is ready, tells its index and value, and leaves the others alone", () => {
    const [a, b] = [new Queue(), new Chan<string>()];
    b.trySend("b");
    expect(select(a.onRecv(), b.onRecv(), onDefault())).toEqual({ index: 1, value: "b", ok: true });
    expect(select(a.onRecv(), b.onRecv(), onDefault())).toEqual({ index: 2, value: undefined, ok: false });
    expect(select(onDefault(), a.onSend(5))).toEqual({ index: 1, value: undefined, ok: true });
    expect([a.tryRecv(), isLeftAlone(a), isLeftAlone(b)]).toEqual([5, true, true]);
  });

  test("select: a closed channel is ready: receiving says so, sending throws", async () => {
    for (const chan of [new Chan<number>(), unbuffered<number>()]) {
      chan.close();
      expect(select(chan.onRecv(), onDefault())).toEqual({ index: 0, value: undefined, ok: false });
      expect(() => select(chan.onSend(1), onDefault())).toThrow(new ChannelError("send on closed channel"));
    }
  });

  test("select: among cases that stay ready each is taken", () => {
    const queues = [new Queue(), new Queue(), new Queue()];
    for (const queue of queues) for (let i = 0; i < 300; i++) queue.trySend(i);
    const counts = [0, 0, 0];
    for (let i = 0; i < 300; i++) {
      const got = select(queues[0]!.onRecv(), queues[1]!.onRecv(), queues[2]!.onRecv(), onDefault());
      counts[got.index]!++;
    }
    // 300 fair choices among three: fewer than 40 of one has a probability below 10^-13.
    expect(Math.min(...counts)).toBeGreaterThan(40);
  });
});

describe("select: waiting", () => {
  test("selectAsync: waits for whichever comes, at buffered and unbuffered channels", async () => {
    const [queue, chan, meeting] = [new Queue(), new Chan<string>(), unbuffered<string>()];
    const wait = () => selectAsync([queue.onRecv(), chan.onRecv(), meeting.onRecv()]);
    let waiting = wait();
    await turns();
    queue.trySend(1);
    expect(await waiting).toEqual({ index: 0, value: 1, ok: true });
    waiting = wait();
    await turns();
    chan.trySend("two");
    expect(await waiting).toEqual({ index: 1, value: "two", ok: true });
    waiting = wait();
    await turns();
    expect(meeting.trySend("three")).toBe(true);
    expect(await waiting).toEqual({ index: 2, value: "three", ok: true });
    expect([isLeftAlone(queue), isLeftAlone(chan), isEmptyTable(meeting)]).toEqual([true, true, true]);
  });

  test("selectAsync: given up, by time or signal, it leaves nothing behind and takes nothing", async () => {
    const [queue, meeting] = [new Queue({ capacityItems: 1 }), unbuffered<number>()];
    expect(await selectAsync([queue.onRecv(), meeting.onRecv()], { timeoutMs: 5 })).toEqual({
      index: -1,
      value: undefined,
      ok: false,
    });
    const controller = new AbortController();
    const aborted = selectAsync([queue.onRecv(), meeting.onSend(7)], { signal: controller.signal });
    await turns();
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    expect([isLeftAlone(queue), isEmptyTable(meeting), meeting.tryRecv()]).toEqual([true, true, undefined]);
    expect([queue.trySend(1), queue.tryRecv()]).toEqual([true, 1]);
  });

  test("selectAsync: a wake-up that the select does not use goes on to who waits beside it", async () => {
    const [a, b] = [new Queue(), new Queue()];
    const both = selectAsync([a.onRecv(), b.onRecv()]);
    await turns();
    const single = a.recvAsync();
    await turns();
    b.trySend(1); // the select will take one of these, the receiver must get the other or the next
    a.trySend(2);
    const got = await both;
    if (got.index === 0) a.trySend(3);
    expect([2, 3]).toContain(await single);
    expect([isLeftAlone(a), isLeftAlone(b)]).toEqual([true, true]);
  });

  test("selectAsync: closing a channel that it waits at ends the wait", async () => {
    const [queue, meeting] = [new Queue(), unbuffered<number>()];
    const receiving = selectAsync([queue.onRecv(), meeting.onRecv()]);
    await turns();
    meeting.close();
    expect(await receiving).toEqual({ index: 1, value: undefined, ok: false });
    const full = new Queue({ capacityItems: 1 });
    full.trySend(1);
    const sending = selectAsync([full.onSend(2)]);
    await turns();
    full.close();
    await expect(sending).rejects.toThrow("send on closed channel");
    expect([isLeftAlone(queue), isLeftAlone(full)]).toEqual([true, true]);
  });

  test("select: two selects meet at an unbuffered channel, whichever waits", async () => {
    const [a, b] = [unbuffered<string>(), unbuffered<string>()];
    const sending = selectAsync([a.onSend("to a"), b.onSend("to b")]);
    const receiving = selectAsync([b.onRecv(), a.onRecv()]);
    const [sent, received] = await Promise.all([sending, receiving]);
    expect(received.value).toBe(sent.index === 0 ? "to a" : "to b");
    expect([isEmptyTable(a), isEmptyTable(b)]).toEqual([true, true]);
  });

  test("select: it is no counterpart of itself", async () => {
    const chan = unbuffered<number>();
    expect(await selectAsync([chan.onSend(1), chan.onRecv()], { timeoutMs: 10 })).toMatchObject({
      index: -1,
    });
    expect(isEmptyTable(chan)).toBe(true);
  });

  test("selectFor: a thread gives up after its time, and gets what comes before", async () => {
    const results = await team(
      1,
      (t, queue) => {
        const first = t.threads.selectFor(5, queue.onRecv());
        queue.send(4);
        return [first.index, t.threads.selectFor(5000, queue.onRecv()).value];
      },
      { args: [new Queue()], deadlineMs },
    );
    expect(results).toEqual([[-1, 4]]);
  });
});

/** Receives from both until both are closed; returns what came. */
const drain = carry((choose: typeof select, a: Chan<number>, b: Chan<number>) => {
  const got: number[] = [];
  const open = [a, b];
  while (open.length > 0) {
    const { index, ok, value } = choose(...open.map((one) => one.onRecv()));
    if (ok) got.push(value as number);
    else open.splice(index, 1);
  }
  return got;
});

describe("select between threads", () => {
  for (const [name, capacityItems] of [
    ["unbuffered", 0],
    ["of one place", 1],
    ["of eight", 8],
  ] as const) {
    test(`select: two senders and two selecting receivers over two channels, ${name}: every value once, each sender's in order`, async () => {
      const each = capacityItems === 0 ? 300 : 2_000;
      const channels = [0, 1].map(() => new Chan<number>({ capacityItems, slotBytes: 32 }));
      const ended = new Int32Array(new SharedArrayBuffer(4));
      const results = await team(
        4,
        (t, a, b, drain, each, ended) => {
          if (t.id >= 2) return drain(t.threads.select, a, b);
          for (let i = 0; i < each; i++) {
            const value = t.id * 1e6 + i;
            if (i % 2 === 0) t.threads.select(a.onSend(value), b.onSend(value));
            else (t.id === 0 ? a : b).send(value);
          }
          if (Atomics.add(ended, 0, 1) === 1) {
            a.close();
            b.close();
          }
          return [];
        },
        { args: [channels[0]!, channels[1]!, drain, each, ended], deadlineMs },
      );
      const all = results.flat().sort((x, y) => x - y);
      expect(all).toEqual(
        Array.from({ length: 2 * each }, (_, i) => Math.floor(i / each) * 1e6 + (i % each)),
      );
    });
  }
});

describe("select misused", () => {
  test("select: no cases, and blocking on the main thread, are told", async () => {
    expect(() => select()).toThrow("select: expected 1 to 509 cases, got 0");
    expect(() => select(new Queue().onRecv())).toThrow(
      /^select: would block the main thread.*await selectAsync\(\[…cases\]\)/,
    );
    expect(() => selectFor(-1, new Queue().onRecv())).toThrow(
      "selectFor: expected `timeoutMs` to be a number >= 0",
    );
    await expect(selectAsync([])).rejects.toThrow("select: expected 1 to 509 cases, got 0");
  });
});
