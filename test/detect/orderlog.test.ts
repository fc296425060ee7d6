// What a race report says of the order around it: the nearest edges between the two goroutines, and no others.
import { describe, expect, test } from "vitest";
import {
  Cell,
  Chan,
  type Go,
  go,
  Mutex,
  type OrderPoint,
  type RaceData,
  RWMutex,
  report,
  WaitGroup,
} from "../../lib/index.js";

type Order = NonNullable<RaceData["order"]>;

async function orderOf(main: () => Go): Promise<Order> {
  const seen = await report(main, { detect: ["race"], trace: true, strategy: "fifo" });
  const order = seen.findings.find((finding) => finding.race !== undefined)?.race?.order;
  expect(order).toBeDefined();
  return order as Order;
}

const words = ({ goroutine, op, object }: OrderPoint): string =>
  `g${goroutine} ${op}${object === undefined ? "" : ` ${object}`}`;
const edgesOf = (order: Order): string[] =>
  order.edges.map(({ from, to }) => `${words(from)} → ${words(to)}`);

describe("the order around a race", () => {
  test("a lock that both took before is named, with the line of both sides", async () => {
    const order = await orderOf(function* main() {
      const [mu, cell] = [new Mutex(), new Cell(0)];
      go(function* first() {
        yield* mu.lock();
        yield* mu.unlock();
        yield* cell.write(1);
      });
      go(function* second() {
        yield* mu.lock();
        yield* mu.unlock();
        yield* cell.write(2);
      });
    });
    expect(edgesOf(order)).toEqual([
      "g1 go → g2 start",
      "g1 go → g3 start",
      "g2 unlock mutex#1 → g3 lock mutex#1",
    ]);
    expect(order.accesses.map(words)).toEqual(["g3 write cell#1", "g2 write cell#1"]);
    expect(order.edges.every(({ from }) => from.at?.file.endsWith("orderlog.test.ts"))).toBe(true);
    expect(order.edges.every(({ from, to }) => from.order < to.order)).toBe(true);
  });

  test("news that came through a third goroutine is followed back", async () => {
    const order = await orderOf(function* main() {
      const [a, b, cell] = [new Chan<number>(1), new Chan<number>(1), new Cell(0)];
      go(function* writer() {
        yield* a.send(1);
        yield* cell.write(1);
      });
      go(function* between() {
        yield* a.recv();
        yield* b.send(1);
      });
      go(function* reader() {
        yield* b.recv();
        yield* cell.read();
      });
    });
    expect(edgesOf(order)).toContain("g2 send chan#1 → g3 recv chan#1");
    expect(edgesOf(order)).toContain("g3 send chan#2 → g4 recv chan#2");
  });

  test("readers of a lock do not order each other", async () => {
    const order = await orderOf(function* main() {
      const [mu, cell] = [new RWMutex(), new Cell(0)];
      for (let i = 0; i < 2; i++) {
        go(function* reader() {
          yield* mu.rLock();
          yield* cell.write(i);
          yield* mu.rUnlock();
        });
      }
    });
    expect(edgesOf(order)).toEqual(["g1 go → g2 start", "g1 go → g3 start"]);
  });

  test("an unlock after the access that nobody took up in time is the edge that came too late", async () => {
    const order = await orderOf(function* main() {
      const [mu, cell, wg] = [new Mutex(), new Cell(0), new WaitGroup()];
      wg.go(function* holder() {
        yield* mu.lock();
        yield* cell.write(1);
        yield* mu.unlock();
      });
      wg.go(function* reader() {
        yield* cell.read();
      });
      yield* wg.wait();
    });
    expect(order.released === undefined ? "" : words(order.released)).toBe("g2 unlock mutex#1");
  });

  test("without events nothing is kept", async () => {
    const seen = await report(
      function* main() {
        const cell = new Cell(0);
        go(function* other() {
          yield* cell.write(1);
        });
        yield* cell.read();
      },
      { detect: ["race"] },
    );
    expect(seen.verdict).toBe("race");
    expect(seen.findings[0]?.race?.order).toBeUndefined();
  });
});
