// Small programs as boards, for tests that draw and play them.
import { type Board, Cell, Mutex, playBoard, WaitGroup } from "../../lib/index.js";

/** Two locks in opposite orders. */
export function abbaBoard(): Board {
  return playBoard(
    {
      setup: () => ({ a: new Mutex(), b: new Mutex() }),
      *main({ a, b }) {
        const wg = new WaitGroup();
        wg.go(function* left() {
          yield* a.lock();
          yield* b.lock();
        });
        wg.go(function* right() {
          yield* b.lock();
          yield* a.lock();
        });
        yield* wg.wait();
      },
    },
    { title: "Two locks <b>" },
  );
}

/** Two buyers who read, then write. */
export const sale = {
  setup: () => ({ seats: new Cell(2, "seats"), wg: new WaitGroup() }),
  *main({ seats, wg }: { seats: Cell<number>; wg: WaitGroup }) {
    for (let i = 0; i < 2; i++) {
      wg.go(function* buyer() {
        const left = yield* seats.read();
        yield* seats.write(left - 1);
      });
    }
    yield* wg.wait();
  },
  after({ seats }: { seats: Cell<number> }) {
    if (seats.peek() !== 0) throw new Error(`sold 2 seats, and ${seats.peek()} is left`);
  },
};

export const saleBoard = (): Board => playBoard(sale, { title: "Two seats", source: "03-sale/buy" });
