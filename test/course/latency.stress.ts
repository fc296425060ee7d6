// How long a learner waits from the save to the verdict, in a real terminal. On a quiet machine; prints what it saw.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { COUNTER, Project, TRANSFER } from "./project.js";
import { Sessions } from "./session.js";
import type { Terminal } from "./terminal.js";

vi.setConfig({ testTimeout: 300_000 });

/** What the issue promises, in milliseconds. */
const PROMISED = { [TRANSFER]: 2_000, [COUNTER]: 20_000 } as const;
const ROUNDS = 7;

const sessions = new Sessions();
let project: Project;
beforeAll(() => {
  project = new Project();
});
afterAll(() => {
  sessions.kill();
  project.remove();
});

for (const id of [TRANSFER, COUNTER] as const) {
  test(`${id}: from the save to the verdict, median of ${ROUNDS}, within ${PROMISED[id] / 1000} s`, async () => {
    const hb = sessions.start(project, ["watch", id]);
    await hb.shows(/FAIL {2}0 of/);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      times.push(await waited(hb, () => project.save(id, project.solution(id)), /PASS|NOT JUDGED/));
      times.push(await waited(hb, () => project.save(id, project.starter(id)), /FAIL {2}0 of/));
    }
    const passes = times.filter((_, n) => n % 2 === 0).sort((a, b) => a - b);
    const median = passes[passes.length >> 1] as number;
    console.log(`${id}: ${passes.map((ms) => ms.toFixed(0)).join(", ")} ms; median ${median.toFixed(0)} ms`);
    expect(median).toBeLessThan(PROMISED[id]);
    hb.kill();
  });
}

async function waited(hb: Terminal, save: () => void, verdict: RegExp): Promise<number> {
  const beginMs = performance.now();
  save();
  await hb.shows(verdict);
  return performance.now() - beginMs;
}
