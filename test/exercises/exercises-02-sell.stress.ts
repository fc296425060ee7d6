// Unit 02, sell: what people try first for goroutines fails at the property that it breaks. What only threads show is found in
// exercises-02.stress.ts.
import { describe, expect, test, vi } from "vitest";
import { textOf } from "./gate.js";
import { failures, firstMessage } from "./wrong.js";

// A check of threads takes seconds, and on a busy machine many.
vi.setConfig({ testTimeout: 120_000 });

const UNIT = "02-memory-model-and-data-races";
describe("sell", () => {
  const NEVER = "nobody ever sees a stock below zero";
  const ONCE = "every piece is sold once, and nobody is sent away while there is one";
  const THREADS = "on real threads as well, and about as fast as a mutex or faster";
  const BETWEEN = "with deliveries in between, what was sold and what is left make what there was";
  const starter = textOf("exercises", `${UNIT}/sell`);
  const GOOD_LAB = `for (;;) {
    const pieces = yield* stock.load();
    if (pieces <= 0) return false;
    if (yield* stock.compareAndSwap(pieces, pieces - 1)) return true;
  }`;
  const GOOD_THREAD = `for (;;) {
    const pieces = Atomics.load(stock, 0);
    if (pieces <= 0) return false;
    if (Atomics.compareExchange(stock, 0, pieces, pieces - 1) === pieces) return true;
  }`;
  // The measured property ends at once: these tests are about goroutines. Mistakes that only threads show: exercises-02.stress.ts.
  const BAD_THREAD = 'throw new Error("not for threads");';

  const selling = (lab: string, thread: string, before = "") =>
    starter
      .replace(/(export function\* sell[^{]*\{)[\s\S]*?\n\}/, (_, head) => `${head}\n  ${lab}\n}`)
      .replace(
        /(export function sellOnThread[^{]*\{)[\s\S]*?\n\}/,
        (_, head) => `${before}${head}\n  ${thread}\n}`,
      );

  const LAB: Readonly<Record<string, { body: string; fails: Record<string, string> }>> = {
    "check, then take": {
      body: "if ((yield* stock.load()) <= 0) return false; yield* stock.add(-1); return true;",
      fails: { [NEVER]: "wrong-result", [ONCE]: "wrong-result", [BETWEEN]: "wrong-result" },
    },
    "take, and put it back when it was one too many": {
      body: "if ((yield* stock.add(-1)) >= 0) return true; yield* stock.add(1); return false;",
      fails: { [NEVER]: "wrong-result", [BETWEEN]: "wrong-result" },
    },
    "one swap, and away when it fails": {
      body: "const n = yield* stock.load(); if (n <= 0) return false; return yield* stock.compareAndSwap(n, n - 1);",
      fails: { [ONCE]: "wrong-result" },
    },
    "a load and a store": {
      body: "const n = yield* stock.load(); if (n <= 0) return false; yield* stock.store(n - 1); return true;",
      fails: { [ONCE]: "wrong-result", [BETWEEN]: "wrong-result" },
    },
    "a swap whose answer nobody reads": {
      body: "const n = yield* stock.load(); if (n <= 0) return false; yield* stock.compareAndSwap(n, n - 1); return true;",
      fails: { [ONCE]: "wrong-result", [BETWEEN]: "wrong-result" },
    },
    "a loop that never looks whether there is one": {
      body: "for (;;) { const n = yield* stock.load(); if (yield* stock.compareAndSwap(n, n - 1)) return true; }",
      fails: { [NEVER]: "wrong-result", [ONCE]: "wrong-result", [BETWEEN]: "wrong-result" },
    },
    "nobody is ever served": {
      body: "yield* stock.load(); return false;",
      fails: { [ONCE]: "wrong-result" },
    },
  };
  for (const [name, { body, fails }] of Object.entries(LAB)) {
    test(`fails: ${name}`, async () => {
      expect(await failures(`${UNIT}/sell`, selling(body, BAD_THREAD))).toEqual({
        ...fails,
        [THREADS]: "panic",
      });
    });
  }

  test("fails: a load that stands before the loop", async () => {
    const body =
      "const n = yield* stock.load(); if (n <= 0) return false; while (!(yield* stock.compareAndSwap(n, n - 1))); return true;";
    const fails = await failures(`${UNIT}/sell`, selling(body, BAD_THREAD));
    expect(fails[ONCE]).toMatch(/^(livelock|out-of-(steps|time))$/);
  });

  test("fails: on threads, a name that the thread does not know", async () => {
    const before = "const take = (stock: Int32Array) => Atomics.sub(stock, 0, 1) > 0;\n";
    const text = selling(GOOD_LAB, "return take(stock);", before);
    expect(await failures(`${UNIT}/sell`, text)).toEqual({ [THREADS]: "panic" });
    expect(await firstMessage(`${UNIT}/sell`, text)).toMatch(/take/);
  });

  test("passes: a swap that is tried again by recursion", async () => {
    const lab = `const n = yield* stock.load();
      if (n <= 0) return false;
      return (yield* stock.compareAndSwap(n, n - 1)) || (yield* sell(stock));`;
    expect(await failures(`${UNIT}/sell`, selling(lab, GOOD_THREAD))).toEqual({});
  });
});
