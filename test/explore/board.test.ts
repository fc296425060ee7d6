// playBoard: the graph says what the stepper says, on every way; limits are said.
import {
  type Board,
  type BoardGoroutine,
  type BoardObject,
  Cell,
  Chan,
  type Go,
  go,
  gosched,
  Mutex,
  onDefault,
  type Program,
  playBoard,
  report,
  select,
  sleep,
  stepper,
  WaitGroup,
} from "happens-before";
import { describe, expect, test } from "vitest";
import { BoardGame } from "../../lib/plot/boardgame.js";

const abba = (): Program<{ a: Mutex; b: Mutex }> => ({
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
});

const lostUpdate = (): Program<{ seats: Cell<number>; mu: Mutex; wg: WaitGroup }> => ({
  setup: () => ({ seats: new Cell(2, "seats"), mu: new Mutex(), wg: new WaitGroup() }),
  *main({ seats, mu, wg }) {
    for (let i = 0; i < 2; i++) {
      wg.go(function* buyer() {
        yield* mu.lock();
        const left = yield* seats.read();
        mu.unlock();
        yield* mu.lock();
        yield* seats.write(left - 1);
        mu.unlock();
      });
    }
    yield* wg.wait();
  },
  after({ seats }) {
    if (seats.peek() !== 0) throw new Error(`sold 2 seats, and ${seats.peek()} is left`);
  },
});

function* pipeline() {
  const jobs = new Chan<number>(1);
  const done = new Chan<number>();
  go(function* worker() {
    let sum = 0;
    yield* jobs.forEach(function* (v) {
      sum += v;
    });
    yield* done.send(sum);
  });
  for (let i = 1; i <= 3; i++) yield* jobs.send(i);
  jobs.close();
  return yield* done.recv();
}

function* selecting() {
  const a = new Chan<string>(1);
  const b = new Chan<string>(1);
  yield* a.send("a");
  yield* b.send("b");
  go(function* other() {
    yield* sleep(5);
  });
  const { value } = yield* select(a.onRecv(), b.onRecv(), onDefault());
  return value;
}

function* plain() {
  let counter = 0;
  const wg = new WaitGroup();
  for (let i = 0; i < 2; i++) {
    wg.go(function* () {
      const before = counter;
      yield* gosched();
      counter = before + 1;
    });
  }
  yield* wg.wait();
  return counter;
}

const programs = { abba: abba(), lostUpdate: lostUpdate(), pipeline, selecting, plain } as unknown as Record<
  string,
  Program<unknown>
>;

/** Numbers from 0 to `below` - 1 that are the same in every run. */
function dice(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0;
    return (x >>> 16) % below;
  };
}

const goroutinesOf = (game: BoardGame): BoardGoroutine[] =>
  game.state.g.map((at) => game.board.goroutines[at] as BoardGoroutine);
const object = (game: BoardGame, name: string): BoardObject | undefined =>
  game.state.o.map((at) => game.board.objects[at] as BoardObject).find((part) => part.name === name);
const take = (game: BoardGame, ...ids: number[]): void => {
  for (const id of ids) expect(game.take(game.choices.findIndex((step) => step.id === id))).toBe(true);
};

describe.each(Object.entries(programs))("the board of %s", (_name, program) => {
  const board = playBoard(program);

  test("offers on random ways what the stepper offers, and ends as it ends", async () => {
    expect(board.isWhole).toBe(true);
    for (let seed = 1; seed <= 40; seed++) {
      const roll = dice(seed);
      const game = new BoardGame(board);
      const steps = stepper(program);
      while (game.ending === undefined) {
        expect([...new Set(game.choices.map((step) => step.id))]).toEqual(steps.next.map((step) => step.id));
        expect(
          goroutinesOf(game)
            .filter((g) => g.state === "waits")
            .map((g) => g.id),
        ).toEqual(steps.goroutines.filter((g) => g.status === "waiting").map((g) => g.id));
        const index = roll(game.choices.length);
        const { id, picks } = game.choices[index] as { id: number; picks: readonly number[] };
        game.take(index);
        steps.step(id, ...picks);
        expect(game.schedule).toBe(steps.schedule);
      }
      expect(steps.report).toBeDefined();
      const seen = await report(program, { schedule: game.schedule, detect: ["deadlock", "leak"] });
      expect(game.ending.verdict).toBe(seen.verdict);
      if (seen.verdict === "ok" && seen.result !== undefined)
        expect(game.ending.lines).toEqual([
          `main returned ${typeof seen.result === "string" ? `'${seen.result}'` : String(seen.result)}`,
        ]);
    }
  });

  test("is the same again", () => {
    expect(playBoard(program)).toEqual(board);
  });
});

test("a deadlock is found by walking, with who holds and who waits, and its schedule replays", async () => {
  const game = new BoardGame(playBoard(abba(), { title: "ABBA" }));
  take(game, 1, 2, 3, 2);
  expect(object(game, "a")).toMatchObject({ kind: "lock", text: "held by g2", holders: [2] });
  take(game, 3, 2);
  expect(game.ending?.verdict).toBe("global-deadlock");
  expect(game.ending?.lines.map((line) => line.replace(/ \(\S+\)$/, "")).slice(0, 4)).toEqual([
    "all goroutines are asleep - deadlock!",
    "  g1 main waits: wait waitgroup#1",
    "  g2 left waits: lock b, held by g3 right",
    "  g3 right waits: lock a, held by g2 left",
  ]);
  expect(object(game, "a")).toMatchObject({ text: "held by g2", waiting: ["g3"] });
  expect(goroutinesOf(game)[1]).toMatchObject({ name: "left", state: "waits", op: "lock b" });
  expect((await report(abba(), { schedule: game.schedule })).verdict).toBe("global-deadlock");
});

test("a lost update is found by walking, and told as the program's own check tells it", () => {
  const game = new BoardGame(playBoard(lostUpdate()));
  take(game, 1, 2, 3, 2, 2, 3, 3);
  expect(object(game, "seats")).toMatchObject({ kind: "variable", text: "2" });
  while (game.ending === undefined) game.take(0);
  expect(game.ending).toEqual({ verdict: "wrong-result", lines: ["sold 2 seats, and 1 is left"] });
});

test("many plain values that no schedule changes are left out, and counted; what a schedule changes is shown", () => {
  const shop = (count: number): Program<{ sold: Cell<number>; last: number }> => ({
    setup: () => ({
      ...Object.fromEntries(Array.from({ length: count }, (_, i) => [`price${i}`, 10 * i])),
      sold: new Cell(0),
      last: 0,
    }),
    *main(state) {
      const buyer = function* buyer(): Go {
        yield* state.sold.write(1);
        state.last = 7;
      };
      yield* go(buyer);
      yield* go(buyer);
    },
  });
  const seen = (board: Board): string[] =>
    [...new Set(board.states.flatMap(({ o }) => o.map((at) => board.objects[at]!.name)))].sort();
  const many = playBoard(shop(5));
  expect(seen(many)).toEqual(["last", "sold"]);
  expect(many.claim).toMatch(/ Not shown: 5 values that never change\.$/);
  expect(many.objects.map(({ name }) => name)).not.toContain("price0");
  const few = playBoard(shop(4));
  expect(seen(few)).toEqual(["last", "price0", "price1", "price2", "price3", "sold"]);
  expect(few.claim).not.toContain("Not shown");
  expect(many.states.map(({ steps }) => steps)).toEqual(few.states.map(({ steps }) => steps));
  expect(many.states[0]!.steps.map(({ words }) => words)).toContain("go buyer");
});

test("back, forward and another way", () => {
  const game = new BoardGame(playBoard(abba()));
  take(game, 1, 2, 3);
  const { state } = game;
  expect([game.back(), game.back(), game.forward(), game.forward()]).toEqual([true, true, true, true]);
  expect(game.state).toBe(state);
  expect(game.forward()).toBe(false);
  game.back();
  take(game, 2);
  expect(game.forward()).toBe(false);
  game.restart();
  expect([game.depth, game.back()]).toEqual([0, false]);
});

test("a channel shows what lies in it, that it is closed, and who waits for it with what", () => {
  const texts = (board: Board): string[] => {
    const parts = board.objects.filter((part) => part.label === "chan");
    return [...new Set(parts.map((p) => `${p.items?.join()}|${p.text}|${p.waiting?.join() ?? ""}`))].sort();
  };
  const closing = [
    "1|1 of 1|",
    "2|1 of 1|",
    "3|1 of 1, closed|",
    "3|1 of 1|",
    "|0 of 1, closed|",
    "|0 of 1|",
    "|unbuffered|",
  ];
  expect(texts(playBoard(pipeline))).toEqual(closing);
  const meeting = playBoard(function* () {
    const box = new Chan<number>();
    go(function* sender() {
      yield* box.send(7);
    });
    go(function* idler() {
      yield* gosched();
    });
    yield* box.recv();
  });
  expect(texts(meeting)).toEqual(["|unbuffered|", "|unbuffered|g1 receives", "|unbuffered|g2 sends 7"]);
});

test("the ready cases of a select and the timer are choices", () => {
  const board = playBoard(selecting);
  expect(board.states[0]?.steps.map(({ id, words }) => `${id} ${words}`)).toEqual([
    "1 select takes case 0 = 'a'",
    "1 select takes case 1 = 'b'",
    "2 begin",
  ]);
  expect(board.states.some(({ steps }) => steps.some(({ id }) => id === 0))).toBe(true);
});

test("data that is chosen before anybody else can run is the first choice", async () => {
  const early = function* () {
    const a = new Chan<string>(1);
    const b = new Chan<string>(1);
    yield* a.send("a");
    yield* b.send("b");
    return (yield* select(a.onRecv(), b.onRecv())).value;
  };
  const results: unknown[] = [];
  for (const index of [0, 1]) {
    const game = new BoardGame(playBoard(early));
    game.take(index);
    results.push((await report(early, { schedule: game.schedule })).result);
    expect(game.ending?.lines).toEqual([`main returned '${results[index]}'`]);
  }
  expect(results).toEqual(["a", "b"]);
});

test("a board that would be too large ends early and says so", () => {
  const small = playBoard(lostUpdate(), { states: 30 });
  expect(small.isWhole).toBe(false);
  expect(small.states.length).toBeLessThanOrEqual(30 + 3);
  expect(small.claim).toMatch(/^A part of the program: \d+ states, all ways of \d+ choices\. What follows/);
  const game = new BoardGame(small);
  while (game.take(0));
  expect(game.ending).toBeUndefined();
  expect(game.choices.some((step) => step.to < 0)).toBe(true);
});

test("a program without end stays in its limits", () => {
  const board: Board = playBoard(
    function* () {
      go(function* ticker() {
        for (;;) yield* sleep(1);
      });
      for (;;) yield* sleep(2);
    },
    { states: 200 },
  );
  expect(board.isWhole).toBe(false);
  expect(board.states.length).toBeGreaterThanOrEqual(200);
});

test("states are never merged where goroutines share a plain field of the state", () => {
  const board = playBoard({
    setup: () => ({ sum: 0, a: new Chan<number>(3), b: new Chan<number>(3) }),
    *main(state: { sum: number; a: Chan<number>; b: Chan<number> }) {
      const wg = new WaitGroup();
      wg.go(function* one() {
        yield* state.a.send(1);
        const before = state.sum;
        yield* state.a.send(2);
        state.sum = before + 1;
      });
      wg.go(function* two() {
        yield* state.b.send(1);
        const before = state.sum;
        yield* state.b.send(2);
        state.sum = before + 1;
      });
      yield* wg.wait();
      return state.sum;
    },
  });
  expect(board.claim).toContain("each way kept apart");
  expect(board.endings.map((end) => end.lines[0])).toEqual(["main returned 2", "main returned 1"]);
});

test("a number of states that makes no sense, and a program that uses the host, are refused", () => {
  expect(() => playBoard(abba(), { states: 0 })).toThrow(
    new RangeError("playBoard: expected `states` to be an integer from 1 to 20000, got 0"),
  );
  let count = 0;
  const changing = function* () {
    const mine = ++count;
    go(function* other() {});
    if (mine > 1) return;
    yield* gosched();
    yield* gosched();
  };
  expect(() => playBoard(changing)).toThrow("did not do the same thing twice");
});
