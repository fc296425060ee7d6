import { Mutex, SeqLock, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { twinOf } from "./twins.js";

const deadlineMs = 20_000;
const LOCK = 16;
const SEQUENCE = 32;
const PAYLOAD = 34;
/** Of a record of two numbers. */
const DRAFT = 48;

function wordsOf(record: SeqLock): Int32Array {
  return new Int32Array(record.handle.buffer, record.handle.offset);
}

describe("SeqLock between threads", () => {
  for (const [readers, writers] of [
    [1, 1],
    [3, 1],
    [2, 2],
  ] as const) {
    test(`SeqLock: ${readers} readers beside ${writers} fast writers never see a mix, nor time go backwards`, async () => {
      const record = new SeqLock(16);
      const results = await team(
        readers + writers,
        (t, record, writers) => {
          if (t.id < writers) {
            for (let i = 0; i < 4_000 / writers; i++) record.write((data) => data.fill(data[0]! + 1));
            return { mixed: 0, backwards: 0 };
          }
          const data = new Float64Array(16);
          let mixed = 0;
          let backwards = 0;
          for (let last = 0; last < 4_000; ) {
            record.read(data);
            if (data.some((value) => value !== data[0])) mixed++;
            if (data[0]! < last) backwards++;
            last = data[0]!;
          }
          return { mixed, backwards };
        },
        { args: [record, writers], deadlineMs },
      );
      expect(results).toEqual(results.map(() => ({ mixed: 0, backwards: 0 })));
    });
  }

  for (const isPlanted of [false, true]) {
    const what = isPlanted
      ? "without the second look a reader returns a mix (planted bug)"
      : "a reader that was interrupted by a write notices";
    test(`SeqLock: ${what}`, async () => {
      // The reader copies word by word; after the first word the other thread writes.
      const record = new SeqLock(2);
      record.write([1, 1]);
      const [seen] = await team(
        2,
        (t, record, isPlanted, sequence, payload) => {
          if (t.id === 1) {
            t.barrier();
            record.write([2, 2]);
            t.barrier();
            return undefined;
          }
          const words = new Int32Array(record.handle.buffer, record.handle.offset);
          const copy = new Float64Array(2);
          const into = new Int32Array(copy.buffer);
          for (let attempt = 0; ; attempt++) {
            const before = Atomics.load(words, sequence);
            for (let i = 0; i < 4; i++) {
              if (attempt === 0 && i === 2) {
                t.barrier();
                t.barrier();
              }
              into[i] = Atomics.load(words, payload + i);
            }
            if (isPlanted || Atomics.load(words, sequence) === before) return [...copy];
          }
        },
        { args: [record, isPlanted, SEQUENCE, PAYLOAD], deadlineMs },
      );
      expect(seen).toEqual(isPlanted ? [1, 2] : [2, 2]);
    });
  }

  test("SeqLock: a reader whom writers keep out waits for their lock", async () => {
    const record = new SeqLock(1);
    const words = wordsOf(record);
    // As if the main thread stood in the middle of a write: it holds the writers' lock, the sequence is odd.
    words[LOCK] = 1 << 4;
    Atomics.add(words, SEQUENCE, 1);
    expect(record.tryRead()).toBe(undefined);
    const reading = team(1, (_t, record) => [...record.read()], { args: [record], deadlineMs });
    const here = record.readAsync();
    while ((Atomics.load(words, LOCK) & 1) === 0) await new Promise((resolve) => setImmediate(resolve));
    Atomics.store(words, PAYLOAD + 1, 0x3ff0_0000); // 1.0
    Atomics.add(words, SEQUENCE, 1);
    Atomics.store(words, LOCK, 0);
    Atomics.notify(words, LOCK);
    expect([await reading, [...(await here)]]).toEqual([[[1]], [1]]);
  });
});

describe("SeqLock: a writer dies", () => {
  for (const isPlanted of [false, true]) {
    const what = isPlanted
      ? "a reader gets half of it when nobody finishes the write (planted bug)"
      : "in the middle of a write: whoever comes next, reader or writer, finds the whole of it";
    test(`SeqLock: ${what}`, async () => {
      const library = isPlanted
        ? twinOf(
            "seqlock.js",
            "& 1) !== 0)\n            this.#publishDraft();",
            "& 1) !== 0)\n            Atomics.add(this.#words, SEQUENCE, 1);",
          )
        : new URL("../../.build/lib/threads/index.js", import.meta.url).href;
      const record = new SeqLock(2);
      record.write([1, 1]);
      const words = wordsOf(record);
      await team(
        1,
        (_t, words, [lock, sequence, payload], draft) => {
          // What `write([2, 2])` does, up to the middle of its payload.
          words[lock!] = (process.getBuiltinModule("node:worker_threads").threadId + 1) << 4;
          new Float64Array(words.buffer, words.byteOffset + 4 * draft, 2).fill(2);
          Atomics.add(words, sequence!, 1);
          Atomics.store(words, payload!, words[draft]!);
          Atomics.store(words, payload! + 1, words[draft + 1]!);
          process.exit();
        },
        { args: [words, [LOCK, SEQUENCE, PAYLOAD], DRAFT], deadlineMs },
      ).catch(() => "died");
      const read = await team(
        1,
        async (t, library, handle) => {
          const load = new Function("url", "return import(url)") as (
            url: string,
          ) => Promise<typeof t.threads>;
          return [...(await load(library)).SeqLock.attach(handle).read()];
        },
        { args: [library, record.handle], deadlineMs },
      );
      expect(read).toEqual([isPlanted ? [2, 1] : [2, 2]]);
      expect(words[LOCK]).toBe(0); // free, and no longer marked
    });
  }

  test("SeqLock: tryRead is not kept out by a writer that is gone", async () => {
    const record = new SeqLock(1);
    const words = wordsOf(record);
    const [thread] = await team(1, () => process.getBuiltinModule("node:worker_threads").threadId, {
      deadlineMs,
    });
    await team(1, () => process.exit(), { deadlineMs }).catch(() => "died");
    words[LOCK] = (thread! + 1) << 4;
    Atomics.add(words, SEQUENCE, 1); // the draft is all zeros
    expect(record.tryRead()).toEqual(Float64Array.of(0));
    record.write([7]);
    expect(record.tryRead()).toEqual(Float64Array.of(7));
  });
});

describe("SeqLock on one thread", () => {
  test("SeqLock: write takes new data or an edit of a copy; numbers of all kinds come back", async () => {
    const record = new SeqLock(3);
    record.write([1.5, Number.NaN, -0]);
    expect([...record.tryRead()!]).toEqual([1.5, Number.NaN, -0]);
    await record.writeAsync((data) => data.fill(Number.MAX_VALUE, 1));
    expect([...(await SeqLock.attach(record.handle).readAsync())]).toEqual([
      1.5,
      Number.MAX_VALUE,
      Number.MAX_VALUE,
    ]);
  });

  test("SeqLock: an edit that throws or reads the record writes nothing wrong, and the next write works", () => {
    const record = new SeqLock(2);
    record.write([1, 2]);
    expect(() =>
      record.write((data) => {
        data[0] = 9;
        throw new Error("half way");
      }),
    ).toThrow("half way");
    record.write((data) => {
      data[0] = 5;
      expect([...record.tryRead()!]).toEqual([1, 2]);
    });
    expect([...record.tryRead()!]).toEqual([5, 2]);
  });

  test("SeqLock: an aborted wait rejects with the reason and writes nothing", async () => {
    const record = new SeqLock(1);
    const aborted = record.writeAsync([1], { signal: AbortSignal.abort(new Error("enough")) });
    await expect(aborted).rejects.toThrow("enough");
    expect([...record.tryRead()!]).toEqual([0]);
  });

  test("SeqLock: bad arguments are told", () => {
    expect(() => new SeqLock(0)).toThrow(
      "SeqLock: expected `length` to be an integer from 1 to 1048576, got 0",
    );
    const record = new SeqLock(2);
    expect(() => record.write([1, 2, 3])).toThrow(
      new RangeError("SeqLock.write: expected `next` to hold 2 numbers, got 3"),
    );
    expect(() => record.tryRead(new Float64Array(3))).toThrow(
      "SeqLock.tryRead: expected `into` to be a Float64Array of length 2",
    );
    expect(() => record.read()).toThrow(/^SeqLock\.read: would block the main thread/);
    expect(() => SeqLock.attach(new Mutex().handle)).toThrow(
      "SeqLock.attach: expected the handle of a SeqLock, got the handle of a Mutex",
    );
  });
});
