// Who grades a class asks for a real boundary: without one nothing is graded, until it is said that this is meant.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { gradeClass, startWorker } from "../../lib/classroom/index.js";
import { IsolationError } from "../../lib/grade/index.js";
import { buildCourse, solution, TRANSFER } from "../grade/course.js";
import { withoutBubblewrap } from "../grade/redteam/withoutbubblewrap.js";

const base = mkdtempSync(join(tmpdir(), "hb-isolation-"));
const restore = withoutBubblewrap(join(base, "bin"), []); // and no unshare
const places = buildCourse("class-isolation");
afterAll(() => {
  restore();
  places.remove();
  rmSync(base, { recursive: true, force: true });
});

function submissions(): string {
  const folder = mkdtempSync(join(base, "in-"));
  writeFileSync(join(folder, "ada_transfer.ts"), solution(TRANSFER));
  return folder;
}

const out = (): string => mkdtempSync(join(base, "out-"));
const NOWHERE = "redis://127.0.0.1:1";

test("a class is not graded without a real boundary, and the error says what to do", async () => {
  const results = out();
  const run = gradeClass({ submissions: [submissions()], out: results, places });
  await expect(run).rejects.toThrow(IsolationError);
  await expect(run).rejects.toThrow(
    /^strict isolation needs bubblewrap or unshare, and here .*apt-get install.*--isolation auto/,
  );
  expect(readdirSync(results)).not.toContain("submissions");
});

test("with `auto` it is graded, and the result says that the boundary was weak", async () => {
  const graded: string[] = [];
  const run = await gradeClass({
    ...{ submissions: [submissions()], out: out(), places, jobs: 1, isolation: "auto" },
    onProgress: ({ last }) => void graded.push(...(last?.result.isolation ?? [])),
  });
  expect(run).toMatchObject({ graded: 1, failed: 0 });
  expect(graded[0]).toMatch(/^weak boundary|^no boundary/);
}, 60_000);

test("a worker takes nothing from a queue without a real boundary", async () => {
  await expect(startWorker({ url: NOWHERE, places })).rejects.toThrow(IsolationError);
  await expect(startWorker({ url: NOWHERE, places, isolation: "none" })).rejects.toThrow(
    /cannot reach Redis/,
  );
});
