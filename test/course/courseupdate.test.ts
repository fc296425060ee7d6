// updateWorkspace: a newer course arrives where somebody has worked.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { updateDetails, updateText, updateWorkspace } from "../../lib/course/index.js";
import { serializeNotebook } from "../../lib/notebook/index.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hb-update-"));
  give("exercises/01-a/x.ts", "// exercise: 01-a/x\nold\n");
  give("notebooks/01-a.ipynb", lesson(["intro", "# One"], ["cell", "run();"]));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function give(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

function lesson(...cells: [id: string, source: string][]): string {
  return serializeNotebook({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map(([id, source]) => ({
      cell_type: "code",
      id,
      source,
      metadata: {},
      outputs: [],
      execution_count: null,
    })),
  } as unknown as Parameters<typeof serializeNotebook>[0]);
}

const own = (name: string): string => readFileSync(join(root, "workspace", name), "utf8");
const work = (name: string, text: string): void => give(join("workspace", name), text);
const texts = (name: string): string[] =>
  (JSON.parse(own(name)) as { cells: { source: string[] }[] }).cells.map(({ source }) => source.join(""));

test("a first time: everything is there, with what an editor needs; a second time there is nothing to do", () => {
  const did = updateWorkspace(root);
  expect(did.added).toContain("exercises/01-a/x.ts");
  expect(did.added).toContain("notebooks/01-a.ipynb");
  expect(did.added).toContain(".vscode/launch.json");
  expect(own("exercises/01-a/x.ts")).toBe("// exercise: 01-a/x\nold\n");
  expect(updateText(updateWorkspace(root))).toBe("");
});

test("what the learner has not touched is replaced; what they have is left, and told once", () => {
  give("exercises/01-a/y.ts", "old y\n");
  updateWorkspace(root);
  work("exercises/01-a/x.ts", "mine\n");
  give("exercises/01-a/x.ts", "new x\n");
  give("exercises/01-a/y.ts", "new y\n");
  const did = updateWorkspace(root);
  expect(did).toMatchObject({ replaced: ["exercises/01-a/y.ts"], kept: ["exercises/01-a/x.ts"] });
  expect(own("exercises/01-a/x.ts")).toBe("mine\n");
  expect(own("exercises/01-a/y.ts")).toBe("new y\n");
  expect(updateDetails(root, did)).toEqual([
    "workspace/exercises/01-a/x.ts is as you left it; the course's new one is exercises/01-a/x.ts",
  ]);
  expect(updateText(did)).toBe("1 file brought up to date, 1 file left as you changed it");
  expect(updateText(updateWorkspace(root))).toBe("");
});

test("a notebook with the learner's work is merged cell by cell, and kept before", () => {
  updateWorkspace(root);
  const mine = lesson(["intro", "# One"], ["cell", "run(); // mine"], ["note", "my own"]);
  work("notebooks/01-a.ipynb", mine);
  give("notebooks/01-a.ipynb", lesson(["intro", "# One, better"], ["cell", "run(2);"], ["new", "more();"]));
  const did = updateWorkspace(root);
  expect(texts("notebooks/01-a.ipynb")).toEqual(["# One, better", "run(); // mine", "my own", "more();"]);
  expect(did.merged).toHaveLength(1);
  expect(readFileSync(did.merged[0]!.backup, "utf8")).toBe(mine);
  expect(updateDetails(root, did)[0]).toMatch(
    /^workspace\/notebooks\/01-a\.ipynb: new: new; updated: intro; left as you wrote them: cell \(before: workspace\/backups\/.*\)$/,
  );
  expect(updateText(updateWorkspace(root))).toBe("");
});

test("a notebook that was run but not changed is brought up to date; one that cannot be read is left", () => {
  give("notebooks/02-b.ipynb", lesson(["only", "1"]));
  updateWorkspace(root);
  const ran = JSON.parse(own("notebooks/01-a.ipynb"));
  ran.cells[1].outputs = [{ output_type: "stream", name: "stdout", text: ["seen\n"] }];
  work("notebooks/01-a.ipynb", JSON.stringify(ran));
  work("notebooks/02-b.ipynb", "{ half");
  give("notebooks/01-a.ipynb", lesson(["intro", "# Two"], ["cell", "run();"]));
  give("notebooks/02-b.ipynb", lesson(["only", "2"]));
  const did = updateWorkspace(root);
  expect(texts("notebooks/01-a.ipynb")).toEqual(["# Two", "run();"]);
  expect(own("notebooks/01-a.ipynb")).toContain("seen");
  expect(did.kept).toEqual(["notebooks/02-b.ipynb"]);
  expect(own("notebooks/02-b.ipynb")).toBe("{ half");
});

test("what left the course goes if it was not touched, with a copy kept, and stays if it was", () => {
  give("exercises/01-a/y.ts", "y\n");
  updateWorkspace(root);
  work("exercises/01-a/x.ts", "mine\n");
  rmSync(join(root, "exercises"), { recursive: true });
  const did = updateWorkspace(root);
  expect(did.removed).toEqual(["exercises/01-a/y.ts"]);
  expect(own("exercises/01-a/x.ts")).toBe("mine\n");
  expect(existsSync(join(root, "workspace", "exercises/01-a/y.ts"))).toBe(false);
  const [stamp = ""] = readdirSync(join(root, "workspace", "backups"));
  expect(own(join("backups", stamp, "exercises/01-a/y.ts"))).toBe("y\n");
});

test("a workspace of an older course, which kept no record: nothing of it is written over, new cells come", () => {
  work("exercises/01-a/x.ts", "perhaps an older starter, perhaps mine\n");
  work("notebooks/01-a.ipynb", lesson(["intro", "# Zero"], ["mine", "my own"]));
  updateWorkspace(root);
  expect(own("exercises/01-a/x.ts")).toBe("perhaps an older starter, perhaps mine\n");
  expect(texts("notebooks/01-a.ipynb")).toEqual(
    ["# Zero", "run();", "my own"].sort(
      (a, b) => texts("notebooks/01-a.ipynb").indexOf(a) - texts("notebooks/01-a.ipynb").indexOf(b),
    ),
  );
});

test("an update that was killed between the file and its record is done again, and comes to the same", () => {
  updateWorkspace(root);
  const record = join(root, "workspace", ".course", "notebooks", "01-a.ipynb");
  const before = readFileSync(record, "utf8");
  work("notebooks/01-a.ipynb", lesson(["intro", "# One"], ["cell", "run();"], ["note", "my own"]));
  give("notebooks/01-a.ipynb", lesson(["new", "0"], ["intro", "# One, better"], ["cell", "run();"]));
  updateWorkspace(root);
  const merged = texts("notebooks/01-a.ipynb");
  writeFileSync(record, before);
  updateWorkspace(root);
  expect(texts("notebooks/01-a.ipynb")).toEqual(merged);
  expect(merged).toEqual(["0", "# One, better", "run();", "my own"]);
});

test("an editor's settings that the learner has changed stay theirs", () => {
  updateWorkspace(root);
  work(".vscode/settings.json", '{ "editor.fontSize": 20 }\n');
  updateWorkspace(root);
  expect(own(".vscode/settings.json")).toBe('{ "editor.fontSize": 20 }\n');
});

test("JupyterLab's checkpoints are no part of the course", () => {
  give("notebooks/.ipynb_checkpoints/01-a-checkpoint.ipynb", "{}");
  expect(updateWorkspace(root).added.filter((name) => name.includes("checkpoint"))).toEqual([]);
});
