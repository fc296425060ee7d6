// A submission that opens with the directive: the child that runs it sees every access to its plain variables.
import { afterAll, expect, test } from "vitest";
import { checkText } from "../../lib/grade/index.js";
import { buildCourse, changed, solution, TRANSFER, withoutLocks } from "./course.js";

const places = buildCourse("interleaving");
afterAll(() => places.remove());

const DIRECTIVE = '"use interleaving";\n';
const grade = (text: string) => checkText(TRANSFER, text, { places });

test("a lost update that needs no gosched to be found: without locks, on plain properties", async () => {
  const text = withoutLocks("  a.balanceCents -= cents;");
  const without = await grade(text);
  const found = await grade(DIRECTIVE + text);
  expect(without.properties[1]?.status).toBe("pass");
  expect(found.properties[1]).toMatchObject({ status: "fail" });
  expect(["race", "wrong-result"]).toContain(found.properties[1]?.verdict);
}, 60_000);

test("a right solution stays right under the directive", async () => {
  const result = await grade(DIRECTIVE + solution(TRANSFER));
  expect(result.properties.map(({ status }) => status)).toEqual(
    (await grade(solution(TRANSFER))).properties.map(({ status }) => status),
  );
  expect(result.properties.every(({ status }) => status === "pass")).toBe(true);
}, 60_000);

test("an error stands at the line of the submission", async () => {
  const text =
    DIRECTIVE + changed("  a.balanceCents -= cents;", "  a.balanceCents -= (null as never as Account).id;");
  const result = await grade(text);
  const line = text.split("\n").findIndex((row) => row.includes("null as")) + 1;
  expect(result.properties[0]?.report?.text).toContain(`(transfer.ts:${line})`);
}, 60_000);
