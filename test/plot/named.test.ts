// The program's own names for its objects: in what people read, not in the data.
import { expect, test } from "vitest";
import "../../lib/detect/index.js";
import {
  AtomicInt32,
  Cell,
  type Go,
  go,
  Mutex,
  type Program,
  render,
  report,
  sleep,
  WaitGroup,
} from "../../lib/index.js";
import { happensBefore, lockGraph, timeline, waitGraph } from "../../lib/plot/index.js";

interface Bank {
  readonly accounts: readonly { readonly lock: Mutex }[];
  readonly total: Cell<number>;
}

/** Two goroutines that take the locks of two accounts in opposite orders, and touch the total without one. */
const transfers: Program<Bank> = {
  setup: () => ({ accounts: [{ lock: new Mutex() }, { lock: new Mutex() }], total: new Cell(0) }),
  *main({ accounts, total }) {
    const wg = new WaitGroup();
    for (const [from, to] of [
      [0, 1],
      [1, 0],
    ] as const) {
      wg.go(function* transfer(): Go {
        yield* total.write(from);
        yield* accounts[from]!.lock.lock();
        yield* sleep(1);
        yield* accounts[to]!.lock.lock();
      });
    }
    yield* wg.wait();
  },
};

const OPTIONS = { trace: true, detect: ["deadlock", "race", "lock-order"] } as const;

test("texts and diagrams call the objects of the state by their place there", async () => {
  const seen = await report(transfers, OPTIONS);
  const text = render(seen);
  expect(text).toMatch(
    /waits for accounts\[[01]\]\.lock \[sync\.Mutex\.Lock\].*; holds accounts\[[01]\]\.lock/,
  );
  expect(text).toContain("● lock accounts[0].lock");
  expect(text).toContain("waits for waitgroup#1 "); // made in main
  expect(text).not.toMatch(/mutex#|cell#/);
  expect(waitGraph(seen).text).toMatch(/circle: goroutine \d → accounts\[/);
  expect(lockGraph(seen).text).toMatch(/accounts\[[01]\]\.lock → accounts\[[01]\]\.lock: goroutine/);
  expect(happensBefore(seen).text).toContain("DATA RACE on total");
  expect(timeline(seen).text).toMatch(/still in lock accounts\[[01]\]\.lock/);
  for (const picture of [render(seen, "svg"), waitGraph(seen).svg, lockGraph(seen).svg]) {
    expect(picture).toContain("accounts[0].lock");
    expect(picture).not.toContain("mutex#");
  }
});

test("data keep the class and number, and tell the names beside", async () => {
  const { events, names, goroutines } = await report(transfers, OPTIONS);
  expect(names).toMatchObject({ "cell#1": "total" });
  expect(Object.values(names ?? {}).sort()).toEqual(["accounts[0].lock", "accounts[1].lock", "total"]);
  expect(events?.some(({ object }) => object === "mutex#1")).toBe(true);
  expect(goroutines.map(({ waitingOn }) => waitingOn)).toContain("mutex#1");
});

test("an object that its program has labelled keeps its label; atomics are named by their place", async () => {
  const shop = {
    setup: () => ({ left: new Cell(1, "stock"), sold: new AtomicInt32(), parts: [new Mutex()] }),
    *main({ left, sold, parts }: { left: Cell<number>; sold: AtomicInt32; parts: Mutex[] }): Go {
      yield* left.read();
      yield* sold.add(1);
      yield* parts[0]!.lock();
    },
  };
  const text = render(await report(shop, { trace: true }));
  expect(text).toMatch(/read stock#1 = 1/);
  expect(text).toMatch(/add sold \(1\)/);
  expect(text).toMatch(/lock parts\[0\]/);
  const list = {
    setup: () => [new Mutex()],
    *main([mu]: Mutex[]): Go {
      yield* mu!.lock();
    },
  };
  expect(render(await report(list, { trace: true }))).toContain("lock state[0]");
});

test("a state that is large, goes in circles or throws when it is looked at harms nothing", async () => {
  const lock = function* (state: { lock: Mutex }): Go {
    yield* state.lock.lock();
  };
  interface Node {
    readonly others: Node[];
    readonly weights: Float64Array;
  }
  const web = Array.from({ length: 300 }, (): Node => ({ others: [], weights: new Float64Array(1e5) }));
  for (const node of web) node.others.push(...web);
  const setups = [
    () => ({ lock: new Mutex(), web, list: new Array(1e6).fill({ a: { b: 1 } }) }),
    () => ({
      lock: new Mutex(),
      get shut(): never {
        throw new Error("not for you");
      },
    }),
  ];
  const [large, shut] = await Promise.all(
    setups.map((setup) => report({ setup, main: lock }, { trace: true })),
  );
  expect(large?.names).toEqual({ "mutex#1": "lock" });
  expect(shut?.names).toBeUndefined();
  expect(shut?.verdict).toBe("ok");
});

test("a program without such a state, and a run without events, have no names", async () => {
  const body = function* (): Go {
    const mu = new Mutex();
    yield* go(function* () {
      yield* mu.lock();
    });
    yield* mu.lock();
    yield* sleep(1);
  };
  const plain = await report(body, { trace: true });
  expect(plain.names).toBeUndefined();
  expect(render(plain)).toContain("lock mutex#1");
  const lock = function* (mu: Mutex): Go {
    yield* mu.lock();
  };
  const alone = await report({ setup: () => new Mutex(), main: lock }, { trace: true });
  expect(alone.names).toBeUndefined();
  expect((await report(transfers)).names).toBeUndefined();
});
