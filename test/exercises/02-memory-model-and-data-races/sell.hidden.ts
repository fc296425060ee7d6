// The hidden check of 02-memory-model-and-data-races/sell: pieces come in while others go out.
import { AtomicInt32, type Exploration, type Go, type Program, WaitGroup } from "happens-before";
import { exercise } from "happens-before/check";

type Submission = typeof import("../../../exercises/02-memory-model-and-data-races/sell.js");

/** How many were served, what is left, and the lowest stock that anybody saw. */
interface Balance {
  readonly served: number;
  readonly left: number;
  readonly lowest: number;
}

function* deliver(stock: AtomicInt32): Go {
  yield* stock.add(1);
  yield* stock.add(1);
}

const BETWEEN: [string, string, string] = [
  "The stock may grow between your load and your swap, too.",
  "Write only with a compare-and-swap from the value that you have checked: a store, or a second look, overwrites what came in between.",
  "One round: load, look, `compareAndSwap(pieces, pieces - 1)`; when it fails, the next round. Nothing else writes.",
];

/** One piece, two customers and then a third, and two deliveries of one piece beside them. */
function withDeliveries(x: Submission): Program<AtomicInt32, Balance> {
  return {
    setup: () => new AtomicInt32(1),
    *main(stock) {
      const all = new WaitGroup();
      let served = 0;
      let lowest = 1;
      const customer = function* () {
        if (yield* x.sell(stock)) served++;
        lowest = Math.min(lowest, yield* stock.load());
      };
      yield* all.go(deliver, stock);
      yield* all.go(customer);
      yield* all.go(customer);
      yield* all.wait();
      yield* customer(); // by now there is one at least
      return { served, left: yield* stock.load(), lowest };
    },
  };
}

export default exercise<Submission>({
  id: "02-memory-model-and-data-races/sell",
  properties: [
    {
      name: "with deliveries in between, what was sold and what is left make what there was",
      points: 2,
      lab: withDeliveries,
      schedules: 500,
      expect({ verdict, outcomes }: Exploration<unknown>) {
        if (verdict !== "ok") return "with deliveries in between it does not run through";
        const all = outcomes.map(({ result }) => result as Balance);
        if (all.some(({ lowest }) => lowest < 0)) return "the stock fell below zero";
        if (all.some(({ served, left }) => served + left !== 3)) return "a piece was lost, or sold twice";
        return undefined;
      },
      hints: {
        "wrong-result": BETWEEN,
        "global-deadlock": BETWEEN,
        livelock: BETWEEN,
        "out-of-steps": BETWEEN,
        panic: BETWEEN,
      },
    },
  ],
});
