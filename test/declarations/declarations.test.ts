// The built declarations of every public entry, checked by TypeScript 5.0.4: notebook cells see the library through that
// compiler, and newer syntax there does not fail, it silently turns into `any`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const old: typeof import("typescript") = createRequire(import.meta.url)("@tslab/typescript-for-tslab");

const manifest: { exports: Record<string, string | { types: string }> } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
);
const ENTRIES = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === "string"
    ? []
    : [{ name: name.replace(/^\./, "happens-before"), file: join(ROOT, target.types) }],
);

test("the compiler that checks is the one notebook cells use: 5.0.4", () => {
  expect(old.version).toBe("5.0.4");
});

// One program for all entries and one for what is planted: each takes seconds, most of them for the types of Node.
const importing = ENTRIES.map(({ name }, i) => {
  return `import * as entry${i} from "${name}";\nconst wrong${i}: 1 = entry${i};\n`;
});
const found = problems(
  ENTRIES.map(({ file }) => file),
  { "cell.ts": importing.join("") },
);

test("no declaration of the public entries is wrong under TypeScript 5.0.4", () => {
  expect(ENTRIES.length).toBeGreaterThanOrEqual(5);
  expect(found.filter((line) => !line.startsWith("cell.ts"))).toEqual([]);
});

test("every public entry is imported by its name with types that are not any", () => {
  const refused = found.filter((line) => line.startsWith("cell.ts"));
  expect(refused).toHaveLength(ENTRIES.length);
  for (const line of refused) expect(line).toMatch(/TS2322 Type 'typeof import\(/);
});

const planted = {
  "a type that TypeScript 5.0 has not": "export declare function f<T>(a: T, b: NoInfer<T>): void;\n",
  "a generic typed array": "export declare const a: Int32Array<ArrayBuffer>;\n",
  "syntax that TypeScript 5.0 cannot read":
    'import type { A } from "x" with { "resolution-mode": "import" };\n',
};
const foundPlanted = problems(
  [],
  Object.fromEntries(Object.values(planted).map((text, i) => [`planted${i}.d.ts`, text])),
);

for (const [i, what] of Object.keys(planted).entries()) {
  test(`a planted declaration is found: ${what}`, () => {
    expect(foundPlanted.filter((line) => line.startsWith(`planted${i}.d.ts`))).not.toEqual([]);
  });
}

/** The complaints of TypeScript 5.0.4 about files, and about texts that stand in the project folder. */
function problems(files: readonly string[], texts: Readonly<Record<string, string>> = {}): string[] {
  const options: import("typescript").CompilerOptions = {
    target: old.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    module: old.ModuleKind.ESNext,
    moduleResolution: old.ModuleResolutionKind.Bundler,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    types: ["node"],
    typeRoots: [join(ROOT, "node_modules", "@types")],
    noEmit: true,
  };
  const host = old.createCompilerHost(options);
  const virtual = new Map(Object.entries(texts).map(([name, text]) => [join(ROOT, name), text]));
  const { readFile, fileExists } = host;
  host.readFile = (name) => virtual.get(name) ?? readFile.call(host, name);
  host.fileExists = (name) => virtual.has(name) || fileExists.call(host, name);
  host.getCurrentDirectory = () => ROOT;
  const program = old.createProgram([...files, ...virtual.keys()], options, host);
  return old.getPreEmitDiagnostics(program).map((found) => {
    const text = old.flattenDiagnosticMessageText(found.messageText, " ");
    const line = found.file?.getLineAndCharacterOfPosition(found.start ?? 0).line ?? 0;
    const file = found.file?.fileName.replace(ROOT, "").replace(/^\//, "") ?? "";
    return `${file}(${line + 1}): TS${found.code} ${text}`;
  });
}
