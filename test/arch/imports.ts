// Reads the imports of lib/**/*.ts and compares them with a policy.
import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The project folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** One source file with everything it imports, types and dynamic imports included. */
export interface Imports {
  /** The folder below lib, or "." for lib itself. */
  readonly room: string;
  /** The path from the project folder. */
  readonly file: string;
  readonly imports: readonly string[];
}

/** The specifiers of all static, dynamic, type-only and re-exporting imports in a source text. */
export function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((found) => found.fileName);
}

/** All sources of lib. */
export function readTree(): Imports[] {
  return readdirSync(join(ROOT, "lib"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => ({
      room: name.includes("/") ? name.slice(0, name.indexOf("/")) : ".",
      file: `lib/${name}`,
      imports: importsOf(readFileSync(join(ROOT, "lib", name), "utf8")),
    }));
}

/** What breaks the policy, one sentence each. */
export function violations(
  tree: readonly Imports[],
  policy: Readonly<Record<string, readonly string[]>>,
  outside: Readonly<Record<string, readonly string[]>>,
): string[] {
  const packages = dependencies();
  return tree.flatMap(({ room, file, imports }) =>
    imports.flatMap((name) => {
      const complaint = name.startsWith(".")
        ? inside(room, name, policy[room] ?? [])
        : fromOutside(room, name, outside[room], packages);
      return complaint === undefined ? [] : [`${file}: ${complaint}`];
    }),
  );
}

function inside(room: string, name: string, allowed: readonly string[]): string | undefined {
  if (name.endsWith(".ts")) return `${name} must end in .js`;
  const match = room === "." ? /^\.\/([^/]+)\/(.+)$/.exec(name) : /^\.\.\/([^/]+)\/(.+)$/.exec(name);
  if (match === null) {
    const staysInRoom = /^\.\/[^/]+$/.test(name);
    return staysInRoom ? undefined : `${name} leaves lib or goes deeper than one folder`;
  }
  const [, other, path] = match;
  if (other === undefined || !allowed.includes(other)) return `${room} must not import ${other}`;
  return path === "index.js" ? undefined : `reaches into ${name}; other rooms enter through index.js`;
}

function fromOutside(
  room: string,
  name: string,
  allowed: readonly string[] | undefined,
  packages: ReadonlySet<string>,
): string | undefined {
  const parts = name.split("/");
  const owner = name.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0]!;
  if (owner === "happens-before") return `imports the package by its own name (${name})`;
  if (allowed !== undefined && !allowed.includes(name)) return `${room} must not import ${name}`;
  if (isBuiltin(name) || packages.has(owner)) return undefined;
  return `${owner} is not among the dependencies in package.json`;
}

function dependencies(): ReadonlySet<string> {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(ROOT, "package.json"), "utf8"),
  );
  return new Set(Object.keys(manifest.dependencies));
}
