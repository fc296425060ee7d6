// The order centre in miniature: order takers look prices up at a fixed rate; now and then the price list is reloaded,
// which is a second of I/O. Once with the reload under the write lock, once beside the readers.
import { scenario } from "happens-before/bench";
import { RWMutex, Snapshot } from "happens-before/threads";

/** How big and how slow. */
export interface OrderCentre {
  readonly readers: number;
  /** Orders per second and reader. */
  readonly ordersHz: number;
  readonly reloadEveryMs: number;
  /** How long a reload waits for its I/O. */
  readonly ioMs: number;
  readonly articles: number;
}

/** Article i costs i + version: a reader can tell a list that is half old and half new. */
function priceList(articles: number): Float64Array {
  const prices = new Float64Array(new SharedArrayBuffer(8 * articles)); // map() would make one that nobody shares
  for (let i = 0; i < articles; i++) prices[i] = i;
  return prices;
}

/** The incident: who reloads holds the write lock while it waits for the disk. */
export function lockedCentre({ readers, ordersHz, reloadEveryMs, ioMs, articles }: OrderCentre) {
  return scenario({
    share: () => [new RWMutex(), priceList(articles), ioMs],
    roles: {
      order: {
        threads: readers,
        rateHz: ordersHz,
        op(_t, lock, prices) {
          lock.rLock();
          const last = prices.length - 1;
          const isMixed = prices[last]! - prices[0]! !== last;
          lock.rUnlock();
          if (isMixed) throw new Error("a reader saw two price lists at once");
        },
      },
      reload: {
        threads: 1,
        rateHz: 1000 / reloadEveryMs,
        op(_t, lock, prices, io) {
          lock.lock();
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, io); // the disk
          const base = prices[0]! + 1;
          for (let i = 0; i < prices.length; i++) prices[i] = base + i;
          lock.unlock();
        },
      },
    },
  });
}

/** The mend: build the new list beside the readers, then publish it by its pointer. */
export function snapshotCentre({ readers, ordersHz, reloadEveryMs, ioMs, articles }: OrderCentre) {
  return scenario({
    share: () => [new Snapshot(priceList(articles)), ioMs],
    roles: {
      order: {
        threads: readers,
        rateHz: ordersHz,
        op(_t, prices) {
          const isMixed = prices.read((list) => list[list.length - 1]! - list[0]! !== list.length - 1);
          if (isMixed) throw new Error("a reader saw two price lists at once");
        },
      },
      reload: {
        threads: 1,
        rateHz: 1000 / reloadEveryMs,
        op(_t, prices, io) {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, io); // the disk
          prices.publish(prices.load().map((price) => price + 1));
        },
      },
    },
  });
}
