import { Arena, fieldPlaces, Mutex, RWMutex, Snapshot, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

describe("Arena", () => {
  test("Arena: pieces never overlap and start on lines of their own", () => {
    const arena = new Arena(4096);
    const starts = [1, 64, 65, 8].map((bytes) => arena.allocate(bytes));
    expect(starts).toEqual([64, 128, 192, 320]);
    expect(arena.freeBytes).toBe(4096 - 384);
  });

  test("Arena: packed pieces share a line, which fieldPlaces shows", () => {
    const arena = new Arena(4096);
    const packed = [0, 1].map(() => arena.record({ count: "int32" }, { isPadded: false }));
    const padded = [0, 1].map(() => arena.record({ count: "int32" }));
    const lines = (records: typeof packed) => records.map((record) => fieldPlaces(record)[0]?.line);
    expect(lines(packed)).toEqual([1, 1]);
    expect(new Set(lines(padded)).size).toBe(2);
  });

  test("Arena: a record holds typed arrays over the arena, each aligned", () => {
    const arena = new Arena(1024);
    const record = arena.record({ flag: "uint8", price: "float64", names: ["uint16", 5], id: "bigint64" });
    record.price[0] = 1.5;
    record.id[0] = 2n ** 40n;
    expect([record.flag.length, record.price[0], record.names.length, record.id[0]]).toEqual([
      1,
      1.5,
      5,
      2n ** 40n,
    ]);
    expect(record.price.buffer).toBe(arena.buffer);
    expect(fieldPlaces(record)).toEqual([
      { name: "flag", offset: 64, bytes: 1, line: 1 },
      { name: "price", offset: 72, bytes: 8, line: 1 },
      { name: "names", offset: 80, bytes: 10, line: 1 },
      { name: "id", offset: 96, bytes: 8, line: 1 },
    ]);
  });

  test("Arena: primitives live in it and are found again from their handles", () => {
    const arena = new Arena(64 * 1024);
    const mu = new Mutex({ arena });
    const rw = new RWMutex({ arena });
    const snapshot = new Snapshot(new Float64Array([1, 2]), { arena, readers: 2 });
    expect([mu, rw, snapshot].every((made) => made.handle.buffer === arena.buffer)).toBe(true);
    expect(mu.tryLock()).toBe(true);
    expect(Mutex.attach(mu.handle).tryLock()).toBe(false);
    expect(RWMutex.attach(rw.handle).tryLock()).toBe(true);
    expect([...Snapshot.attach(snapshot.handle).load()]).toEqual([1, 2]);
  });

  test("Arena: threads may allocate at the same time without getting the same piece", async () => {
    const arena = new Arena(1024 * 1024);
    const starts = await team(
      3,
      (t, arena) => {
        t.barrier();
        return Array.from({ length: 500 }, () => arena.allocate(40));
      },
      { args: [arena], deadlineMs },
    );
    expect(new Set(starts.flat()).size).toBe(1_500);
  });

  test("Arena: when it is full it says how much was wanted and how much is left", () => {
    const arena = new Arena(256);
    arena.allocate(128);
    expect(() => arena.allocate(128)).toThrow(
      new RangeError("Arena: expected room for 128 bytes, 64 of 256 are left"),
    );
    expect(arena.allocate(64)).toBe(192);
  });

  test("Arena: bad arguments are told", () => {
    expect(() => new Arena(10)).toThrow("Arena: expected `bytes` to be an integer from 128 to");
    expect(() => new Arena(256).allocate(0)).toThrow("Arena.allocate: expected `bytes`");
    expect(() => new Arena(256).record({ a: "int" as "int32" })).toThrow(
      "Arena.record: expected the type of `a` to be one of int8, uint8,",
    );
    expect(() => new Arena(256).record({ a: ["int32", 0] })).toThrow(
      "expected `length of a` to be an integer",
    );
    expect(() => Arena.attach(new Mutex().handle)).toThrow(
      "expected the handle of a Arena, got the handle of a Mutex",
    );
  });
});
