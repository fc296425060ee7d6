// Every exercise for long: the solution passes twenty times of twenty, also beside two busy loops; a beginner's mistakes in
// the solution, one at a time, either change nothing or fail with three hints.
import { type ChildProcess, spawn } from "node:child_process";
import { checkText } from "happens-before/check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginnersMistakes, hintComplaints, idsIn, saidBy, textOf } from "./gate.js";

const IDS = idsIn("exercises", ".ts");
const TIMES = 20;

async function passes(id: string): Promise<string[]> {
  const wrong: string[] = [];
  for (let times = 1; times <= TIMES; times++) {
    const result = await checkText(id, textOf("solutions", id));
    if (result.status !== "pass") wrong.push(`time ${times}: ${saidBy(result)}`);
  }
  return wrong;
}

describe("alone on the machine", () => {
  for (const id of IDS) {
    test(`${id}: the solution passes ${TIMES} times of ${TIMES}`, async () => {
      expect(await passes(id)).toEqual([]);
    });
  }
});

describe("beside two busy loops", () => {
  let busy: ChildProcess[] = [];
  beforeAll(() => {
    busy = [1, 2].map(() => spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }));
  });
  afterAll(() => {
    for (const child of busy) child.kill("SIGKILL");
  });

  for (const id of IDS) {
    test(`${id}: the solution passes ${TIMES} times of ${TIMES}`, async () => {
      expect(await passes(id)).toEqual([]);
    });
  }
});

describe("a beginner's mistakes", () => {
  for (const id of IDS) {
    for (const { name, text } of beginnersMistakes(textOf("solutions", id))) {
      test(`${id}, ${name}: changes nothing, or fails with three hints`, async () => {
        const result = await checkText(id, text);
        if (result.problem?.verdict === "does-not-compile") return;
        expect(result.properties.flatMap(hintComplaints)).toEqual([]);
      });
    }
  }
});
