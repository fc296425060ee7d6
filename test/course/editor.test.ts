// An editor in the workspace: types with their documentation, schemas, and a debugger that stops in the learner's lines.
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { updateWorkspace } from "../../lib/course/index.js";
import { projectRoot } from "../../lib/grade/index.js";
import { Project, TRANSFER } from "./project.js";

vi.setConfig({ testTimeout: 120_000 });

let project: Project;
beforeAll(() => {
  project = new Project([TRANSFER]);
  updateWorkspace(project.root);
});
afterAll(() => project.remove());

const inWorkspace = (name: string): string => join(project.root, "workspace", name);
const json = <T>(name: string): T => JSON.parse(readFileSync(inWorkspace(name), "utf8"));

describe("types", () => {
  /** The language service, as VS Code runs it for the workspace. */
  function service(text: string): ts.LanguageService {
    const file = project.file(TRANSFER);
    const read = ts.readConfigFile(inWorkspace("tsconfig.json"), ts.sys.readFile);
    const config = ts.parseJsonConfigFileContent(read.config, ts.sys, inWorkspace("."));
    expect(config.fileNames).toEqual([file]);
    const snapshot = (name: string): ts.IScriptSnapshot | undefined => {
      const content = name === file ? text : ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    };
    return ts.createLanguageService({
      getCompilationSettings: () => config.options,
      getScriptFileNames: () => [file],
      getScriptVersion: () => "1",
      getScriptSnapshot: snapshot,
      getCurrentDirectory: () => inWorkspace("."),
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
      realpath: ts.sys.realpath ?? ((path: string) => path),
    });
  }

  test("the solution has no mistake; hovering over lock shows what it does, what it costs and what it orders", () => {
    const text = project.solution(TRANSFER);
    const languages = service(text);
    const file = project.file(TRANSFER);
    const mistakes = [...languages.getSyntacticDiagnostics(file), ...languages.getSemanticDiagnostics(file)];
    expect(mistakes.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
    const hover = languages.getQuickInfoAtPosition(file, text.indexOf(".lock()") + 2);
    expect(ts.displayPartsToString(hover?.displayParts)).toMatch(/Mutex\.lock\(\): Op<void>/);
    expect(ts.displayPartsToString(hover?.documentation)).not.toBe("");
    const classHover = languages.getQuickInfoAtPosition(file, text.indexOf("mu: Mutex") + 5);
    expect(ts.displayPartsToString(classHover?.documentation)).toContain("mutual exclusion lock");
  });

  test("a planted mistake is underlined", () => {
    const languages = service(project.solution(TRANSFER).replace("cents: number", "cents: numbre"));
    const found = languages
      .getSemanticDiagnostics(project.file(TRANSFER))
      .map(({ messageText }) => String(messageText));
    expect(found.join()).toContain("Cannot find name 'numbre'");
  });
});

describe("schemas", () => {
  /** The schema that the workspace's settings give a file, as an editor follows them. */
  function schemaOf(file: string): ValidateFunction {
    const { "json.schemas": schemas } = json<{ "json.schemas": { url: string; fileMatch: string[] }[] }>(
      ".vscode/settings.json",
    );
    const fits = (pattern: string): boolean =>
      pattern.startsWith("*") ? file.endsWith(pattern.slice(1)) : `/${file}` === pattern;
    const found = schemas.find(({ fileMatch }) => fileMatch.some(fits));
    const schema = json<{ $schema: string }>(found!.url);
    const Draft = schema.$schema.includes("2020-12") ? Ajv2020 : Ajv;
    return new Draft({ strict: false, logger: false }).compile(schema);
  }

  test("state.json: what hb writes is right, a wrong one is underlined", async () => {
    const validate = schemaOf("state.json");
    expect((await project.run("check", TRANSFER)).code).toBe(1);
    expect(validate(project.state())).toBe(true);
    expect(validate({ version: 1, exercises: { x: { isDone: 1 } } })).toBe(false);
  });

  test("a result: what hb check --json writes is right, a wrong one is underlined", async () => {
    mkdirSync(join(project.root, "lib", "formats"), { recursive: true });
    const name = join("lib", "formats", "result.schema.json");
    copyFileSync(join(projectRoot(), name), join(project.root, name));
    const validate = schemaOf("mine.result.json");
    const { stdout } = await project.run("check", TRANSFER, "--json");
    const result = JSON.parse(stdout) as object;
    expect(validate(result)).toBe(true);
    expect(validate({ ...result, points: "all" })).toBe(false);
    expect(validate.errors?.[0]?.instancePath).toBe("/points");
    expect(validate({ ...result, status: "passed" })).toBe(false);
  });
});

describe("the debugger", () => {
  test("the launch configurations call commands that exist", async () => {
    const { configurations } = json<{ configurations: { args: string[]; program: string }[] }>(
      ".vscode/launch.json",
    );
    const { stdout } = await project.run("replay", "--help");
    expect(stdout).toContain("--inspect");
    expect(configurations.map(({ args }) => args[0])).toEqual(["replay", "replay", "check"]);
    for (const { program } of configurations)
      expect(program).toMatch(/\{workspaceFolder\}\/\.\.\/lib\/cli\/hb\.mjs$/);
  });

  test("hb replay --inspect waits for a debugger, which stops in the learner's file and can look at what it holds", async () => {
    const broken = project.solution(TRANSFER).replace("a.id < b.id", "a.id === a.id"); // the wrong order
    project.save(TRANSFER, broken);
    expect((await project.run("check", TRANSFER)).stdout).toContain("global-deadlock");
    const [program = "", ...words] = project.hb;
    const hb = spawn(program, [...words, "replay", project.file(TRANSFER), "--inspect", "0"], {
      cwd: project.root,
    });
    try {
      const address = await said(hb.stderr, /waiting for a debugger at ws:\/\/([\d.]+:\d+)\//);
      const debuggerOf = spawn(process.execPath, ["inspect", address], { cwd: project.root });
      const printed = said(debuggerOf.stdout, /break in [\s\S]*transfer\.js:1/);
      await printed;
      const answer = said(debuggerOf.stdout, /HERE (\w+)/);
      debuggerOf.stdin.write('exec "HERE " + typeof Atomics\n');
      expect(await answer).toBe("object");
      const ends = said(hb.stdout, /(DEADLOCK)/);
      debuggerOf.stdin.write("cont\n");
      expect(await ends).toBe("DEADLOCK");
      debuggerOf.kill();
    } finally {
      hb.kill();
    }
  });

  test("without a failing schedule, --inspect says what to do", async () => {
    const other = new Project([TRANSFER]);
    try {
      const { code, stderr } = await other.run("replay", TRANSFER, "--inspect");
      expect(code).toBe(2);
      expect(stderr).toContain(`no failing schedule of ${TRANSFER} is known`);
      expect((await other.run("replay", TRANSFER, "1.0.0", "--inspect", "no")).stderr).toContain(
        "--inspect: expected a port from 0 to 65535, got no",
      );
    } finally {
      other.remove();
    }
  });
});

/** The first group of the first match in what a stream says. */
function said(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const hear = (piece: Buffer | string): void => {
      text += String(piece);
      const match = pattern.exec(text);
      if (match === null) return;
      stream.off("data", hear);
      resolve(match[1] ?? match[0]);
    };
    stream.on("data", hear);
    stream.once("end", () => reject(new Error(`ended without ${pattern}: ${text}`)));
  });
}
