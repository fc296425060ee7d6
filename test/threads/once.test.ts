import { Mutex, Once, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

function cells(n: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * n));
}

describe("Once", () => {
  test("Once: of four threads one runs the action, and all see what it wrote [TestOnce]", async () => {
    const onces = Array.from({ length: 50 }, () => new Once());
    const runs = cells(50);
    const results = await team(
      4,
      (t, onces, runs) => {
        let ran = 0;
        let early = 0;
        for (const [i, once] of onces.entries()) {
          t.barrier();
          const mine = once.do(() => {
            for (let work = 0; work < 5_000; work++) Math.sqrt(work);
            runs[i]!++;
          });
          if (mine) ran++;
          if (runs[i] !== 1) early++;
        }
        return [ran, early] as const;
      },
      { args: [onces, runs], deadlineMs },
    );
    expect(results.map(([, early]) => early)).toEqual([0, 0, 0, 0]);
    expect(results.reduce((sum, [ran]) => sum + ran, 0)).toBe(50);
  });

  test("Once: with the flag set first, the second thread passes while the first is inside (planted bug)", async () => {
    const seen = await team(
      2,
      (t, done, value) => {
        if (t.id === 0) {
          Atomics.exchange(done, 0, 1);
          t.barrier(); // inside the action; the other comes
          t.barrier();
          value[0] = 7;
          return 7;
        }
        t.barrier();
        const passed = Atomics.exchange(done, 0, 1) === 1 ? value[0] : -1;
        t.barrier();
        return passed;
      },
      { args: [cells(1), cells(1)], deadlineMs },
    );
    expect(seen).toEqual([7, 0]);
  });

  test("Once: when the thread that runs the action dies, who waits and who comes runs its own, and is told", async () => {
    const once = new Once();
    const runs = cells(2);
    const controller = new AbortController();
    const dying = team(
      1,
      (_t, once, runs) =>
        void once.do(() => {
          Atomics.store(runs, 0, 1);
          for (;;) Atomics.wait(runs, 0, 1);
        }),
      { args: [once, runs], signal: controller.signal },
    ).catch(() => "died");
    while (Atomics.load(runs, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
    const waiting = team(2, (_t, once, runs) => [once.do(() => Atomics.add(runs, 1, 1)), once.isPoisoned], {
      args: [once, runs],
      deadlineMs,
    });
    const here = once.doAsync(() => void Atomics.add(runs, 1, 1));
    controller.abort();
    await dying;
    const ends = await waiting;
    expect(ends.map(([, isPoisoned]) => isPoisoned)).toEqual([true, true]);
    const ran = [...ends.map(([mine]) => mine), await here];
    expect(ran.filter(Boolean)).toHaveLength(1);
    expect([runs[1], once.isDone]).toEqual([1, true]);
  });

  test("Once: an action that throws has run; the error goes to its caller only [TestOncePanic]", async () => {
    const once = new Once();
    expect(() =>
      once.do(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect([once.isDone, once.do(() => expect.fail("a second run"))]).toEqual([true, false]);
    expect(await once.doAsync(() => expect.fail("a third run"))).toBe(false);
  });

  test("Once: doAsync lets the action be async, and threads and tasks wait for its end", async () => {
    const once = new Once();
    const value = cells(1);
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const first = once.doAsync(async () => {
      await gate;
      value[0] = 7;
    });
    const second = once.doAsync(() => expect.fail("a second run")).then((ran) => [ran, value[0]]);
    const thread = team(1, (_t, once, value) => [once.do(() => {}), value[0]], {
      args: [once, value],
      deadlineMs,
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(once.isDone).toBe(false);
    open();
    expect([await first, await second, await thread]).toEqual([true, [false, 7], [[false, 7]]]);
  });

  test("Once: an aborted doAsync rejects with the reason and runs nothing", async () => {
    const once = new Once();
    const controller = new AbortController();
    let end: () => void = () => {};
    const running = once.doAsync(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const aborted = once.doAsync(() => expect.fail("a second run"), { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    end();
    expect(await running).toBe(true);
  });

  test("Once: calling do inside its own action is an error, not a dead lock", async () => {
    const inside = team(1, (_t, once) => once.do(() => void once.do(() => {})), {
      args: [new Once()],
      deadlineMs,
    });
    await expect(inside).rejects.toThrow(
      /^Once\.do: thread \d+ is running the action and would wait for itself for ever$/,
    );
  });

  test("Once.attach: refuses the handle of another class", () => {
    const once = new Once();
    once.do(() => {});
    expect(Once.attach(once.handle).isDone).toBe(true);
    expect(() => Once.attach(new Mutex().handle)).toThrow(
      "Once.attach: expected the handle of a Once, got the handle of a Mutex",
    );
  });
});
