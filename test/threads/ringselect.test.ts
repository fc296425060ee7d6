// A Ring among the cases of a select: what is ready, waits on either side, ends, deaths, and planted bugs that lose a wake-up.
import { createRequire } from "node:module";
import type * as Library from "happens-before/threads";
import {
  ChannelError,
  onDefault,
  Queue,
  Ring,
  type SendCase,
  select,
  selectAsync,
  selectFor,
  team,
} from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { twinOf } from "./twins.js";

const deadlineMs = 25_000;
/** Words of a ring: the line of its selects; their number on both sides. */
const SELECTS = 64;
const PLACES = 8;

/** No select is noted. */
function isLeftAlone(ring: Ring): boolean {
  const words = new Int32Array(ring.handle.buffer, ring.handle.offset + 4 * SELECTS, 2 * PLACES);
  return words.every((word, i) => i % 2 === 1 || word === 0);
}

function full(capacityItems = 1): Ring {
  const ring = new Ring({ capacityItems });
  for (let i = 0; ring.trySend(i); i++);
  return ring;
}

describe("select at a Ring: what is ready now", () => {
  test("select: receives from a ring that has an item, sends to one that has room, else takes the default", () => {
    const [empty, ring] = [new Ring(), new Ring({ kind: "int32", capacityItems: 1 })];
    expect(select(empty.onRecv(), ring.onRecv(), onDefault()).index).toBe(2);
    expect(select(ring.onSend(5), onDefault())).toEqual({ index: 0, value: undefined, ok: true });
    expect(select(ring.onSend(6), onDefault()).index).toBe(1);
    expect(select(empty.onRecv(), ring.onRecv(), onDefault())).toEqual({ index: 1, value: 5, ok: true });
    expect([isLeftAlone(empty), isLeftAlone(ring)]).toEqual([true, true]);
    expect(() => ring.onSend(1.5)).toThrow(
      new TypeError("Ring.onSend: expected `value` to be an integer of 32 bits, got 1.5"),
    );
  });

  test("select: a closed ring gives what it holds, then says that it is over; sending to it throws", () => {
    const ring = new Ring();
    ring.trySend(1);
    ring.close();
    expect(select(ring.onRecv(), onDefault())).toEqual({ index: 0, value: 1, ok: true });
    expect(select(ring.onRecv(), onDefault())).toEqual({ index: 0, value: undefined, ok: false });
    expect(() => select(ring.onSend(1), onDefault())).toThrow(new ChannelError("send on closed channel"));
  });
});

/** One of a ring's cases that counts how often its select had to look by itself, 50 ms after nobody woke it. */
function watched<C extends { look(): void }>(one: C): C & { looks: number } {
  const counting = {
    ...one,
    looks: 0,
    look() {
      counting.looks++;
      one.look();
    },
  };
  return counting;
}

/** Waits at `one`, lets `wake` happen at once, and says how often the select had to look by itself: 0, or a wake-up was lost. */
async function looksUntil(
  library: Pick<typeof Library, "selectAsync">,
  one: ReturnType<Ring["onRecv"]> | SendCase,
  wake: () => void,
): Promise<number> {
  const counting = watched(one);
  const waiting = library.selectAsync([counting, new Queue().onRecv()]).catch(() => {});
  wake();
  await waiting;
  return counting.looks;
}

/** Every way in which a select at a ring is woken. */
const WAYS = {
  "an item comes": (library: typeof Library) => {
    const ring = new library.Ring();
    return looksUntil(library, ring.onRecv(), () => ring.trySend(1));
  },
  "a batch comes": (library: typeof Library) => {
    const ring = new library.Ring();
    return looksUntil(library, ring.onRecv(), () => void ring.sendBatchAsync(new Float64Array(2)));
  },
  "room comes": (library: typeof Library) => {
    const ring = new library.Ring({ capacityItems: 1 });
    ring.trySend(1);
    return looksUntil(library, ring.onSend(2), () => ring.tryRecv());
  },
  "the ring is closed, for a receiver": (library: typeof Library) => {
    const ring = new library.Ring();
    return looksUntil(library, ring.onRecv(), () => ring.close());
  },
  "the ring is closed, for a sender": (library: typeof Library) => {
    const ring = new library.Ring({ capacityItems: 1 });
    ring.trySend(1);
    return looksUntil(library, ring.onSend(2), () => ring.close());
  },
  "an item comes between the first look and the note": (library: typeof Library) => {
    const ring = new library.Ring();
    const one = ring.onRecv();
    const late = (ticket: number, stamp: number, index: number) => {
      ring.trySend(1);
      return one.enlist(ticket, stamp, index);
    };
    return looksUntil(library, { ...one, enlist: late }, () => {});
  },
} as const;

describe("select at a Ring: no wake-up is lost", () => {
  const real = async () => (await import("happens-before/threads")) as typeof Library;

  for (const [what, way] of Object.entries(WAYS)) {
    test(`selectAsync: is woken when ${what}`, async () => {
      expect(await way(await real())).toBe(0);
    });
  }

  const PLANTED: readonly (readonly [
    what: string,
    file: string,
    right: string,
    wrong: string,
    way: keyof typeof WAYS,
  ])[] = [
    [
      "a select that does not set the sleeper's bit",
      "ringwords.js",
      "Atomics.compareExchange(this.#words, word, seen, seen | ASLEEP);",
      "",
      "an item comes",
    ],
    [
      "a sender that wakes sleepers only",
      "ringwords.js",
      "(word === TAIL ? this.#takers : this.#givers).wake();",
      "if (word !== TAIL) this.#givers.wake();",
      "a batch comes",
    ],
    [
      "a receiver that wakes sleepers only",
      "ringwords.js",
      "(word === TAIL ? this.#takers : this.#givers).wake();",
      "if (word === TAIL) this.#takers.wake();",
      "room comes",
    ],
    [
      "a select that does not look again after its note",
      "select.js",
      "const isReady = this.#some((one) => one.isReady(ticket));",
      "const isReady = false;",
      "an item comes between the first look and the note",
    ],
  ];
  for (const [what, file, right, wrong, way] of PLANTED) {
    test(`planted: ${what} is found`, async () => {
      // By Node itself: the test runner would go through a hundred files.
      const twin = createRequire(import.meta.url)(twinOf(file, right, wrong)) as typeof Library;
      expect(await WAYS[way](twin)).toBeGreaterThan(0);
    });
  }

  test("selectAsync: two selects and a plain wait at one side all get their items", async () => {
    const [ring, other] = [new Ring(), new Queue()];
    const waits = [
      selectAsync([ring.onRecv(), other.onRecv()]),
      selectAsync([other.onRecv(), ring.onRecv()]),
    ];
    const plain = ring.recvAsync();
    for (const item of [1, 2, 3]) ring.trySend(item);
    const got = [...(await Promise.all(waits)).map(({ value }) => value), await plain];
    expect(got.sort()).toEqual([1, 2, 3]);
    expect(isLeftAlone(ring)).toBe(true);
  });

  test("selectAsync: more selects than a side has places for get their items all the same", async () => {
    const ring = new Ring();
    const waits = Array.from({ length: 7 }, () => selectAsync([ring.onRecv()]));
    for (let item = 0; item < 7; item++) ring.trySend(item);
    const got = (await Promise.all(waits)).map(({ value }) => value);
    expect(got.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(isLeftAlone(ring)).toBe(true);
  });

  test("selectAsync: given up, by time or signal, it leaves nothing behind and takes nothing", async () => {
    const [ring, crowded] = [new Ring(), full()];
    expect((await selectAsync([ring.onRecv(), crowded.onSend(1)], { timeoutMs: 3 })).index).toBe(-1);
    const controller = new AbortController();
    const aborted = selectAsync([ring.onRecv(), crowded.onSend(1)], { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    expect([isLeftAlone(ring), isLeftAlone(crowded), ring.length, crowded.length]).toEqual([
      true,
      true,
      0,
      1,
    ]);
    expect([ring.trySend(1), ring.tryRecv(), crowded.tryRecv()]).toEqual([true, 1, 0]);
  });

  test("select: blocking forms are refused on the main thread", () => {
    expect(() => select(new Ring().onRecv())).toThrow(/would block the main thread/);
    expect(() => selectFor(5, new Ring().onRecv())).toThrow(/would block the main thread/);
  });
});

describe("select at a Ring between threads", () => {
  for (const capacityItems of [1, 64]) {
    test(`select: over two rings of ${capacityItems} every item comes once, in its ring's order`, async () => {
      const each = capacityItems === 1 ? 1_000 : 20_000;
      const rings = [0, 1].map(() => new Ring({ kind: "int32", capacityItems })) as [Ring, Ring];
      const [, , seen] = await team(
        3,
        (t, a, b, each) => {
          if (t.id < 2) {
            const mine = t.id === 0 ? a : b;
            for (let i = 0; i < each; i++) {
              if (i % 3 > 0) mine.send(i);
              else t.threads.select(mine.onSend(i));
            }
            mine.close();
            return 0;
          }
          const [open, next] = [[a, b], new Map([a, b].map((ring) => [ring, 0]))];
          let inOrder = 0;
          while (open.length > 0) {
            const { index, value, ok } = t.threads.select(...open.map((ring) => ring.onRecv()));
            const ring = open[index]!;
            if (!ok) open.splice(index, 1);
            else if (value === next.get(ring)) inOrder += 1;
            next.set(ring, (value ?? 0) + 1);
          }
          return inOrder;
        },
        { args: [...rings, each], deadlineMs },
      );
      expect(seen).toBe(2 * each);
      expect(rings.map(isLeftAlone)).toEqual([true, true]);
    });
  }

  test("select: a receiver that is ended while it selects leaves its items; who takes its side over selects them", async () => {
    const ring = new Ring({ capacityItems: 4 });
    const words = new Int32Array(ring.handle.buffer, ring.handle.offset);
    for (let round = 1; round <= 5; round++) {
      const controller = new AbortController();
      const selecting = team(1, (t, ring) => t.threads.select(ring.onRecv()).index, {
        args: [ring],
        signal: controller.signal,
      }).catch(() => "ended");
      const waits = () =>
        words.subarray(SELECTS, SELECTS + PLACES).some((word, i) => i % 2 === 0 && word !== 0);
      while (!waits() || (words[16]! & 1) === 0) await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      expect(await selecting).toBe("ended");
      ring.trySend(round);
      expect(await selectAsync([ring.onRecv()])).toEqual({ index: 0, value: round, ok: true });
    }
  });

  test("select: a sender that dies leaves what it has sent; the select waits on until somebody closes", async () => {
    const [ring, stop] = [new Ring(), new Queue()];
    const dying = team(
      1,
      (t, ring) => {
        t.threads.select(ring.onSend(7));
        process.exit(0);
      },
      { args: [ring], deadlineMs },
    );
    await expect(dying).rejects.toThrow(/died|ended by itself/);
    expect(await selectAsync([ring.onRecv(), stop.onRecv()])).toEqual({ index: 0, value: 7, ok: true });
    const waiting = selectAsync([ring.onRecv(), stop.onRecv()]);
    ring.close();
    expect(await waiting).toEqual({ index: 0, value: undefined, ok: false });
  });
});
