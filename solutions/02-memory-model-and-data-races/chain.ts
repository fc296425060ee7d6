// exercise: 02-memory-model-and-data-races/chain
// Three links of a shop's day are cut. In the morning the warehouse writes the stock, then
// the shops read it, and when all of them have, the evening writes it again. Put the links
// back without a lock: channels or a WaitGroup will do.
// Check: npx hb check 02-memory-model-and-data-races/chain
// Fails: data race on stock
import { type Cell, Chan, type Go } from "happens-before";

/** One day with so many shops. Every method runs in a goroutine of its own, in any order. */
export class Day {
  readonly #counted = new Chan<never>();
  readonly #read: Chan<true>;
  readonly shops: number;

  constructor(shops: number) {
    this.shops = shops;
    this.#read = new Chan(shops); // room for all, so that no shop has to wait for the evening
  }

  /** The warehouse has counted: writes 99. */
  *morning(stock: Cell<number>): Go {
    yield* stock.write(99);
    yield* this.#counted.close(); // a close releases everybody who waits, and whoever comes later
  }

  /** One of the shops: returns what the warehouse has counted. */
  *shop(stock: Cell<number>): Go<number> {
    yield* this.#counted.recv();
    const pieces = yield* stock.read();
    yield* this.#read.send(true);
    return pieces;
  }

  /** Everything is sold: writes 0, once every shop has read. */
  *evening(stock: Cell<number>): Go {
    for (let i = 0; i < this.shops; i++) yield* this.#read.recv();
    yield* stock.write(0);
  }
}
