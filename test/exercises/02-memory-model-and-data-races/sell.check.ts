// The check of 02-memory-model-and-data-races/sell: never below zero, nobody sent away for nothing; then the same on
// real threads, beside a mutex.
import {
  AtomicInt32,
  type Exploration,
  type Go,
  type Program,
  type Verdict,
  WaitGroup,
} from "happens-before";
import { type Scenario, scenario } from "happens-before/bench";
import { exercise, type Hints } from "happens-before/check";
import { carry, Mutex } from "happens-before/threads";

type Submission = typeof import("../../../exercises/02-memory-model-and-data-races/sell.js");

/** A sale: how many were served, and the lowest stock that anybody saw. */
interface Sale {
  readonly stock: AtomicInt32;
  served: number;
  lowest: number;
}

function* customers(x: Submission, sale: Sale, count: number): Go {
  const all = new WaitGroup();
  for (let i = 0; i < count; i++) {
    yield* all.go(function* customer() {
      if (yield* x.sell(sale.stock)) sale.served++;
      sale.lowest = Math.min(sale.lowest, yield* sale.stock.load());
    });
  }
  yield* all.wait();
}

const saleOf = (pieces: number): Sale => ({ stock: new AtomicInt32(pieces), served: 0, lowest: pieces });

/** Two pieces, three customers, and everybody looks at the stock now and then. */
function neverBelowZero(x: Submission): Program<Sale, number> {
  return {
    setup: () => saleOf(2),
    *main(sale) {
      yield* customers(x, sale, 3);
      return sale.lowest;
    },
    after(_sale, lowest) {
      if (lowest < 0) throw new Error(`the stock was ${lowest}`);
    },
  };
}

/** Two pieces for two customers; then one piece for two. */
function everyPieceOnce(x: Submission): Program<readonly Sale[], readonly number[]> {
  return {
    setup: () => [saleOf(2), saleOf(1)],
    *main(sales) {
      for (const sale of sales) yield* customers(x, sale, 2);
      return sales.map(({ served }) => served);
    },
    after(sales) {
      for (const [i, { served, stock }] of sales.entries()) {
        const pieces = 2 - i;
        const before = `two customers came for ${pieces === 1 ? "one piece" : "two pieces"}`;
        if (served !== pieces) throw new Error(`${before}, and ${served} were served`);
        if (stock.peek() !== 0)
          throw new Error(`${before}, all were sold, and the stock says ${stock.peek()}`);
      }
    },
  };
}

/**
 * So many pieces, which are sold and given back again and again. With one piece a customer who takes what is gone leaves
 * a stock below zero; with two, one who thinks to have taken leaves a piece too many. Where there is a piece for everybody, nobody may
 * be sent away.
 */
function threads(x: Submission): Record<string, Scenario> {
  const yours = (count: number, pieces: number) =>
    scenario({
      share: () => [
        new Int32Array(new SharedArrayBuffer(4)).fill(pieces),
        carry(x.sellOnThread),
        pieces,
        count,
      ],
      roles: {
        customer: {
          threads: count,
          op(_t, stock, sell, all, customers) {
            if (!sell(stock)) {
              if (customers > all) return;
              throw new Error("a customer was sent away, and nobody else could have had the last piece");
            }
            const before = Atomics.add(stock, 0, 1);
            if (before >= 0 && before < all) return;
            const what = before < 0 ? `the stock was ${before}` : "a piece was sold that nobody took";
            throw new Error(`on two threads ${what}`);
          },
        },
      },
    });
  const locked = scenario({
    share: () => [new Int32Array(new SharedArrayBuffer(4)).fill(1), new Mutex()],
    roles: {
      customer: {
        threads: 1,
        op(_t, stock, mu) {
          mu.lock();
          const isSold = Atomics.load(stock, 0) > 0;
          if (isSold) Atomics.sub(stock, 0, 1);
          mu.unlock();
          if (isSold) Atomics.add(stock, 0, 1);
        },
      },
    },
  });
  const stepByStep = scenario({
    share: () => [new Int32Array(new SharedArrayBuffer(4)), carry(x.sellOnThread)],
    roles: {
      customer: {
        threads: 1,
        thinkNs: 1e6,
        op(_t, stock, sell) {
          for (const pieces of [0, 1, 2, 3]) {
            stock[0] = pieces;
            const isSold = sell(stock);
            const left = Math.max(0, pieces - 1);
            if (isSold === pieces > 0 && stock[0] === left) continue;
            const wanted = `${pieces > 0} with ${left} left`;
            throw new Error(
              `one thread, stock ${pieces}: expected ${wanted}, got ${isSold} with ${stock[0]} left`,
            );
          }
        },
      },
    },
  });
  return {
    "with a mutex": locked,
    "step by step": stepByStep,
    "one thread": yours(1, 1),
    "two threads, one piece": yours(2, 1),
    "two threads, two pieces": yours(2, 2),
  } as unknown as Record<string, Scenario>;
}

/** Slower than this is no longer "about as fast". */
const MOST = 1.5;

/** Says `waits` when somebody waits for ever, else what the explorer found. */
function judged({ verdict, failure }: Exploration<unknown>): string | undefined {
  const stuck: readonly Verdict[] = ["global-deadlock", "partial-deadlock", "livelock", "out-of-steps"];
  if (verdict === "ok") return undefined;
  if (stuck.includes(verdict)) return "a customer is never served, and never sent away";
  return failure?.error?.message.split("\n")[0] ?? verdict;
}

const NEVER_ENDS: [string, string, string] = [
  "A customer goes round for ever. What does it look at, and can that still change?",
  "Each round has to load anew. A loop that swaps with what it saw before the loop can never succeed once that has changed.",
  "`for (;;) { const pieces = yield* stock.load(); if (pieces <= 0) return false; … }`: the load stands inside the loop.",
];

const COMMON: Hints = {
  livelock: NEVER_ENDS,
  "out-of-steps": NEVER_ENDS,
  "out-of-time": NEVER_ENDS,
  "global-deadlock": [
    "A customer waits, and nobody can end that wait. Is there a lock that stays locked when the stock is empty?",
    "This exercise needs no lock: a compare-and-swap never waits.",
    "Load, look, swap; when the swap fails, begin again.",
  ],
  diverged: [
    "Two runs of the same schedule differ: something of the first is still there in the second.",
    "A variable of the module lives on into the next schedule. The stock is the only thing to keep.",
    "Keep nothing outside of `sell`: what it needs it loads from `stock`.",
  ],
};

export default exercise<Submission>({
  id: "02-memory-model-and-data-races/sell",
  hiddenPoints: 2,
  properties: [
    {
      name: "nobody ever sees a stock below zero",
      points: 2,
      lab: neverBelowZero,
      schedules: 500,
      expect: judged,
      hints: {
        ...COMMON,
        "wrong-result": [
          "In the lanes, find the two customers who both saw the last piece. What did each do next?",
          "Check and write must be one step. And taking first, to put it back when it was one too many, shows the wrong stock to others meanwhile.",
          "`compareAndSwap(pieces, pieces - 1)` takes a piece only if the stock is still what you checked. It says whether it did.",
        ],
      },
      go: "if n := stock.Load(); n > 0 && stock.CompareAndSwap(n, n-1) { return true }",
    },
    {
      name: "every piece is sold once, and nobody is sent away while there is one",
      points: 2,
      lab: everyPieceOnce,
      schedules: 500,
      expect: judged,
      hints: {
        ...COMMON,
        "wrong-result": [
          "Somebody was sent away, or a piece was sold twice. Look at the swaps in the lanes: who failed, and what did it do then?",
          "A swap that fails does not say that the stock is empty. It says that the stock has changed since you looked.",
          "When `compareAndSwap` returns false, begin again with a new `load`: `for (;;) { … }`.",
        ],
      },
    },
    {
      name: "on real threads as well, and about as fast as a mutex or faster",
      points: 2,
      race: threads,
      measure: { warmupMs: 40, durationMs: 150, rounds: 3, baseline: "with a mutex" },
      expect(measured) {
        const ratio = measured.ratios.find(({ a, metric }) => a === "one thread" && metric === "ops");
        if (ratio === undefined) return "too-noisy";
        // Slow must be shown: on a busy machine a right solution is not sent away because nobody could measure it.
        if (ratio.high >= 1 / MOST) return undefined;
        return `one thread alone gets ${(1 / ratio.ratio).toPrecision(2)} times less done than with a mutex`;
      },
      hints: {
        panic: [
          "The message says what two threads did to the stock, or which name a thread does not know: the function travels alone.",
          "`Atomics.load` and then `Atomics.sub` are two steps, each atomic, with a gap between them.",
          "`Atomics.compareExchange(stock, 0, pieces, pieces - 1)` is the one step. It returns what it found: it has swapped when that is `pieces`.",
        ],
        "too-slow": [
          "One thread alone, and still slow: nobody is in its way. What does a sale do besides a load and a swap?",
          "No lock, no wait, no loop that counts: a sale that nobody disturbs is one load and one compare-exchange.",
          "`for (;;) { const pieces = Atomics.load(stock, 0); if (pieces <= 0) return false; if (Atomics.compareExchange(stock, 0, pieces, pieces - 1) === pieces) return true; }`",
        ],
        "out-of-time": NEVER_ENDS,
      },
      go: "atomic.CompareAndSwapInt32(&stock, n, n-1)",
    },
  ],
});
