// Every exercise of the course: the starter fails for its stated reason, the solution passes, and the two differ only
// where the learner has to work.
import { readFileSync } from "node:fs";
import { checkText, coursePlaces, exerciseIds } from "happens-before/check";
import { describe, expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const read = (folder: string, id: string): string =>
  readFileSync(new URL(`${folder}/${id}.ts`, ROOT), "utf8");

/** Why each starter fails, as its first failing property says it. */
const REASONS: Readonly<Record<string, RegExp>> = {
  "00-start-here/wait": /main returned when (nothing|"working") had been said/,
  "05-the-rwmutex-incident/reload": /a reader had to wait/,
};

/** What is outside of function bodies: the text a learner need not touch. */
const frame = (text: string): string => text.split("\n").slice(0, 5).join("\n");

describe("exercises", () => {
  test("each one says why its starter fails", () => {
    expect(exerciseIds(coursePlaces())).toEqual(Object.keys(REASONS).sort());
  });

  for (const id of Object.keys(REASONS)) {
    test(`${id}: the starter fails for the stated reason`, async () => {
      const result = await checkText(id, read("exercises", id));
      expect(result.status).toBe("fail");
      expect(result.properties.find((p) => p.status !== "pass")?.message).toMatch(REASONS[id] as RegExp);
    });

    test(`${id}: the solution passes with all points`, async () => {
      const result = await checkText(id, read("solutions", id));
      expect([result.status, result.points]).toEqual(["pass", result.maxPoints]);
    });

    test(`${id}: starter and solution tell the same story; only the starter has a TODO`, () => {
      expect(frame(read("solutions", id))).toBe(frame(read("exercises", id)));
      expect(read("exercises", id)).toContain("// TODO:");
      expect(read("solutions", id)).not.toContain("TODO");
    });
  }
});
