// Programs of the checks of 00-start-here/payments: customers, banks, and what the shop has counted.
import { Chan, type Go, go, gosched, type Program, WaitGroup } from "happens-before";

/** The submission. */
export type Submission = typeof import("../../../exercises/00-start-here/payments.js");
type Shop = InstanceType<Submission["Shop"]>;

/** Accepts, after a while. */
function* accepts(): Go {
  yield* gosched();
}

/** Refuses, after a while. */
function* refuses(): Go {
  yield* gosched();
  throw new Error("the bank refuses");
}

/** A payment that is lost fails in the run that lost it, so that its lanes can be drawn. */
function expectCounted(accepted: number, counted: number): void {
  if (counted === accepted) return;
  throw new Error(`${accepted} payments were accepted, and the shop counted ${counted}`);
}

/** Three customers pay at once. */
export function paysThreeTimes(x: Submission): Program<Shop, number> {
  return {
    setup: () => new x.Shop(),
    *main(shop) {
      const wg = new WaitGroup();
      for (let i = 0; i < 3; i++) {
        wg.go(function* customer() {
          yield* shop.pay(accepts);
        });
      }
      yield* wg.wait();
      return yield* shop.counted();
    },
    after: (_shop, counted) => expectCounted(3, counted),
  };
}

/** One payment is refused, one is accepted; which comes first is the schedule's choice. */
export function paysBesideRefused(x: Submission): Program<Shop, string> {
  return {
    setup: () => new x.Shop(),
    *main(shop) {
      const wg = new WaitGroup();
      let told = "nothing";
      wg.go(function* unlucky() {
        try {
          yield* shop.pay(refuses);
        } catch (error) {
          told = (error as Error).message;
        }
      });
      wg.go(function* customer() {
        yield* shop.pay(accepts);
      });
      yield* wg.wait();
      return `${yield* shop.counted()} counted, the other was told: ${told}`;
    },
    after(_shop, outcome) {
      if (outcome === "1 counted, the other was told: the bank refuses") return;
      throw new Error(`one payment was accepted, one was refused: ${outcome}`);
    },
  };
}

/** The bank of each customer answers only when both were asked: who pays one after the other waits for ever. */
export function paysTogether(
  x: Submission,
): Program<{ shop: Shop; asked: number; both: Chan<never> }, number> {
  return {
    setup: () => ({ shop: new x.Shop(), asked: 0, both: new Chan<never>() }),
    *main(state) {
      const wg = new WaitGroup();
      function* bank(): Go {
        state.asked += 1;
        if (state.asked === 2) yield* state.both.close();
        yield* state.both.recv();
      }
      wg.go(function* early() {
        yield* state.shop.pay(bank);
      });
      wg.go(function* late() {
        yield* state.shop.pay(bank);
      });
      yield* wg.wait();
      return yield* state.shop.counted();
    },
    after: (_state, counted) => expectCounted(2, counted),
  };
}

/** Two shops, five customers, one of whom is refused. */
export function paysInTwoShops(x: Submission): Program<readonly [Shop, Shop], string> {
  return {
    setup: () => [new x.Shop(), new x.Shop()],
    *main([here, there]) {
      const done = new Chan<void>(5);
      for (const [shop, bank] of [
        [here, accepts],
        [there, accepts],
        [here, refuses],
        [there, accepts],
        [here, accepts],
      ] as const) {
        go(function* customer() {
          try {
            yield* shop.pay(bank);
          } catch {
            // Refused: nothing is to be counted.
          }
          yield* done.send();
        });
      }
      for (let i = 0; i < 5; i++) yield* done.recv();
      return `${yield* here.counted()} and ${yield* there.counted()}`;
    },
  };
}
