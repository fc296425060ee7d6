// Hidden checks: judged like the visible ones, marked as hidden, and nothing of them but their programs is ever where a
// submission is: not in its folder, not in the memory of its process.
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkText, exerciseIds, loadExercise, replayFile, studentView } from "../../lib/grade/index.js";
import { buildCourse, solution, starter, VAULT, VAULT_VISIBLE, WITH_VAULT } from "./course.js";

const places = buildCourse("hidden", WITH_VAULT);
const handedOut = buildCourse("hidden-out", VAULT_VISIBLE);
afterAll(() => {
  places.remove();
  handedOut.remove();
});

const SUPPRESSED = "a hidden program says something";

test("hidden properties come last, are marked, and count", async () => {
  const result = await checkText(VAULT, solution(VAULT), { places });
  expect(result).toMatchObject({ status: "pass", points: 4, maxPoints: 4 });
  expect(result.properties.map(({ visibility }) => visibility)).toEqual([undefined, "hidden", "hidden"]);
  expect(result).not.toHaveProperty("missingPoints");
});

test("a hidden property that fails is told in full to the grader, and not to the student", async () => {
  const result = await checkText(VAULT, starter(VAULT), { places });
  expect(result).toMatchObject({ status: "fail", points: 1 });
  expect(result.properties[1]).toMatchObject({ verdict: "wrong-result", visibility: "hidden" });
  expect(result.properties[1]?.message).toMatch(/^SECRET-MESSAGE/);
  const told = JSON.stringify(studentView(result));
  expect(told).not.toMatch(/SECRET/);
  expect(studentView(result)).toMatchObject({ points: 1, maxPoints: 4 });
});

test("what a submission or a program prints while a hidden program runs is shown to nobody", async () => {
  const text = solution(VAULT).replace("yield* this.#mu.lock();", 'console.log("deposit", cents);\n$&');
  const { output } = await checkText(VAULT, text, { places });
  expect(output).toContain("deposit 5");
  expect(output).not.toMatch(/1234567|says something/);
});

test("a copy without the hidden file says how many points are missing", async () => {
  const result = await checkText(VAULT, solution(VAULT), { places: handedOut });
  expect(result).toMatchObject({ status: "pass", points: 1, maxPoints: 1, missingPoints: 3 });
  expect(exerciseIds(handedOut)).toContain(VAULT);
});

test("a failing schedule of a hidden property can be replayed by whoever has the file", async () => {
  const text = solution(VAULT).replace("yield* this.#mu.unlock();", "if (cents < 1000) $&");
  const file = join(places.scratch, "vault.ts");
  const result = await checkText(VAULT, text, { places });
  writeFileSync(file, text);
  const schedule = result.properties[1]?.schedule ?? "";
  expect(await replayFile(VAULT, file, schedule, places)).toMatchObject({
    property: result.properties[1]?.name,
    report: { verdict: "global-deadlock" },
  });
  rmSync(file);
});

test("hidden points that the visible check does not name are an error", async () => {
  const other = buildCourse("hidden-points", WITH_VAULT);
  const file = join(other.checks, `${VAULT}.check.js`);
  writeFileSync(file, readFileSync(file, "utf8").replace("hiddenPoints: 3", "hiddenPoints: 4"));
  await expect(loadExercise(VAULT, other)).rejects.toThrow(
    /expected its check to say `hiddenPoints: 3`, the sum of its hidden part, got 4/,
  );
  other.remove();
});

/** Ids of the Node processes whose working folder is that of the submission. */
function childIds(folder: string): number[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.filter((id) => linkOf(id, "cwd") === folder && /\bnode$/.test(linkOf(id, "exe"))).map(Number);
}

function linkOf(id: string, name: string): string {
  try {
    return readlinkSync(`/proc/${id}/${name}`);
  } catch {
    return ""; // it has ended, or is somebody else's
  }
}

/** Whether any of `texts` stands in the memory of process `pid`, as V8 or a buffer holds it. */
function inMemory(pid: number, texts: readonly string[]): string[] {
  const wanted = texts.flatMap((text) => [Buffer.from(text, "latin1"), Buffer.from(text, "utf16le")]);
  const found = new Set<string>();
  const fd = openSync(`/proc/${pid}/mem`, "r");
  try {
    for (const row of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
      const [, from = "0", to = "0"] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(row) ?? [];
      const bytes = readRange(fd, Number.parseInt(from, 16), Number.parseInt(to, 16));
      for (const [index, text] of wanted.entries()) if (bytes.includes(text)) found.add(texts[index >> 1]!);
    }
  } finally {
    closeSync(fd);
  }
  return [...found];
}

const MOST_BYTES = 256 << 20;

function readRange(fd: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(Math.min(to - from, MOST_BYTES));
  try {
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from));
  } catch {
    return Buffer.alloc(0); // reserved, never touched
  }
}

test.runIf(process.platform === "linux")(
  "no word of the hidden part is in the folder or the memory of the process that runs it",
  async () => {
    const text = solution(VAULT).replace("yield* this.#mu.lock();", "if (cents > 1_000_000) for (;;) {}\n$&");
    const secrets = ["SECRET-", "vault.hidden.ts"];
    const seen: { folder: string[]; memory: string[] }[] = [];
    const limits = { labMs: 4000 };
    await checkText(VAULT, text, {
      ...{ places, limits },
      onProgress({ index }) {
        if (index !== 1 || seen.length > 0) return;
        const [folder = ""] = readdirSync(places.scratch).map((name) => join(places.scratch, name));
        const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
        const memory = childIds(folder).flatMap((pid) => inMemory(pid, [...secrets, SUPPRESSED]));
        seen.push({
          folder: [...secrets, SUPPRESSED].filter((word) => files.join("\n").includes(word)),
          memory,
        });
      },
    });
    // What belongs to a hidden program itself is there: so the search finds what is there to find.
    expect(seen).toEqual([{ folder: [SUPPRESSED], memory: [SUPPRESSED] }]);
  },
  60_000,
);
