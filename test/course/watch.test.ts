// hb without a word, in a real terminal: keys are typed, files saved, and what stands on the screen is read.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { COUNTER, TRANSFER } from "./project.js";
import { DONE, FAILS, left, OwnProject, SANE } from "./session.js";

vi.setConfig({ testTimeout: 120_000 }); // minutes only on a machine that does ten things at once

const own = new OwnProject();
/** Moves one cent too many. */
const broken = (text: string): string =>
  text.replace("a.balanceCents -= cents;", "a.balanceCents -= cents + 1;");

test("a learner's way: hints, a pass on save, a step back, the difference to the solution, all run again, the end", async () => {
  const hb = own.start();
  await hb.shows(FAILS);
  await hb.shows(/not implemented: transfer/);
  await hb.shows(/Progress: \[>-+\] {2}0\/1 exercises/);
  await hb.shows(/Current exercise: workspace\/exercises\/90-fixture\/transfer\.ts/);
  expect(hb.window.hasColor).toBe(true);
  hb.type("n");
  await hb.shows(/Not done yet: it has to pass first/);
  hb.type("h");
  await hb.shows(/Hint 1: Read the comment above the function/);
  hb.type("h");
  await hb.shows(/Hint 2: /);
  hb.type("s");
  await hb.shows(/compared with yours once yours has passed/);
  own.project.save(TRANSFER, own.project.solution(TRANSFER));
  await hb.shows(DONE);
  await hb.shows(/PASS {2}4 of 4 points/);
  await hb.shows(/Progress: \[#+\] {2}1\/1 exercises/);
  expect(own.project.state()).toMatchObject({
    exercises: { [TRANSFER]: { isDone: true, where: "file", hints: 2 } },
  });

  own.project.save(TRANSFER, broken(own.project.solution(TRANSFER)));
  await hb.shows(/FAIL {2}\d of 4 points[\s\S]*0\/1 exercises/); // pending again
  hb.type("s");
  await hb.shows(/- {3}a\.balanceCents -= cents \+ 1;\n\+ {3}a\.balanceCents -= cents;/);

  own.project.save(TRANSFER, own.project.solution(TRANSFER));
  await hb.shows(DONE);
  hb.type("n");
  await hb.shows(/That was the last one: every exercise passes\./);
  await hb.shows(/All 1 were run again, and all hold, with 2 hints\./);
  hb.type("q");
  expect(await left(hb)).toEqual({ code: 0, ...SANE });
});

test("it goes on where one left off", async () => {
  own.replace([COUNTER, TRANSFER]);
  const first = own.start(["watch", TRANSFER]);
  await first.shows(FAILS);
  first.type("q");
  await left(first);
  const second = own.start();
  await second.shows(/0\/2 exercises\nCurrent exercise: workspace\/exercises\/90-fixture\/transfer\.ts/);
});

const WAYS: [name: string, save: (path: string, text: string) => void][] = [
  ["in place", (path, text) => writeFileSync(path, text)],
  [
    "by a new file renamed over the old one",
    (path, text) => {
      writeFileSync(`${path}.tmp`, text);
      renameSync(`${path}.tmp`, path);
    },
  ],
  [
    "by moving the old file away first, as vim does with a backup",
    (path, text) => {
      renameSync(path, `${path}~`);
      writeFileSync(path, text);
      unlinkSync(`${path}~`);
    },
  ],
  [
    "by removing and writing",
    (path, text) => {
      unlinkSync(path);
      writeFileSync(path, text);
    },
  ],
];

test(`a save is seen however an editor does it: ${WAYS.map(([name]) => name).join("; ")}`, async () => {
  const hb = own.start();
  await hb.shows(FAILS);
  const [pass, fail] = [own.project.solution(TRANSFER), own.project.starter(TRANSFER)];
  for (const [, save] of WAYS) {
    save(own.project.file(TRANSFER), pass);
    await hb.shows(DONE);
    save(own.project.file(TRANSFER), fail);
    await hb.shows(FAILS);
  }
});

test("the same text again is no change; a file that is gone is told; x asks, keeps the text and brings the starter", async () => {
  const mine = `${own.project.solution(TRANSFER)}// mine\n`;
  own.project.save(TRANSFER, mine);
  const hb = own.start();
  await hb.shows(DONE);
  own.project.save(TRANSFER, mine);
  hb.type("x");
  await hb.shows(/Reset 90-fixture\/transfer\? Your text is kept/);
  hb.type("n"); // no
  await hb.shows(DONE);
  expect(own.project.state().exercises[TRANSFER]).toMatchObject({ checks: 1 });
  hb.type("x");
  await hb.shows(/y: reset/);
  hb.type("y");
  await hb.shows(FAILS);
  await hb.shows(/has the starter's text again\./);
  const backups = join(own.project.root, "workspace", "backups");
  const [stamp = ""] = readdirSync(backups);
  expect(readFileSync(join(backups, stamp, "exercises", `${TRANSFER}.ts`), "utf8")).toBe(mine);
  rmSync(own.project.file(TRANSFER));
  await hb.shows(/Its file is gone\. x brings the starter back\./);
  hb.type("x");
  await hb.shows(/y: reset/);
  hb.type("y");
  await hb.shows(FAILS);
  expect(readFileSync(own.project.file(TRANSFER), "utf8")).toBe(own.project.starter(TRANSFER));
});

test("a progress that another process changes is shown: an exercise passed in its notebook", async () => {
  const hb = own.start();
  await hb.shows(/0\/1 exercises/);
  const file = join(own.project.root, "workspace", "state.json");
  const state = own.project.state();
  const passed = { ...state.exercises[TRANSFER], isDone: true, where: "notebook" };
  writeFileSync(`${file}.other`, JSON.stringify({ ...state, exercises: { [TRANSFER]: passed } }));
  renameSync(`${file}.other`, file);
  await hb.shows(/1\/1 exercises/);
  await hb.shows(/This one was passed in the notebook\./);
});

test("a window of 40 columns, made wide, made narrow; the list in it; the keys", async () => {
  const widest = (): number => Math.max(...hb.window.text.split("\n").map((line) => line.length));
  const hb = own.start([], { columns: 40, rows: 20 });
  await hb.shows(FAILS);
  await hb.shows(/0\/1 exercises/);
  expect(widest()).toBeLessThanOrEqual(40);
  hb.resize(100, 30);
  await hb.shows(/Progress: \[>-{40,}\] {2}0\/1 exercises/);
  hb.type("l");
  await hb.shows(/> PENDING {2}90-fixture\/transfer {2}Money must not appear or vanish/);
  hb.type("d");
  await hb.shows(/done only: 0 of 1/);
  hb.type("d/tra");
  await hb.shows(/search: tra_/);
  hb.type("\r");
  await hb.shows(/with "tra": 1 of 1/);
  hb.resize(30, 20);
  await hb.shows(/> · {2}90-fixture\/transfer/);
  expect(widest()).toBeLessThanOrEqual(30);
  hb.type("\r");
  await hb.shows(/FAIL {2}0 of 4 points/);
  hb.type("?");
  await hb.shows(/ {2}c {2}check all/);
  hb.type("\u001b[B"); // an arrow means nothing here
  await hb.shows(/FAIL {2}0 of 4 points/);
  expect(widest()).toBeLessThanOrEqual(30);
});

test("the player has the terminal to itself, and gives it back", async () => {
  own.project.save(TRANSFER, own.project.solution(TRANSFER));
  mkdirSync(join(own.project.root, "lib", "cli"), { recursive: true }); // hb.mjs, without building
  const main = JSON.stringify(join(own.project.root, ".build", "lib", "cli", "main.js"));
  const script = `const { main } = await import(${main});\nprocess.exitCode = await main(process.argv.slice(2));\n`;
  writeFileSync(join(own.project.root, "lib", "cli", "hb.mjs"), script);
  const hb = own.start();
  await hb.shows(DONE);
  hb.type("p");
  await hb.shows(/at the start[\s\S]*1-9/);
  hb.type("?");
  await hb.shows(/1 to 9 {5}choose who goes on/);
  hb.type("q");
  await hb.shows(DONE);
  hb.type("q");
  expect(await left(hb)).toEqual({ code: 0, ...SANE });
});
