import { CopyOnWrite, Mutex, Snapshot, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { POISONED, SELF } from "../../lib/threads/lockword.js";
import { DONE, WRITER_LOCK } from "../../lib/threads/writering.js";

const deadlineMs = 20_000;

describe("CopyOnWrite between threads", () => {
  for (const [threads, capacityItems] of [
    [2, 16],
    [4, 1],
    [4, 64],
  ] as const) {
    test(`CopyOnWrite: ${threads} threads with room for ${capacityItems} lose no write, read their own, and publish batches`, async () => {
      const cow = new CopyOnWrite(new Float64Array(8), { capacityItems });
      const missed = await team(
        threads,
        (t, cow) => {
          let missed = 0;
          t.barrier();
          for (let i = 1; i <= 2_000; i++) {
            cow.submit(t.id, i);
            if (i % 100 !== 0) continue;
            cow.write(t.id + 4, i);
            if (cow.load()[t.id] !== i || cow.load()[t.id + 4] !== i) missed++;
          }
          cow.flush();
          return missed;
        },
        { args: [cow], deadlineMs },
      );
      expect(missed).toEqual(new Array(threads).fill(0));
      expect([...cow.load()].slice(0, threads)).toEqual(new Array(threads).fill(2_000));
      expect(cow.waiting).toBe(0);
      if (capacityItems > 1) expect(cow.version).toBeLessThan(threads * 2_020);
    });
  }

  test("CopyOnWrite: a reader sees versions in order, each write of one thread after the one before", async () => {
    const cow = new CopyOnWrite(new Int32Array(64));
    const backwards = await team(
      3,
      (t, cow) => {
        let backwards = 0;
        if (t.id > 0) {
          for (let i = 1; i <= 3_000; i++) {
            cow.submit(0, i * 2 + t.id - 1); // who comes last
            cow.submit(t.id, i);
            cow.submit(t.id + 2, i);
          }
          cow.flush();
          return 0;
        }
        let last: number[] = [0, 0];
        for (;;) {
          const now = cow.read((data) => [data[3]!, data[4]!, data[1]!, data[2]!]);
          // The second of two writes is never there before the first.
          if (now[0]! > now[2]! || now[1]! > now[3]! || now[0]! < last[0]! || now[1]! < last[1]!) backwards++;
          last = now;
          if (now[0] === 3_000 && now[1] === 3_000) return backwards;
        }
      },
      { args: [cow], deadlineMs },
    );
    expect(backwards).toEqual([0, 0, 0]);
  });

  test("CopyOnWrite: a thread of its own drains, asleep while there is nothing", async () => {
    const cow = new CopyOnWrite(new Float64Array(4), { capacityItems: 64 });
    const drained = await team(
      2,
      (t, cow) => {
        let drained = 0;
        if (t.id === 0) while (cow.load()[0] !== 500) drained += cow.drainFor(1_000);
        else for (let i = 1; i <= 500; i++) cow.submit(0, i);
        return drained;
      },
      { args: [cow], deadlineMs },
    );
    expect([cow.waiting, drained[0]! > 0]).toEqual([0, true]);
  });

  test("CopyOnWrite: after the death of a thread inside a publication the next writer publishes its batch", () => {
    const cow = new CopyOnWrite(new Float64Array(4));
    cow.submit(1, 7);
    const words = new Int32Array(cow.handle.buffer);
    words[WRITER_LOCK] = POISONED; // as the lock of a thread that has died
    cow.write(2, 8);
    expect([...cow.load()]).toEqual([0, 7, 8, 0]);
    expect(words[WRITER_LOCK]).toBe(0);
  });
});

describe("CopyOnWrite on one thread", () => {
  test("CopyOnWrite: what is submitted can be read after a flush, a drain, a write, or when the queue is full", () => {
    const cow = new CopyOnWrite(new Float64Array(4), { capacityItems: 3 }); // rounded up to 4
    for (let i = 1; i <= 4; i++) cow.submit(0, i);
    expect([cow.waiting, cow.version, cow.load()[0]]).toEqual([4, 1, 0]);
    cow.submit(1, 5);
    expect([cow.waiting, cow.version, cow.load()[0]]).toEqual([1, 2, 4]);
    expect([cow.drain(), cow.drain(), cow.load()[1]]).toEqual([1, 0, 5]);
    cow.submit(2, 6);
    cow.write(3, 7);
    expect([cow.version, ...cow.load()]).toEqual([4, 4, 5, 6, 7]);
    cow.flush();
    expect(cow.version).toBe(4);
  });

  test("CopyOnWrite: a write waits for the one who publishes: on the event loop, or is refused; an aborted one leaves nothing behind", async () => {
    const cow = new CopyOnWrite(new Float64Array(2), { capacityItems: 1 });
    const words = new Int32Array(cow.handle.buffer);
    words[WRITER_LOCK] = SELF; // as if another task of this thread were publishing
    const first = cow.writeAsync(0, 1);
    const second = cow.writeAsync(0, 2); // the queue is full
    const controller = new AbortController();
    const third = cow.writeAsync(0, 3, { signal: controller.signal });
    const flushing = cow.flushAsync({ signal: controller.signal });
    expect(() => cow.write(1, 1)).toThrow(/^CopyOnWrite\.submit: would block the main thread/);
    controller.abort(new Error("enough"));
    await expect(third).rejects.toThrow("enough");
    await expect(flushing).rejects.toThrow("enough");
    words[WRITER_LOCK] = 0;
    cow.drain();
    await Promise.all([first, second]);
    expect([cow.load()[0], cow.waiting]).toEqual([2, 0]);
    expect(await cow.drainAsync({ timeoutMs: 1 })).toBe(0);
  });

  test("CopyOnWrite: a writer that does not look again after it has left forgets a write (planted bug)", () => {
    const cow = new CopyOnWrite(new Float64Array(2));
    const other = CopyOnWrite.attach(cow.handle);
    const { compareExchange, load } = Atomics;
    const words = new Int32Array(cow.handle.buffer);
    const run = (looksAgain: boolean) => {
      cow.submit(0, 1);
      let leaves = 0;
      Object.assign(Atomics, {
        compareExchange(view: Int32Array, at: number, from: number, to: number) {
          // In front of the unlock: another thread queues a write, finds the writer at work, and goes to sleep.
          if (at === WRITER_LOCK && from === SELF && leaves++ === 0) other.submit(1, 5);
          return compareExchange(view, at, from, to);
        },
        load(view: Int32Array, at: number) {
          // The planted bug: after it has left, nothing seems to wait.
          return !looksAgain && leaves > 0 && at === DONE - 16 ? load(view, DONE) : load(view, at);
        },
      });
      try {
        cow.drain();
      } finally {
        Object.assign(Atomics, { compareExchange, load });
      }
      return cow.waiting;
    };
    expect(run(true)).toBe(0);
    expect(run(false)).toBe(1);
    expect(words[WRITER_LOCK]).toBe(0);
  });

  test("CopyOnWrite: bad arguments are told; handles carry type and snapshot", () => {
    const cow = new CopyOnWrite(new Int32Array(10));
    expect(() => cow.write(10, 1)).toThrow(
      new RangeError("CopyOnWrite.write: expected `index` to be an integer from 0 to 9, got 10"),
    );
    expect(() => new CopyOnWrite(new Int32Array(1), { capacityItems: 0 })).toThrow(
      "CopyOnWrite: expected `capacityItems` to be an integer from 1 to 1048576, got 0",
    );
    expect(() => CopyOnWrite.attach(new Mutex().handle)).toThrow(
      "CopyOnWrite.attach: expected the handle of a CopyOnWrite, got the handle of a Mutex",
    );
    const { buffer, offset, tag } = cow.handle;
    expect(() => CopyOnWrite.attach({ buffer, offset, tag })).toThrow(
      "CopyOnWrite.attach: expected the handle of a CopyOnWrite with its `snapshot`",
    );
    expect([cow.length, CopyOnWrite.attach<Int32Array>(cow.handle).load().constructor]).toEqual([
      10,
      Int32Array,
    ]);
  });
});

test("Snapshot: a thread that has ended gives its reader's place back", async () => {
  const snapshot = new Snapshot(new Float64Array([1]), { readers: 1 });
  const dying = team(
    1,
    (_t, snapshot) =>
      snapshot.read(() => {
        for (;;);
      }),
    { args: [snapshot], deadlineMs: 100 },
  );
  await expect(dying).rejects.toThrow(/deadline/);
  snapshot.publish([2]);
  snapshot.publish([3]);
  expect([snapshot.load()[0], snapshot.version]).toEqual([3, 3]);
});
