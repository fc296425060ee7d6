// What is measured is judged rightly: on recordings, so that no machine decides over it.
import { beforeAll, expect, test } from "vitest";
import { comparisonOf, type Recording, recordings, waitsProperty } from "./recordings.js";

let judge: (recording: Recording) => string | undefined;

beforeAll(async () => {
  const property = await waitsProperty();
  judge = (recording) => property.expect(comparisonOf(recording));
});

const recorded = recordings();

test.each([
  ["solution, quiet machine", /^undefined$/],
  [
    "held, quiet machine",
    /^\d+(\.\d+)?% of the orders waited for over 50 ms while a reload fetched for 200 ms/,
  ],
  // Whatever a machine does to threads, a right solution is not told that it is wrong, nor a wrong one that it is right.
  ["solution, busy machine", /^(undefined|too-noisy)$/],
  ["held, busy machine", /of the orders waited|^too-noisy$/],
])("05-the-rwmutex-incident/profile: %s", (name, verdict) => {
  expect(String(judge(recorded[name]!))).toMatch(verdict);
});

test("05-the-rwmutex-incident/profile: where threads stand still by themselves, nothing is judged", () => {
  const held = recorded["held, quiet machine"]!["with reloads"]!;
  expect(judge({ "with reloads": held, "without reloads": held })).toBe("too-noisy");
});

test("05-the-rwmutex-incident/profile: one round without long waits shows that no order waits for the fetch", () => {
  const { "with reloads": calm = [], "without reloads": alone = [] } = recorded["solution, quiet machine"]!;
  const [disturbed = []] = recorded["held, quiet machine"]!["with reloads"]!;
  expect(
    judge({ "with reloads": [disturbed, calm[0]!, disturbed], "without reloads": alone }),
  ).toBeUndefined();
});
