import { AtomicInt32, Chan, explore, go, gosched, type Program, report, WaitGroup } from "happens-before";
import { expect, test } from "vitest";
import { Counting } from "../../lib/explore/preemptions.js";
import { Search } from "../../lib/explore/search.js";
import { decodeSchedule, Replay } from "../../lib/runtime/index.js";

/** Three goroutines of ten steps; it fails when the second one moves first. The rest is noise. */
const noisy: Program<{ first: string }, string> = {
  setup: () => ({ first: "" }),
  *main(s) {
    const wg = new WaitGroup();
    for (const name of ["a", "b", "c"]) {
      wg.go(function* () {
        if (s.first === "") s.first = name;
        for (let i = 0; i < 10; i++) yield* gosched();
      });
    }
    yield* wg.wait();
    return s.first;
  },
  after(_s, first) {
    if (first === "b") throw new Error("b was first");
  },
};

for (const seed of ["1", "2", "42"]) {
  test(`shrink: only the choice that the failure needs is left (seed ${seed})`, async () => {
    const { failure } = await explore(noisy, { seed, strategies: ["random"] });
    expect(failure?.schedule).toMatch(/^1\.(1-)?3\.[0-9a-f]{4}$/);
    expect((await report(noisy, { schedule: failure?.schedule as string })).error?.message).toBe(
      "b was first",
    );
  });
}

test("shrink: a failure that needs no choice at all has an empty schedule", async () => {
  const { failure } = await explore(function* () {
    yield* gosched();
    throw new Error("always");
  });
  expect(failure?.schedule).toMatch(/^1\.0\./);
});

/** Two goroutines lose an update; a third one only makes noise. */
const lost: Program<{ n: number }, number> = {
  setup: () => ({ n: 0 }),
  *main(s) {
    const wg = new WaitGroup();
    const noise = new AtomicInt32();
    wg.go(function* () {
      for (let i = 0; i < 8; i++) yield* noise.add(1);
    });
    for (let i = 0; i < 2; i++) {
      wg.go(function* () {
        const seen = s.n;
        yield* noise.load();
        s.n = seen + 1;
      });
    }
    yield* wg.wait();
    return s.n;
  },
  after(_s, n) {
    if (n !== 2) throw new Error(`lost update: ${n}`);
  },
};

for (const strategies of [["random"], ["pct"], ["pos"], ["urw"], ["delay"]] as const) {
  test(`shrink: one preemption is left of a lost update found by ${strategies[0]}`, async () => {
    const { failure } = await explore(lost, { strategies: [...strategies] });
    expect(failure?.error?.message).toBe("lost update: 1");
    const search = new Search(lost, {});
    const counting = new Counting(new Replay(decodeSchedule(failure?.schedule as string).choices ?? []));
    expect(search.run(counting).verdict).toBe("wrong-result");
    expect(counting.preemptions).toBe(1);
  });
}

test("shrink: a panic stays the same panic", async () => {
  const program = function* () {
    const ch = new Chan<number>(1);
    yield* go(function* closer() {
      yield* ch.close();
    });
    yield* go(function* other() {
      yield* gosched();
      yield* ch.close();
    });
    yield* ch.send(1);
  };
  const { failure } = await explore(program, { seed: "5" });
  const { failure: again } = await explore(program, { seed: "5", strategies: ["random"] });
  for (const found of [failure, again]) {
    const replay = await report(program, { schedule: found?.schedule as string });
    expect(replay.error?.message.split("\n")[0]).toBe(found?.error?.message.split("\n")[0]);
  }
});
