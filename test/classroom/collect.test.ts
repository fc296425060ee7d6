// What a class hands in: every layout that a platform writes is understood, what is not is named with the reason, and
// nothing that is handed in leads out of its folder.
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { collect } from "../../lib/classroom/index.js";
import { type Files, folderOf, notebookOf, zipOf } from "./tree.js";

const IDS = ["05-the-rwmutex-incident/reload", "06-deadlocks/bank", "06-deadlocks/transfer"];
const TRANSFER = "// exercise: 06-deadlocks/transfer\nexport const mine = 1;\n";

const folders: { remove(): void }[] = [];
afterEach(() => folders.splice(0).forEach((folder) => void folder.remove()));

function folder(files: Files): string {
  const made = folderOf(files);
  folders.push(made);
  return made.path;
}

/** `student exercise <- file` for everything found. */
function found(files: Files): string[] {
  return collect([folder(files)], IDS).submissions.map(
    ({ student, exercise, origin }) => `${student} ${exercise} <- ${origin}`,
  );
}

/** `file: reason` for everything not taken. */
function refused(files: Files): string[] {
  return collect([folder(files)], IDS).unrecognised.map(({ path, why }) => `${path}: ${why}`);
}

const LAYOUTS: [what: string, path: string, content: string | Uint8Array, student: string][] = [
  ["a unit's folder in the student's", "ada/06-deadlocks/transfer.ts", "export {};", "ada"],
  ["a name in the student's folder", "ada/transfer.ts", "export {};", "ada"],
  ["a learner's workspace", "ada/workspace/exercises/06-deadlocks/transfer.ts", "export {};", "ada"],
  ["any name, with the exercise in the first line", "ada/final version (2).ts", TRANSFER, "ada"],
  ["a first line behind a byte order mark", "ada/x.ts", `\uFEFF${TRANSFER}`, "ada"],
  ["a flat file with student, unit and name", "ada_06-deadlocks_transfer.ts", "export {};", "ada"],
  ["a flat file with student and name", "ada-transfer.ts", "export {};", "ada"],
  ["a flat file of Canvas", "lovelaceada_123_4567_transfer-1.ts", TRANSFER, "lovelaceada_123_4567"],
  ["a flat file that only says the exercise", "ada.ts", TRANSFER, "ada"],
  [
    "Moodle's folders",
    "Ada Lovelace_42_assignsubmission_file_/transfer.ts",
    TRANSFER,
    "Ada Lovelace_42_assignsubmission_file_",
  ],
  [
    "nbgrader's folders",
    "submitted/ada/06-deadlocks/06-deadlocks.ipynb",
    notebookOf("let a = 1;", TRANSFER),
    "ada",
  ],
  ["a zip of one student", "ada.zip", zipOf({ "transfer.ts": TRANSFER }), "ada"],
  ["a zip with unit folders", "ada.zip", zipOf({ "06-deadlocks/transfer.ts": "export {};" }), "ada"],
  ["a zip in the student's folder", "ada/work.zip", zipOf({ "transfer.ts": TRANSFER }), "ada"],
  ["a name outside ASCII", "Åsa Öberg/transfer.ts", "export {};", "Åsa Öberg"],
];

describe("collect", () => {
  for (const [what, path, content, student] of LAYOUTS) {
    test(`understands ${what}: ${path}`, () => {
      const { submissions, unrecognised } = collect([folder({ [path]: content })], IDS);
      expect(submissions.map((one) => [one.student, one.exercise])).toEqual([
        [student, "06-deadlocks/transfer"],
      ]);
      expect(unrecognised).toEqual([]);
    });
  }

  test("a zip that is given itself is the class, not a student", () => {
    const path = folder({
      "class.zip": zipOf({ "ada/transfer.ts": TRANSFER, "bob.zip": zipOf({ "x.ts": TRANSFER }) }),
    });
    const { students } = collect([join(path, "class.zip")], IDS);
    expect(students).toEqual(["ada", "bob"]);
  });

  test("a student's own folder that is given itself has the student's name", () => {
    const path = folder({ "ada/06-deadlocks/transfer.ts": "export {};", "ada/transfer-2.ts": "" });
    expect(collect([join(path, "ada")], IDS).submissions.map(({ student }) => student)).toEqual(["ada"]);
  });

  test("one notebook holds several exercises; of two cells for one exercise the last counts", () => {
    const text = notebookOf(TRANSFER, "// exercise: 06-deadlocks/bank\nlet b;", `${TRANSFER}let last;`);
    const { submissions } = collect([folder({ "ada/06.ipynb": text })], IDS);
    expect(submissions.map(({ exercise }) => exercise)).toEqual([
      "06-deadlocks/bank",
      "06-deadlocks/transfer",
    ]);
    expect(submissions[1]?.text).toContain("let last;");
  });

  test("of several attempts the last one counts, 10 after 9, and a file before a notebook; the others are named", () => {
    const files = {
      "ada/transfer-9.ts": TRANSFER,
      "ada/transfer-10.ts": TRANSFER,
      "ada/z.ipynb": notebookOf(TRANSFER),
    };
    expect(found(files)).toEqual(["ada 06-deadlocks/transfer <- ada/transfer-10.ts"]);
    expect(refused(files)).toEqual([
      "ada/transfer-9.ts: ada/transfer-10.ts was taken for 06-deadlocks/transfer instead",
      "ada/z.ipynb: ada/transfer-10.ts was taken for 06-deadlocks/transfer instead",
    ]);
  });

  const REFUSED: [what: string, path: string, content: string | Uint8Array, why: RegExp][] = [
    ["a file of another kind", "ada/notes.pdf", "%PDF", /^not a \.ts, \.ipynb or \.zip file$/],
    [
      "an exercise that the course does not have",
      "ada/x.ts",
      "// exercise: 06-deadlocks/transfr\n",
      /is no exercise of this course; meant "06-deadlocks\/transfer"\?$/,
    ],
    [
      "a text that does not say what it is",
      "ada/mine.ts",
      "export {};",
      /its first line should be `\/\/ exercise: NN-name\/x`$/,
    ],
    ["a notebook without exercises", "ada/x.ipynb", notebookOf("1 + 1"), /^no cell begins with/],
    ["half a notebook", "ada/x.ipynb", '{ "cells": [', /^not a notebook: /],
    ["a notebook that is something else", "ada/x.ipynb", "[]", /^not a notebook: expected a list of cells$/],
    ["a broken zip", "ada.zip", "PK not really", /^not a zip that can be read: /],
    ["a file of 5 MiB", "ada/transfer.ts", "x".repeat(5 << 20), /^larger than 4 MiB$/],
    [
      "a zip that unpacks to a large file",
      "ada.zip",
      zipOf({ "transfer.ts": "x".repeat(5 << 20) }),
      /^larger than 4 MiB$/,
    ],
  ];
  for (const [what, path, content, why] of REFUSED) {
    test(`names ${what}, with the reason`, () => {
      const { submissions, unrecognised } = collect([folder({ [path]: content })], IDS);
      expect(submissions).toEqual([]);
      expect(unrecognised.map((one) => one.why)).toEqual([expect.stringMatching(why)]);
    });
  }

  test("what systems leave behind is passed over in silence", () => {
    const files = {
      "ada/.DS_Store": "",
      "__MACOSX/ada/._transfer.ts": "",
      ".git/config": "",
      "ada/.ipynb_checkpoints/x.ipynb": "",
    };
    expect([...found(files), ...refused(files)]).toEqual([]);
  });

  test("a student of whom nothing was recognised is still on the list", () => {
    expect(collect([folder({ "ada/mine.ts": "export {};" })], IDS).students).toEqual(["ada"]);
  });

  test("a symbolic link is not followed, so nobody hands in the teacher's files", () => {
    const path = folder({ "secret.ts": TRANSFER, "class/ada/other.ts": "export {};" });
    symlinkSync(join(path, "secret.ts"), join(path, "class", "ada", "transfer.ts"));
    symlinkSync(path, join(path, "class", "bob"));
    const { submissions, unrecognised } = collect([join(path, "class")], IDS);
    expect(submissions).toEqual([]);
    expect(unrecognised.filter(({ why }) => why.startsWith("a symbolic link"))).toHaveLength(2);
  });

  test("a zip's names lead nowhere: `..` and absolute paths are only names", () => {
    const zip = zipOf({ "../../bob/transfer.ts": TRANSFER });
    expect(found({ "ada.zip": zip })).toEqual(["ada 06-deadlocks/transfer <- ada.zip/bob/transfer.ts"]);
  });
});
