import { Chan, explore, gosched, NotOwnerError, Owned, run, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

for (const seed of ["1", "2"]) {
  test(`Owned: of three who want a channel one gets it, and messages arrive once, in order (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => ({ inbox: new Owned<Chan<number>, number>(new Chan(2), 0), winners: [] as number[] }),
        *main({ inbox, winners }) {
          const wg = new WaitGroup();
          const channel = yield* inbox.use(0);
          yield* channel.send(1);
          yield* channel.send(2);
          const ticket = yield* inbox.load();
          const got: (number | undefined)[] = [];
          for (const id of [1, 2, 3])
            wg.go(function* () {
              if (!(yield* inbox.transfer(ticket, id))) return;
              winners.push(id);
              for (let i = 0; i < 2; i++) got.push(yield* (yield* inbox.use(id)).recv());
            });
          yield* wg.wait();
          return { winners: winners.length, got };
        },
      },
      { seed, schedules: 300, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual([{ winners: 1, got: [1, 2] }]);
  });
}

test("Owned: looking at an owner and then writing another one makes two winners, so the test above can fail", async () => {
  const seen = await explore(
    {
      setup: () => ({ owner: 0, winners: 0 }),
      *main(s) {
        const wg = new WaitGroup();
        for (const id of [1, 2])
          wg.go(function* () {
            if (s.owner !== 0) return;
            yield* gosched();
            s.owner = id;
            s.winners++;
          });
        yield* wg.wait();
        return s.winners;
      },
    },
    { schedules: 200, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 2]);
});

test("Owned: a ticket from before the value went away and came back is void (ABA)", async () => {
  await run(function* () {
    const owned = new Owned("value", "a");
    const old = yield* owned.load();
    expect(yield* owned.transfer(old, "b")).toBe(true);
    expect(yield* owned.transfer(yield* owned.load(), "a")).toBe(true);
    expect(yield* owned.transfer(old, "thief")).toBe(false);
    expect(yield* owned.load()).toEqual({ owner: "a", epoch: 2 });
  });
});

test("Owned: who does not own it is told who does", async () => {
  await run(function* () {
    let error: unknown;
    try {
      yield* new Owned(1, "receiver").use("sender");
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(NotOwnerError);
    expect((error as Error).message).toBe("owned: used by sender, but it belongs to receiver");
  });
});
