// The programs of 02-memory-model-and-data-races/chain: a day with its stock, for the visible and the hidden checks.
import { Cell, type Program, WaitGroup } from "happens-before";

export type Submission = typeof import("../../../exercises/02-memory-model-and-data-races/chain.js");

/** The three parts of a day, each with the stock that it uses. */
export interface Stocks {
  readonly morning: Cell<number>;
  readonly shops: Cell<number>;
  readonly evening: Cell<number>;
}

export interface Day extends Stocks {
  readonly all: WaitGroup;
}

/** What the shops read, and what was left in the evening. */
export interface Seen {
  readonly read: readonly number[];
  readonly left: number;
}

/** One stock for the whole day. */
export function oneStock(): Stocks {
  const stock = new Cell(100, "stock");
  return { morning: stock, shops: stock, evening: stock };
}

/** A day with so many shops; every part is a goroutine, and main waits for all. */
export function dayWith(x: Submission, shops: number, stocks: () => Stocks): Program<Day, Seen> {
  return {
    setup: () => ({ ...stocks(), all: new WaitGroup() }),
    *main({ all, ...stock }) {
      const day = new x.Day(shops); // here, where its constructor may use operations
      const read: number[] = [];
      yield* all.go(function* evening() {
        yield* day.evening(stock.evening);
      });
      for (let i = 0; i < shops; i++) {
        yield* all.go(function* shop() {
          read.push(yield* day.shop(stock.shops));
        });
      }
      yield* all.go(function* morning() {
        yield* day.morning(stock.morning);
      });
      yield* all.wait();
      return { read, left: stock.evening.peek() };
    },
  };
}
