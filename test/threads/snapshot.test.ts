import { Snapshot, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

describe("Snapshot between threads", () => {
  for (const [readers, writers] of [
    [1, 1],
    [2, 1],
    [2, 2],
  ] as const) {
    test(`Snapshot: ${readers} readers beside ${writers} fast writers never see a mix, nor time go backwards`, async () => {
      const snapshot = new Snapshot(new Int32Array(256), { readers: readers + 1 });
      const results = await team(
        readers + writers,
        (t, snapshot, writers) => {
          if (t.id < writers) {
            for (let i = 0; i < 4_000 / writers; i++) snapshot.publish((data, version) => data.fill(version));
            return { mixed: 0, backwards: 0 };
          }
          let mixed = 0;
          let backwards = 0;
          let last = 0;
          while (last < 4_001) {
            snapshot.read((data, version) => {
              if (version > 1 && data.some((value) => value !== version)) mixed++;
              if (version < last) backwards++;
              last = version;
            });
          }
          return { mixed, backwards };
        },
        { args: [snapshot, writers], deadlineMs },
      );
      expect(results).toEqual(results.map(() => ({ mixed: 0, backwards: 0 })));
      expect([snapshot.version, snapshot.load()[0]]).toEqual([4_001, 4_001]);
    });
  }

  for (const isPinned of [true, false]) {
    test(`Snapshot: data in use ${isPinned ? "do not change" : "change when the reader's pin is erased (planted bug)"}`, () => {
      const snapshot = new Snapshot(new Int32Array(4), { readers: 1 });
      const data = snapshot.load();
      const firstPin = 3 * 64 + 4;
      if (!isPinned) new Int32Array(snapshot.handle.buffer, firstPin, 1)[0] = 0;
      for (let i = 1; i <= 3; i++) snapshot.publish([i, i, i, i]);
      expect(data.every((value) => value === 0)).toBe(isPinned);
    });
  }

  test("Snapshot: a reader that never returns does not stop publishing", async () => {
    const snapshot = new Snapshot(new Float64Array(8), { readers: 2 });
    const held = await team(
      2,
      (t, snapshot) => {
        if (t.id === 1) {
          t.barrier();
          for (let i = 0; i < 500; i++) snapshot.publish(new Array(8).fill(i));
          t.barrier();
          return true;
        }
        return snapshot.read((data, version) => {
          t.barrier(); // inside: 500 versions come meanwhile
          t.barrier();
          return version === 1 && data.every((value) => value === 0);
        });
      },
      { args: [snapshot], deadlineMs },
    );
    expect(held).toEqual([true, true]);
    expect(snapshot.version).toBe(501);
  });
});

describe("Snapshot on one thread", () => {
  test("Snapshot: begins with a copy of its first value as version 1", () => {
    const first = new Float64Array([1, 2]);
    const snapshot = new Snapshot(first);
    first[0] = 9;
    expect([snapshot.version, snapshot.length, ...snapshot.load()]).toEqual([1, 2, 1, 2]);
  });

  for (const array of [
    new Float64Array([1.5, 2]),
    new Float32Array([1.5, 2]),
    new Int32Array([-1, 2]),
    new Uint32Array([1, 4e9]),
    new Int16Array([-1, 2]),
    new Uint16Array([1, 65_535]),
    new Int8Array([-1, 2]),
    new Uint8Array([1, 255]),
  ]) {
    test(`Snapshot: an attached ${array.constructor.name} keeps its type and values`, () => {
      const attached = Snapshot.attach<typeof array>(new Snapshot(array).handle);
      expect(attached.load().constructor).toBe(array.constructor);
      expect([...attached.load()]).toEqual([...array]);
    });
  }

  test("Snapshot: publish takes new data or an edit of a copy, and returns the version", () => {
    const snapshot = new Snapshot(new Float64Array([1, 2]));
    expect(snapshot.publish([3, 4])).toBe(2);
    expect(snapshot.publish((data) => data.set([5], 1))).toBe(3);
    expect([...snapshot.load()]).toEqual([3, 5]);
  });

  test("Snapshot: a read inside a read sees the same version, even through another instance", () => {
    const snapshot = new Snapshot(new Float64Array([1]));
    const other = Snapshot.attach(snapshot.handle);
    const seen = snapshot.read((data, version) => {
      other.publish([2]);
      return [data[0], version, other.read((inner) => inner[0]), other.load()[0]];
    });
    expect(seen).toEqual([1, 1, 1, 1]);
    expect(other.load()[0]).toBe(2);
  });

  test("Snapshot: loaded data stay as they are until the next load, however much is published", () => {
    const snapshot = new Snapshot(new Float64Array([1]), { readers: 1 });
    const data = snapshot.load();
    for (let i = 2; i < 100; i++) snapshot.publish([i]);
    expect(data[0]).toBe(1);
    expect(snapshot.load()[0]).toBe(99);
  });

  test("Snapshot: an edit that throws publishes nothing, and the next one works", () => {
    const snapshot = new Snapshot(new Float64Array([1]));
    const fail = () =>
      snapshot.publish((data) => {
        data[0] = 2;
        throw new Error("half way");
      });
    expect(fail).toThrow("half way");
    expect([snapshot.version, snapshot.load()[0]]).toEqual([1, 1]);
    expect(snapshot.publish([3])).toBe(2);
  });

  test("Snapshot: publishing inside an edit is an error, not a dead lock", () => {
    const snapshot = new Snapshot(new Float64Array([1]));
    expect(() => snapshot.publish(() => void snapshot.publish([2]))).toThrow(
      "Snapshot.publish: another thread is publishing",
    );
  });

  test("Snapshot: publishAsync waits its turn", async () => {
    const snapshot = new Snapshot(new Float64Array([0]));
    const versions = await Promise.all([1, 2, 3].map((value) => snapshot.publishAsync([value])));
    expect(versions.sort()).toEqual([2, 3, 4]);
  });

  test("Snapshot: bad arguments are told", () => {
    expect(() => new Snapshot([1, 2] as never)).toThrow(
      new TypeError("Snapshot: expected `initial` to be a typed array of numbers, got object"),
    );
    expect(() => new Snapshot(new Float64Array(1), { readers: 0 })).toThrow(
      "Snapshot: expected `readers` to be an integer from 1 to 1000, got 0",
    );
    expect(() => new Snapshot(new Float64Array(2)).publish([1, 2, 3])).toThrow(
      new RangeError("Snapshot.publish: expected `next` to hold 2 numbers, got 3"),
    );
  });

  test("Snapshot: one reader more than it has places for is told what to pass", async () => {
    const snapshot = new Snapshot(new Float64Array(1), { readers: 1 });
    snapshot.load();
    const reading = team(1, (_t, snapshot) => snapshot.load()[0], { args: [snapshot], deadlineMs });
    await expect(reading).rejects.toThrow(
      "Snapshot: expected at most 1 threads to read, this is one more; pass { readers: … }",
    );
  });
});
