import {
  Chan,
  go,
  Mutex,
  onDefault,
  type Program,
  report,
  select,
  sleep,
  stepper,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

const abba: Program<{ a: Mutex; b: Mutex }> = {
  setup: () => ({ a: new Mutex(), b: new Mutex() }),
  *main({ a, b }) {
    const wg = new WaitGroup();
    wg.go(function* left() {
      yield* a.lock();
      yield* b.lock();
      b.unlock();
      a.unlock();
    });
    wg.go(function* right() {
      yield* b.lock();
      yield* a.lock();
      a.unlock();
      b.unlock();
    });
    yield* wg.wait();
  },
};

const shown = (game: { next: readonly { id: number; op: string; object?: string }[] }) =>
  game.next.map(({ id, op, object }) => `${id} ${op}${object === undefined ? "" : ` ${object}`}`);

test("stepper: shows who can go on with the next operation, and plays a deadlock through", async () => {
  const game = stepper(abba);
  expect(shown(game)).toEqual(["1 wait waitgroup#1", "2 start", "3 start"]);
  game.step(1);
  game.step(2);
  game.step(3);
  expect(shown(game)).toEqual(["2 lock mutex#1", "3 lock mutex#2"]);
  game.step(2);
  game.step(3);
  expect(game.report).toBe(undefined);
  game.step(3);
  expect(game.next).toEqual([]);
  expect(game.report?.verdict).toBe("global-deadlock");
  expect(game.goroutines.map((g) => g.waitReason)).toEqual([
    "sync.WaitGroup.Wait",
    "sync.Mutex.Lock",
    "sync.Mutex.Lock",
  ]);
  expect((await report(abba, { schedule: game.schedule })).verdict).toBe("global-deadlock");
});

test("stepper: goes back and takes another way", () => {
  const game = stepper(abba);
  for (const id of [1, 2, 3, 2, 3, 3]) game.step(id);
  const failing = game.schedule;
  for (let i = 0; i < 2; i++) expect(game.back()).toBe(true);
  expect(game.report).toBe(undefined);
  expect(game.schedule).not.toBe(failing);
  while (game.report === undefined) game.step(game.next[0]?.id as number);
  expect(game.report.verdict).toBe("ok");
  while (game.back());
  expect(shown(game)).toEqual(["1 wait waitgroup#1", "2 start", "3 start"]);
  expect(game.back()).toBe(false);
});

test("stepper: a timer is one of the choices on the free clock, and not on the jump clock", () => {
  const program = function* () {
    go(function* sleeper() {
      yield* sleep(10);
    });
    yield* sleep(5);
  };
  const game = stepper(program);
  game.step(1);
  expect(shown(game)).toEqual(["2 start", "0 timer"]);
  game.step(0);
  expect(shown(game).slice(0, 1)).toEqual(["1 sleep"]);
  const other = stepper(program, { clock: "jump" });
  other.step(1);
  expect(other.report?.verdict).toBe("ok");
});

test("stepper: which ready case a select takes can be chosen", () => {
  const program = function* () {
    const a = new Chan<string>(1);
    const b = new Chan<string>(1);
    yield* a.send("a");
    yield* b.send("b");
    yield* go(function* other() {});
    return (yield* select(a.onRecv(), b.onRecv(), onDefault())).value;
  };
  const results = [0, 1].map((option) => {
    const game = stepper(program);
    game.step(1, option);
    while (game.report === undefined) game.step(game.next[0]?.id as number);
    return game.report.result;
  });
  expect(results).toEqual(["a", "b"]);
});

test("stepper: a goroutine that cannot go on is refused with those that can", () => {
  const game = stepper(abba);
  expect(() => game.step(7)).toThrow("step: expected one of 1, 2, 3, got 7");
  game.step(1);
  expect(() => game.step(1)).toThrow("step: expected one of 2, 3, got 1");
});
