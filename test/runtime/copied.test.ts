import { expect, test } from "vitest";
import {
  AtomicInt32,
  type Body,
  Chan,
  Mutex,
  RWMutex,
  report,
  Semaphore,
  WaitGroup,
} from "../../lib/index.js";

const copies: [what: string, name: string, body: Body][] = [
  [
    "Object.create of a Mutex",
    "the Mutex",
    function* () {
      yield* (Object.create(new Mutex()) as Mutex).lock();
    },
  ],
  [
    "Object.assign of a Mutex",
    "Mutex",
    function* () {
      const mu = new Mutex();
      const copy = Object.assign(Object.create(Object.getPrototypeOf(mu)), mu) as Mutex;
      yield* copy.unlock();
    },
  ],
  [
    "a Proxy around an RWMutex",
    "used on a copy of the object",
    function* () {
      yield* new Proxy(new RWMutex(), {}).rLock();
    },
  ],
  [
    "a copied channel",
    "Chan",
    function* () {
      yield* (Object.create(new Chan<number>(1)) as Chan<number>).send(1);
    },
  ],
  [
    "a copied WaitGroup",
    "WaitGroup",
    function* () {
      yield* (Object.create(new WaitGroup()) as WaitGroup).wait();
    },
  ],
  [
    "a copied Semaphore",
    "Semaphore",
    function* () {
      yield* (Object.create(new Semaphore(1)) as Semaphore).acquire();
    },
  ],
  [
    "a copied atomic",
    "AtomicInt",
    function* () {
      yield* (Object.create(new AtomicInt32(1)) as AtomicInt32).load();
    },
  ],
];

for (const strategy of ["gmp", "random"] as const) {
  test.each(copies)(`%s is a misuse with the line that uses it, under ${strategy}`, async (_, name, body) => {
    const seen = await report(body, { strategy, trace: true });
    expect(seen.verdict).toBe("misuse");
    const [found] = seen.findings;
    expect(found?.message).toMatch(
      /^[\w.]+: used on a copy of the \w+, or behind a Proxy\. A copy has none of its state, so it would guard nothing: pass the \w+ itself\.$/,
    );
    expect(found?.message).toContain(name);
    expect(found?.at[0]?.file).toMatch(/copied\.test\.ts$/);
  });
}

test("a private name of the program's own class is a panic, as before", async () => {
  class Own {
    #secret = 1;
    get secret(): number {
      return this.#secret;
    }
  }
  const seen = await report(function* () {
    return (Object.create(new Own()) as Own).secret;
  });
  expect(seen.verdict).toBe("panic");
  expect(seen.findings[0]?.message).toMatch(/private member #secret/);
});
