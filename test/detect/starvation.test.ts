import { expect, test } from "vitest";
import "../../lib/detect/index.js";
import {
  type Body,
  explore,
  FairRWMutex,
  go,
  gosched,
  Mutex,
  ReadersFirstRWMutex,
  RWMutex,
  report,
  sleep,
  work,
} from "../../lib/index.js";

const OPTIONS = { detect: ["starvation"], clock: "jump" } as const;

/** Two readers, of whom one is always inside, for `rounds`; and a writer. */
function handInHand(rw: RWMutex | FairRWMutex | ReadersFirstRWMutex, rounds: number): Body {
  return function* () {
    for (const offset of [0, 5]) {
      go(function* reader() {
        yield* sleep(offset);
        for (let i = 0; i < rounds; i++) {
          yield* rw.rLock();
          yield* sleep(9);
          yield* rw.rUnlock();
          yield* sleep(1);
        }
      });
    }
    yield* sleep(2);
    yield* go(function* writer() {
      yield* rw.lock();
      yield* rw.unlock();
    });
    yield* sleep(20 * rounds);
  };
}

test("a writer that readers keep out, hand in hand", async () => {
  const seen = await report(handInHand(new ReadersFirstRWMutex(), 100), OPTIONS);
  expect(seen.verdict).toBe("starvation");
  expect(seen.findings).toHaveLength(1);
  expect(seen.findings[0]?.goroutines[0]).toBe(4);
  expect(seen.findings[0]?.message.replaceAll(/ at \/[^\n]*?:\d+:\d+|\d+ steps/g, " HERE")).toBe(
    [
      'starvation: goroutine 4 "writer" waited for readersfirstrwmutex#1 while others went past it 199 times',
      "  in sync.ReadersFirstRWMutex.Lock HERE, for  HERE and 1002 ms",
      '  goroutine 3 "reader" was the last to get in',
      "next: readers that overlap keep a writer out for ever; use an RWMutex or a FairRWMutex, which let it in.",
    ].join("\n"),
  );
});

test("one that still waits when the run is given up is found, too", async () => {
  const seen = await report(handInHand(new ReadersFirstRWMutex(), 10_000), { ...OPTIONS, maxSteps: 3000 });
  expect(seen.findings.map((f) => f.verdict)).toEqual(["out-of-steps", "starvation"]);
  expect(seen.findings[1]?.message).toMatch(/^starvation: goroutine 4 "writer" waits for .* \d{3,} times\n/);
});

test("a mutex whose holder takes it again at once, while no time passes", async () => {
  const seen = await report(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    go(function* patient() {
      yield* mu.lock();
      yield* mu.unlock();
    });
    yield* gosched();
    for (let i = 0; i < 200; i++) {
      yield* mu.unlock();
      yield* mu.lock();
    }
    yield* mu.unlock();
  }, OPTIONS);
  expect(seen.verdict).toBe("starvation");
  expect(seen.findings[0]?.message).toContain("next: hold the lock for a shorter time");
});

const innocent: [what: string, body: () => Body][] = [
  ["an RWMutex lets the writer in", () => handInHand(new RWMutex(), 150)],
  ["a FairRWMutex serves in order", () => handInHand(new FairRWMutex(), 150)],
  ["too few times to be more than bad luck", () => handInHand(new ReadersFirstRWMutex(), 40)],
  [
    "three hundred in one queue",
    () =>
      function* () {
        const mu = new Mutex();
        yield* mu.lock();
        for (let i = 0; i < 300; i++) {
          go(function* () {
            yield* mu.lock();
            yield* mu.unlock();
          });
        }
        yield* sleep(1);
        yield* mu.unlock();
      },
  ],
  [
    "three hundred readers that a writer lets in at once",
    () =>
      function* () {
        const rw = new RWMutex();
        yield* rw.lock();
        for (let i = 0; i < 300; i++) {
          go(function* () {
            yield* rw.rLock();
            yield* rw.rUnlock();
          });
        }
        yield* sleep(1);
        yield* rw.unlock();
      },
  ],
  [
    "Go's Mutex comes to its starvation mode when time passes",
    () =>
      function* () {
        const mu = new Mutex();
        for (let k = 0; k < 3; k++) {
          go(function* () {
            for (let i = 0; i < 300; i++) {
              yield* mu.lock();
              yield* work(1);
              yield* mu.unlock();
            }
          });
        }
      },
  ],
];
for (const [what, body] of innocent) {
  test(`silent: ${what}`, async () => {
    const seen = await report(body(), OPTIONS);
    expect(seen.findings.map((f) => f.message)).toEqual([]);
  });
}

test("only who asks for it is told", async () => {
  const found = await explore(
    { setup: () => handInHand(new ReadersFirstRWMutex(), 110), main: (body) => body() },
    { schedules: 3, clock: "jump" },
  );
  expect(found.verdict).toBe("ok");
});
