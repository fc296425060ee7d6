import { expect, test } from "vitest";
import "../../lib/detect/index.js";
import {
  type Body,
  Chan,
  Cond,
  explore,
  FairRWMutex,
  type Go,
  go,
  Mutex,
  Once,
  ReadersFirstRWMutex,
  type Report,
  RWMutex,
  report,
  run,
  sleep,
  WaitGroup,
} from "../../lib/index.js";

const OPTIONS = { detect: ["lock-order"] } as const;

interface Lockable {
  lock(): ReturnType<Mutex["lock"]>;
  unlock(): ReturnType<Mutex["unlock"]>;
}

/** Takes locks one inside the other and gives them back. */
function* inOrder(...locks: Lockable[]): Go {
  for (const lock of locks) yield* lock.lock();
  for (const lock of locks.reverse()) yield* lock.unlock();
}

/** Runs bodies one after the other, but ordered by nothing: a run in which no deadlock can happen. */
function* apart(...bodies: Body[]): Go {
  for (const [i, body] of bodies.entries()) {
    const named = function* (): Go {
      yield* sleep(i);
      yield* body();
    };
    Object.defineProperty(named, "name", { value: `body ${i}` });
    go(named);
  }
  yield* sleep(bodies.length);
}

function textOf(seen: Report): string {
  const found = seen.findings.filter((f) => f.verdict === "lock-order").map((f) => f.message);
  return found.length === 0 ? "silent" : found.join("\n\n").replaceAll(/ at \/[^\n]*?:\d+:\d+/g, " at HERE");
}

/** What is found in a direct run, where all goes well, after making sure that it does. */
async function textIn(main: Body): Promise<string> {
  const seen = await report(main, OPTIONS);
  expect(["ok", "lock-order"]).toContain(seen.verdict);
  return textOf(seen);
}

test("two locks in opposite orders, in a run where the two goroutines never met", async () => {
  const a = new Mutex();
  const b = new Mutex();
  const seen = await report(function* () {
    yield* apart(
      () => inOrder(a, b),
      () => inOrder(b, a),
    );
  }, OPTIONS);
  expect(seen.verdict).toBe("lock-order");
  expect(seen.findings[0]?.goroutines).toEqual([2, 3]);
  expect(seen.findings[0]?.at).toHaveLength(2);
  expect(textOf(seen)).toBe(
    [
      "lock order: mutex#1 and mutex#2 are taken in opposite orders; another schedule can deadlock",
      '  goroutine 2 "body 0" takes mutex#2 at HERE',
      "    while it holds mutex#1, taken at HERE",
      '  goroutine 3 "body 1" takes mutex#1 at HERE',
      "    while it holds mutex#2, taken at HERE",
      "They hold no other lock in common, and nothing but locks orders them: they can all be there at once.",
      "next: take these locks in one order everywhere, e.g. mutex#1 before mutex#2; or hold one more lock around them all.",
    ].join("\n"),
  );
});

for (const count of [3, 5, 12]) {
  test(`a circle of ${count} locks, one philosopher after the other, in under 40 lines`, async () => {
    const text = await textIn(function* () {
      const forks = Array.from({ length: count }, () => new Mutex());
      const eat = (i: number) => () => inOrder(forks[i] as Mutex, forks[(i + 1) % count] as Mutex);
      yield* apart(...forks.map((_, i) => eat(i)));
    });
    expect(text).toContain(`lock order: ${count} locks are taken in a circle (mutex#1 → mutex#2 → `);
    expect(text.split("\n").length).toBeLessThan(40);
    expect(text.split("\n").at(-1)).toMatch(/^next: /);
    expect(text.match(/while it holds/g)).toHaveLength(Math.min(count, 8));
  });
}

test("two circles are two findings, the shorter one first; many are counted", async () => {
  const [a, b, c] = [new Mutex(), new Mutex(), new Mutex()];
  const text = await textIn(function* () {
    yield* apart(
      () => inOrder(a, b),
      () => inOrder(b, c),
      () => inOrder(c, a),
      () => inOrder(c, b),
    );
  });
  expect(text.match(/^lock order: .*/gm)).toEqual([
    "lock order: mutex#1 and mutex#2 are taken in opposite orders; another schedule can deadlock",
    "lock order: 3 locks are taken in a circle (mutex#3 → mutex#1 → mutex#2 → mutex#3); another schedule can deadlock",
  ]);
  const many = await textIn(function* () {
    const locks = Array.from({ length: 5 }, () => new Mutex());
    const pairs = locks.flatMap((x) => locks.filter((y) => y !== x).map((y) => [x, y]));
    yield* apart(...pairs.map((pair) => () => inOrder(...pair)));
  });
  expect(many).toMatch(/\n\nand \d+ more places where the order of locks can deadlock$/);
});

test("Cond.wait takes its lock again: under the locks that were held all the time", async () => {
  const [outer, inner] = [new Mutex(), new Mutex()];
  const cond = new Cond(inner);
  const waiter = function* (): Go {
    yield* inner.lock();
    yield* outer.lock();
    yield* cond.wait();
    inner.unlock();
    outer.unlock();
  };
  const signaller = function* (): Go {
    yield* cond.signal();
  };
  expect(await textIn(() => apart(waiter, signaller))).toBe("silent"); // two orders, but of one goroutine
  expect(await textIn(() => apart(waiter, signaller, () => inOrder(inner, outer)))).toContain(
    'goroutine 2 "body 0" takes mutex#1 at HERE\n    while it holds mutex#2, taken at HERE\n',
  );
});

test("readers wait for each other only where somebody writes, and the lock lets writers in", async () => {
  const readers = (rw: RWMutex | ReadersFirstRWMutex, mu: Mutex): Body[] => [
    () => inOrder({ lock: () => rw.rLock(), unlock: () => rw.rUnlock() }, mu),
    () => inOrder(mu, { lock: () => rw.rLock(), unlock: () => rw.rUnlock() }),
  ];
  const writer = (rw: RWMutex | ReadersFirstRWMutex) => () => inOrder(rw);
  expect(await textIn(() => apart(...readers(new RWMutex(), new Mutex())))).toBe("silent");
  const first = new ReadersFirstRWMutex();
  expect(await textIn(() => apart(...readers(first, new Mutex()), writer(first)))).toBe("silent");
  const rw = new RWMutex();
  const text = await textIn(() => apart(...readers(rw, new Mutex()), writer(rw)));
  expect(text).toContain('"body 1" takes rwmutex#1 for reading at HERE\n    while it holds mutex#1,');
  expect(text).toContain(
    '  goroutine 4 "body 2" takes rwmutex#1 at HERE\n    while it waits in line, it keeps new readers out\n',
  );
});

/** Reads twice, the second time deep down. */
function* twice(rw: RWMutex | ReadersFirstRWMutex): Go {
  yield* rw.rLock();
  yield* rw.rLock();
  yield* rw.rUnlock();
  yield* rw.rUnlock();
}

test("a lock that is read twice by one goroutine, while another may write", async () => {
  const rw = new RWMutex();
  const text = await textIn(() =>
    apart(
      () => twice(rw),
      () => inOrder(rw),
    ),
  );
  expect(text).toBe(
    [
      'lock order: goroutine 2 "body 0" locks rwmutex#1 for reading twice; a writer in line between the two blocks both',
      '  goroutine 2 "body 0" takes rwmutex#1 for reading at HERE',
      "    while it holds rwmutex#1 for reading, taken at HERE",
      '  goroutine 3 "body 1" takes rwmutex#1 at HERE',
      "    while it waits in line, it keeps new readers out",
      "next: lock for reading once, and let what is called under the lock expect it to be held.",
    ].join("\n"),
  );
  const other = new RWMutex();
  expect(await textIn(() => apart(() => twice(other)))).toBe("silent");
  const first = new ReadersFirstRWMutex();
  expect(
    await textIn(() =>
      apart(
        () => twice(first),
        () => inOrder(first),
      ),
    ),
  ).toBe("silent");
});

test("a read lock that is to become a write lock waits for itself", async () => {
  const seen = await report(function* upgrading() {
    const rw = new RWMutex();
    yield* rw.rLock();
    if (!(yield* rw.tryLockFor(5))) yield* rw.lock();
  }, OPTIONS);
  expect(seen.verdict).toBe("global-deadlock");
  expect(textOf(seen)).toBe(
    [
      'lock order: goroutine 1 "upgrading" locks rwmutex#1 for writing while it holds it for reading, so it waits for itself',
      "  locked for writing at HERE",
      "  locked for reading at HERE",
      "next: rUnlock before lock, and look again at what was read; or use an UpgradableRWMutex.",
    ].join("\n"),
  );
});

const [a, b, gate] = [new Mutex(), new Mutex(), new Mutex()];
const innocent: [what: string, body: Body][] = [
  [
    "one order everywhere",
    () =>
      apart(
        () => inOrder(a, b),
        () => inOrder(a, b),
      ),
  ],
  [
    "opposite orders under a gate lock",
    () =>
      apart(
        () => inOrder(gate, a, b),
        () => inOrder(gate, b, a),
      ),
  ],
  [
    "a gate that one holds for writing and the other for reading",
    function* () {
      const rw = new RWMutex();
      const reading = { lock: () => rw.rLock(), unlock: () => rw.rUnlock() };
      yield* apart(
        () => inOrder(rw, a, b),
        () => inOrder(reading, b, a),
      );
    },
  ],
  [
    "opposite orders in one goroutine",
    function* () {
      yield* inOrder(a, b);
      yield* inOrder(b, a);
    },
  ],
  [
    "opposite orders before and after the go statement",
    function* () {
      yield* inOrder(a, b);
      go(() => inOrder(b, a));
      yield* sleep(1);
    },
  ],
  [
    "opposite orders before and after a wait for the other",
    function* () {
      const wg = new WaitGroup();
      wg.go(() => inOrder(b, a));
      yield* wg.wait();
      yield* inOrder(a, b);
    },
  ],
  [
    "opposite orders that a message puts one after the other",
    function* () {
      const ch = new Chan<number>();
      go(function* () {
        yield* inOrder(b, a);
        yield* ch.send(1);
      });
      yield* ch.recv();
      yield* inOrder(a, b);
    },
  ],
  [
    "opposite orders, the first of them inside a Once that the other waits for",
    function* () {
      const once = new Once();
      yield* apart(
        function* () {
          yield* once.do(() => inOrder(a, b));
        },
        function* () {
          yield* once.do(function* () {});
          yield* inOrder(b, a);
        },
      );
    },
  ],
  [
    "who only tries the second lock",
    () =>
      apart(
        () => inOrder(a, b),
        function* () {
          yield* b.lock();
          if (a.tryLock()) a.unlock();
          if (yield* a.tryLockFor(1)) a.unlock();
          yield* b.unlock();
        },
      ),
  ],
  [
    "locks for reading that are given back, however they were taken",
    function* () {
      const [first, fair] = [new ReadersFirstRWMutex(), new FairRWMutex()];
      const reading = function* (rw: typeof first | typeof fair, after: Mutex): Go {
        yield* rw.rLock();
        yield* rw.rUnlock();
        if (rw instanceof FairRWMutex && (yield* rw.tryRLockFor(1))) yield* rw.rUnlock();
        if (rw.tryRLock()) yield* rw.rUnlock();
        yield* inOrder(after);
      };
      yield* apart(
        () => reading(first, a),
        () => inOrder(a, first),
        () => reading(fair, b),
        () => inOrder(b, fair),
      );
    },
  ],
  [
    "a mutex that another goroutine unlocks is a signal",
    function* () {
      const signal = new Mutex();
      yield* signal.lock();
      go(function* () {
        yield* a.lock();
        yield* sleep(1);
        yield* signal.lock();
        yield* signal.unlock();
        yield* a.unlock();
      });
      yield* sleep(2);
      go(function* () {
        yield* signal.unlock();
      });
      yield* sleep(1);
    },
  ],
  [
    "locks that are taken and given back, none inside another",
    () =>
      apart(
        function* () {
          yield* inOrder(a);
          yield* inOrder(b);
        },
        function* () {
          yield* inOrder(b);
          yield* inOrder(a);
        },
      ),
  ],
];
for (const [what, body] of innocent) {
  test(`silent: ${what}`, async () => {
    expect(await textIn(body)).toBe("silent");
    const main = function* () {
      yield* body();
    };
    const found = await explore(main, { ...OPTIONS, schedules: 100 });
    expect(found.verdict, found.failure?.findings[0]?.message).toBe("ok");
  });
}

test("explore finds it in its first schedules, and its replay tells where", async () => {
  const found = await explore(
    {
      setup: () => ({ a: new Mutex(), b: new Mutex() }),
      *main({ a, b }) {
        const wg = new WaitGroup();
        wg.go(() => inOrder(a, b));
        wg.go(() => inOrder(b, a));
        yield* wg.wait();
      },
    },
    { ...OPTIONS, strategies: ["fifo"], schedules: 10 },
  );
  expect([found.verdict, found.schedules]).toEqual(["lock-order", 1]);
  expect(found.failure?.findings[0]?.at).toHaveLength(2);
});

test("only who asks for it is told: explore has it not among its own detectors, run rejects with it", async () => {
  const main = () =>
    apart(
      () => inOrder(a, b),
      () => inOrder(b, a),
    );
  expect((await report(main)).verdict).toBe("ok");
  await expect(run(main, { ...OPTIONS, clock: "jump" })).rejects.toThrow(
    /^lock order: mutex#1 and mutex#2 are taken in opposite/,
  );
});

test("a thousand goroutines and a loop of ten thousand rounds are followed without growing", async () => {
  const seen = await report(function* () {
    const ch = new Chan<number>(1);
    for (let i = 0; i < 1000; i++) go(() => inOrder(a, b));
    for (let i = 0; i < 10_000; i++) {
      yield* inOrder(a, b);
      yield* ch.send(i);
      yield* ch.recv();
    }
  }, OPTIONS);
  expect(seen.verdict).toBe("ok");
});
