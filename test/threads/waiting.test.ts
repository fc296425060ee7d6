// The primitives that threads wait for: WaitGroup, Event, Latch, Barrier; and Counter.
import { Barrier, Counter, Event, Latch, team, WaitGroup } from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

function cells(n: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * n));
}

describe("WaitGroup", () => {
  test("WaitGroup: wait returns when everybody is done, and sees what they wrote", async () => {
    const wg = new WaitGroup();
    wg.add(3);
    const seen = await team(
      4,
      (t, wg, cells) => {
        if (t.id === 3) {
          wg.wait();
          return [...cells];
        }
        cells[t.id] = t.id + 1;
        wg.done();
        return [];
      },
      { args: [wg, cells(3)], deadlineMs },
    );
    expect(seen[3]).toEqual([1, 2, 3]);
  });

  test("WaitGroup: waitAsync waits without blocking; waitFor and waitAsync give up after their time", async () => {
    const wg = new WaitGroup();
    expect(await wg.waitAsync()).toBe(true);
    wg.add(1);
    expect(await wg.waitAsync({ timeoutMs: 5 })).toBe(false);
    expect(await team(1, (_t, wg) => wg.waitFor(5), { args: [wg], deadlineMs })).toEqual([false]);
    const waiting = wg.waitAsync();
    wg.done();
    expect(await waiting).toBe(true);
  });

  test("WaitGroup: a count below 0 says so in Go's words and stays as it was", () => {
    const wg = new WaitGroup();
    wg.add(1);
    expect(() => wg.add(-2)).toThrow("sync: negative WaitGroup counter");
    wg.done();
    expect(() => wg.done()).toThrow("sync: negative WaitGroup counter");
    expect(() => wg.add(0.5)).toThrow("WaitGroup.add: expected `n` to be an integer, got 0.5");
    expect(() => wg.wait()).toThrow("WaitGroup.wait: would block the main thread");
  });
});

describe("Event", () => {
  test("Event: everybody passes once it is set, nobody after it was reset", async () => {
    const event = new Event();
    const waiting = team(2, (t, event) => [event.wait(), t.id][1], { args: [event], deadlineMs });
    event.set();
    expect(await waiting).toEqual([0, 1]);
    expect([event.isSet, await event.waitAsync()]).toEqual([true, true]);
    event.reset();
    expect([event.isSet, await event.waitAsync({ timeoutMs: 5 })]).toEqual([false, false]);
    expect(await team(1, (_t, event) => event.waitFor(5), { args: [event], deadlineMs })).toEqual([false]);
  });

  test("Event: an aborted wait rejects with the reason", async () => {
    const controller = new AbortController();
    const waiting = new Event().waitAsync({ signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });

  test("Event: refuses to block the main thread", () => {
    expect(() => new Event().wait()).toThrow("Event.wait: would block the main thread");
  });
});

describe("Latch", () => {
  test("Latch: opens with the last arrival, and an arrival too many does no harm", async () => {
    const latch = new Latch(2);
    const passed = await team(
      3,
      (t, latch) => {
        if (t.id > 0) latch.countDown();
        latch.wait();
        return latch.left;
      },
      { args: [latch], deadlineMs },
    );
    expect(passed).toEqual([0, 0, 0]);
    latch.countDown();
    expect([latch.left, await latch.waitAsync()]).toEqual([0, true]);
  });

  test("Latch: waiting gives up after its time; bad counts are told", async () => {
    expect(await new Latch(1).waitAsync({ timeoutMs: 5 })).toBe(false);
    expect(await team(1, (_t, latch) => latch.waitFor(5), { args: [new Latch(1)], deadlineMs })).toEqual([
      false,
    ]);
    expect(() => new Latch(-1)).toThrow(
      "Latch: expected `count` to be an integer from 0 to 2147483647, got -1",
    );
  });
});

describe("Barrier", () => {
  test("Barrier: in every round exactly one thread is the last", async () => {
    const lasts = await team(
      3,
      (_t, barrier) => {
        let last = 0;
        for (let round = 0; round < 300; round++) if (barrier.wait()) last++;
        return last;
      },
      { args: [new Barrier(3)], deadlineMs },
    );
    expect(lasts.reduce((a, b) => a + b)).toBe(300);
  });

  test("Barrier: the event loop can come to the meeting too", async () => {
    const barrier = new Barrier(2);
    const meeting = team(1, (_t, barrier) => barrier.wait(), { args: [barrier], deadlineMs });
    const mine = await barrier.waitAsync();
    expect([mine, ...(await meeting)].sort()).toEqual([false, true]);
  });

  test("Barrier: who waits at a broken barrier is told, who had passed is not", async () => {
    const barrier = new Barrier(2);
    expect(await Promise.all([barrier.waitAsync(), barrier.waitAsync()])).toEqual([false, true]);
    const waiting = barrier.waitAsync();
    barrier.break();
    await expect(waiting).rejects.toThrow("Barrier.wait: the barrier is broken");
    await expect(barrier.waitAsync()).rejects.toThrow("Barrier.wait: the barrier is broken");
  });

  test("Barrier: a round that was complete counts, even when the barrier breaks before all have woken", async () => {
    const barrier = new Barrier(2);
    const first = barrier.waitAsync();
    const second = barrier.waitAsync();
    barrier.break();
    expect(await Promise.all([first, second])).toEqual([false, true]);
  });

  test("Barrier: bad numbers are told", () => {
    expect(() => new Barrier(0)).toThrow(
      "Barrier: expected `parties` to be an integer from 1 to 65535, got 0",
    );
  });
});

describe("Counter", () => {
  test("Counter: no addition of any thread is lost, even with fewer cells than threads", async () => {
    for (const cells of [1, 16]) {
      const counter = new Counter({ cells });
      await team(
        4,
        (_t, counter) => {
          for (let i = 0; i < 5_000; i++) counter.add(i % 2 === 0 ? 2 : -1);
        },
        { args: [counter], deadlineMs },
      );
      expect(counter.sum()).toBe(4 * 2_500);
    }
  });

  test("Counter: bad numbers are told", () => {
    expect(() => new Counter({ cells: 0 })).toThrow(
      "Counter: expected `cells` to be an integer from 1 to 4096, got 0",
    );
  });
});
