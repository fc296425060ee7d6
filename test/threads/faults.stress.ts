// The long form of faults.test.ts: a minute of storms for each primitive, and ten thousand teams with their figures.
// HB_STRESS_SECONDS sets another length.
import { readdirSync } from "node:fs";
import { Barrier, dismissIdle, Mutex, team } from "happens-before/threads";
import { expect, test } from "vitest";
import { type StormName, storm, storms } from "./storm.js";

const { HB_STRESS_SECONDS: secondsText } = process.env;
const seconds = Number(secondsText ?? 60);

for (const name of Object.keys(storms) as StormName[]) {
  test(
    `threads are killed while ${name}: the others go on, and find nothing broken`,
    async () => {
      let rounds = 0;
      for (const end = performance.now() + seconds * 1000; performance.now() < end; rounds++) {
        expect(await storm(name, 500, 30_000)).toBe(0);
      }
      console.log(`${2 * rounds} threads killed while ${name}`);
    },
    (seconds + 120) * 1000,
  );
}

/** What may leak: operating-system threads, resident MiB, handles of the event loop. */
function figures(): { threads: number; mib: number; handles: number } {
  const threads = process.platform === "linux" ? readdirSync("/proc/self/task").length : 0;
  return {
    threads,
    mib: Math.round(process.memoryUsage().rss / 2 ** 20),
    handles: process.getActiveResourcesInfo().length,
  };
}

async function settled(): Promise<ReturnType<typeof figures>> {
  dismissIdle();
  await new Promise((resolve) => setTimeout(resolve, 1000)); // for the kernel to take ended threads away: figures, no claim
  return figures();
}

test(
  "team: ten thousand teams in a row, of which each tenth fails and each hundredth exits or forgets a lock, leave nothing behind",
  async () => {
    const mu = new Mutex();
    const one = async (round: number): Promise<void> => {
      const kind =
        round % 100 === 98
          ? "exits"
          : round % 100 === 97
            ? "forgets"
            : round % 10 === 9
              ? "fails"
              : "returns";
      const ended = await team(
        2,
        (t, mu, barrier, kind) => {
          if (kind === "returns") barrier.wait();
          if (kind === "forgets" && t.id === 0) mu.lock();
          else mu.withLock(() => {});
          if (kind === "exits" && t.id === 1) process.exit(1);
          if (kind === "fails" && t.id === 1) throw new Error("fails");
          return kind;
        },
        { args: [mu, new Barrier(2), kind], deadlineMs: 20_000 },
      ).then(
        ([first]) => first,
        (error: Error) => (error.message === "fails" ? "fails" : "exits"),
      );
      expect(ended).toBe(kind);
    };
    for (let round = 0; round < 500; round++) await one(round); // code is compiled, pools are filled
    const before = await settled();
    const began = performance.now();
    for (let round = 0; round < 10_000; round++) await one(round);
    const eachUs = (performance.now() - began) / 10;
    const after = await settled();
    console.log(
      `10,000 teams of 2, ${eachUs.toFixed(0)} us each: threads ${before.threads} -> ${after.threads}, ` +
        `resident ${before.mib} -> ${after.mib} MiB, handles ${before.handles} -> ${after.handles}`,
    );
    expect(after.threads).toBeLessThanOrEqual(before.threads);
    expect(after.handles).toBeLessThanOrEqual(before.handles);
    expect(after.mib - before.mib).toBeLessThan(200);
  },
  10 * 60_000,
);
