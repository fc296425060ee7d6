// 05-the-rwmutex-incident/profile: wrong names and broken locks get the verdict that says so. What is judged by measured
// waits is in the stress run.
import { checkText } from "happens-before/check";
import { describe, expect, test } from "vitest";
import { expectFailure, ID, NAMED, QUICK, read, WAITS } from "./profile05.js";

describe(ID, () => {
  for (const [name, attempt] of Object.entries(QUICK)) {
    test(`fails: ${name}`, () => expectFailure(attempt), 60_000);
  }

  test("the starter names no lock, and its orders wait for the fetch", async () => {
    const result = await checkText(ID, read("exercises"));
    const verdicts = Object.fromEntries(result.properties.map((p) => [p.name, p.verdict]));
    expect(verdicts[NAMED]).toBe("wrong-result");
    // A machine whose threads stand still by themselves allows no judgement.
    expect(verdicts[WAITS]).toMatch(/^too-(slow|noisy)$/);
  }, 60_000);
});
