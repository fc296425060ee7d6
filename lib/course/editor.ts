// editor: what makes an editor at home in the workspace: types, schemas of the course's files, a debugger's launch.
//
// The files are plain and belong to the learner: once changed, they are left alone (courseUpdate).
import { STATE_SCHEMA } from "../grade/index.js";

/** As the course itself is checked, so far as it concerns a learner: strict, and by the built declarations. */
const TSCONFIG = {
  compilerOptions: {
    target: "ES2022",
    lib: ["ES2022"],
    module: "NodeNext",
    moduleResolution: "NodeNext",
    types: ["node"],
    strict: true,
    noImplicitReturns: true,
    noFallthroughCasesInSwitch: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ["exercises"],
};

const SETTINGS = {
  "typescript.tsdk": "../node_modules/typescript/lib",
  // Whoever writes a result names it: `npx hb check <exercise> --json > mine.result.json`.
  "json.schemas": [
    { fileMatch: ["/state.json"], url: "./.vscode/state.schema.json" },
    { fileMatch: ["*.result.json"], url: "../lib/formats/result.schema.json" },
  ],
  "files.watcherExclude": { "**/lib/**": true, "**/backups/**": true },
  "search.exclude": { lib: true, backups: true },
};

/** A variable of VS Code. */
const variable = (name: string): string => ["$", "{", name, "}"].join("");

const WORKSPACE = variable("workspaceFolder");
const FILE = variable("file");

/** Sources stand in the workspace; what runs is compiled into the project's cache. */
const NODE = {
  type: "node",
  request: "launch",
  program: `${WORKSPACE}/../lib/cli/hb.mjs`,
  cwd: `${WORKSPACE}/..`,
  console: "integratedTerminal",
  skipFiles: ["<node_internals>/**", "**/.build/**", "**/node_modules/**"],
  resolveSourceMapLocations: [`${WORKSPACE}/**`, `${WORKSPACE}/../.cache/**`],
};

const LAUNCH = {
  version: "0.2.0",
  configurations: [
    {
      ...NODE,
      name: "Debug this exercise: its last failing schedule",
      args: ["replay", FILE, "--inspect"],
    },
    {
      ...NODE,
      name: "Debug this exercise: a schedule",
      args: ["replay", FILE, variable("input:schedule"), "--inspect"],
    },
    { ...NODE, name: "Check this exercise", args: ["check", FILE] },
  ],
  inputs: [
    {
      id: "schedule",
      type: "promptString",
      description: "What stands after the file in the line `replay: npx hb replay …` of a failing check",
    },
  ],
};

/** The editor's files, by their names in the workspace. */
export function editorFiles(): { readonly name: string; readonly text: string }[] {
  const json = (name: string, value: unknown) => ({ name, text: `${JSON.stringify(value, undefined, 2)}\n` });
  return [
    json("tsconfig.json", TSCONFIG),
    json(".vscode/settings.json", SETTINGS),
    json(".vscode/launch.json", LAUNCH),
    json(".vscode/state.schema.json", STATE_SCHEMA),
  ];
}
