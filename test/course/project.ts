// Project: a small copy of the project with a course of two exercises, so that tests have a workspace of their own. The
// built library is shared by hard links; packages are found above, in the project itself.
import { execFile } from "node:child_process";
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../../lib/grade/index.js";
import { compileModule } from "../../lib/transform/index.js";

const ROOT = projectRoot();
const FIXTURES = join(ROOT, "test", "grade", "fixtures");

/** Laboratory; its solution locks both accounts in one order. */
export const TRANSFER = "90-fixture/transfer";
/** Measured. */
export const COUNTER = "90-fixture/counter";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Project {
  readonly root: string;

  constructor(ids: readonly string[] = [COUNTER, TRANSFER]) {
    mkdirSync(join(ROOT, ".cache"), { recursive: true });
    this.root = mkdtempSync(join(ROOT, ".cache", "test-course-"));
    copyFileSync(join(ROOT, "package.json"), join(this.root, "package.json"));
    linkTree(join(ROOT, ".build", "lib"), join(this.root, ".build", "lib"));
    symlinkSync(join(ROOT, "node_modules"), join(this.root, "node_modules"));
    for (const id of ids) this.#addExercise(id);
  }

  /** The command, as the shell would call it. */
  get hb(): string[] {
    const script = `import(process.argv[1]).then((m) => m.main(process.argv.slice(2))).then((c) => { process.exitCode = c; });`;
    return [process.execPath, "-e", script, join(this.root, ".build", "lib", "cli", "main.js")];
  }

  /** The learner's file. */
  file(id: string): string {
    return join(this.root, "workspace", "exercises", `${id}.ts`);
  }

  solution(id: string): string {
    return readFileSync(join(FIXTURES, "solutions", `${id}.ts`), "utf8");
  }

  starter(id: string): string {
    return readFileSync(join(FIXTURES, "exercises", `${id}.ts`), "utf8");
  }

  /** Saves the learner's file in place, as some editors do. */
  save(id: string, text: string): void {
    mkdirSync(dirname(this.file(id)), { recursive: true });
    writeFileSync(this.file(id), text);
  }

  state(): { current?: string; exercises: Record<string, Record<string, unknown>> } {
    return JSON.parse(readFileSync(join(this.root, "workspace", "state.json"), "utf8"));
  }

  /** Runs a command to its end. */
  run(...words: string[]): Promise<Ran> {
    return this.runWith("", ...words);
  }

  /** Runs a command with this on its standard input. */
  runWith(input: string, ...words: string[]): Promise<Ran> {
    const [program = "", ...given] = this.hb;
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, HB_MODE: "smoke" };
    return new Promise((resolve) => {
      const child = execFile(
        program,
        [...given, ...words],
        { cwd: this.root, env },
        (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
        },
      );
      child.stdin?.end(input);
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #addExercise(id: string): void {
    const copy = (from: string, to: string): void => {
      mkdirSync(dirname(join(this.root, to)), { recursive: true });
      copyFileSync(join(FIXTURES, from), join(this.root, to));
    };
    copy(`exercises/${id}.ts`, `exercises/${id}.ts`);
    copy(`solutions/${id}.ts`, `solutions/${id}.ts`);
    const check = readFileSync(join(FIXTURES, "checks", `${id}.check.ts`), "utf8");
    const built = join(this.root, ".build", "test", "exercises", `${id}.check.js`);
    mkdirSync(dirname(built), { recursive: true });
    writeFileSync(built, compileModule(check, `${id}.check.ts`).code);
  }
}

/** A copy whose files share their content with the original. */
function linkTree(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) linkTree(from, to);
    else linkSync(from, to);
  }
}
