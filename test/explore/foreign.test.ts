import { explore, type Go, go, gosched, WaitGroup } from "happens-before";
import { expect, test } from "vitest";
import { foreignUses } from "../../lib/explore/foreign.js";

/** A program whose steps depend on `odd`, which is not the same twice. */
function depending(odd: () => boolean): () => Go {
  return function* () {
    if (odd()) yield* gosched();
    const all = new WaitGroup();
    for (let i = 0; i < 2; i++) all.go(function* () {});
    yield* all.wait();
  };
}

let turn = 0;
const flip = (): boolean => turn++ % 2 === 0;

const SOURCES: Record<string, () => boolean> = {
  "Math.random": () => Math.random() > 2 || flip(),
  "Date.now": () => Date.now() < 0 || flip(),
  "new Date": () => new Date().getFullYear() < 0 || flip(),
  "performance.now": () => performance.now() < 0 || flip(),
  setTimeout: () => {
    clearTimeout(setTimeout(() => {}, 0));
    return flip();
  },
  queueMicrotask: () => {
    queueMicrotask(() => {});
    return flip();
  },
  "a promise": () => {
    void Promise.resolve().then(() => {});
    return flip();
  },
  "crypto.randomUUID": () => crypto.randomUUID().length === 0 || flip(),
};

test.for(Object.entries(SOURCES))(
  "a program that depends on %s is refused, and it is named with its line",
  async ([name, odd]) => {
    for (const exhaustive of [false, true]) {
      const seen = await explore(depending(odd), { exhaustive });
      expect(seen.verdict).toBe("diverged");
      expect(seen.claim).toContain(`It depends on the host: it used ${name} (foreign.test.ts:`);
    }
  },
);

test("a program that depends on its own old state is told that it used nothing of the host", async () => {
  const seen = await explore(depending(flip));
  expect(seen.claim).toMatch(
    /used neither Date, Math\.random, host timers nor promises .* state that setup\(\)/,
  );
});

test("everything is put back, also when the program throws, and a given date is no use of the clock", () => {
  const before = [Math.random, Date, setTimeout, Promise.prototype.then];
  const uses = foreignUses(() => {
    new Date(0).getTime();
    throw new Error("boom");
  });
  expect(uses).toEqual([]);
  expect([Math.random, Date, setTimeout, Promise.prototype.then]).toEqual(before);
  expect(new Date() instanceof Date).toBe(true);
});

test("a source that many goroutines use is named once", async () => {
  const program = depending(() => {
    for (let i = 0; i < 3; i++) Math.random();
    return flip();
  });
  const seen = await explore(function* () {
    for (let i = 0; i < 2; i++)
      go(function* () {
        Math.random();
      });
    yield* program();
  });
  expect(seen.claim.match(/Math\.random \(/g)).toHaveLength(1);
});
