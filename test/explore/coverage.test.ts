import { Chan, explore, go, Mutex, sleep, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

const program = function* () {
  const mu = new Mutex();
  const ch = new Chan<number>();
  const wg = new WaitGroup();
  for (let i = 0; i < 2; i++) {
    wg.go(function* () {
      yield* mu.lock();
      yield* mu.unlock();
      yield* ch.send(i);
    });
  }
  yield* ch.recv();
  yield* ch.recv();
  yield* sleep(1);
  yield* wg.wait();
};

for (const exhaustive of [false, true]) {
  test(`coverage: tells which operations ended which waits (${exhaustive ? "exhaustive" : "portfolio"})`, async () => {
    const seen = await explore(program, { exhaustive, coverage: true, schedules: 400, stopAt: "never" });
    const pairs = seen.coverage?.map(({ blocked, by }) => `${blocked} <- ${by}`).sort();
    expect(pairs).toEqual([
      "lock mutex <- unlock mutex",
      "recv chan <- send chan",
      "send chan <- recv chan",
      "sleep <- timer",
      "wait waitgroup <- exit",
    ]);
  });
}

test("coverage: a wait that nothing ended stands there without a partner", async () => {
  const seen = await explore(
    function* () {
      const ch = new Chan<number>();
      yield* go(function* () {
        yield* ch.recv();
      });
    },
    { coverage: true, stopAt: "never", schedules: 10 },
  );
  expect(seen.verdict).toBe("leak");
  expect(seen.coverage?.map(({ blocked, by }) => [blocked, by])).toEqual([["recv chan", undefined]]);
});

test("coverage: is not there unless it was asked for", async () => {
  expect((await explore(program, { schedules: 3 })).coverage).toBe(undefined);
});
