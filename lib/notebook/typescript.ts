// The TypeScript that cells are written in: the 5.0.4 inside tslab, with the options of the course.
//
// tslab fixes its compiler options in the call that makes its watch program. That call is wrapped before tslab loads.
//
// It also asks there for a builder that keeps track of what a change affects. For a cell that is two files out of 500, and
// keeping track takes longer than checking both: so it gets a builder that keeps none (a cell costs 100 ms for 130).
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Converter } from "tslab/dist/converter.js";
import type ts from "typescript";

/** The compiler's API. Its declarations are those of the project's own TypeScript; what is used here is in both. */
export type TypeScript = typeof ts;

/** tslab's types, completion and declarations, and the program that it made last. */
export interface TslabTypes {
  readonly ts: TypeScript;
  createConverter(): Converter;
  isCompleteCode(source: string): { readonly completed: boolean; readonly indent?: string };
  /** The program of the last conversion. */
  program(): ts.Program | undefined;
}

type MakeHost = TypeScript["createWatchCompilerHost"];
type ProgramHost = { afterProgramCreate?: (builder: ts.BuilderProgram) => void };
type MakeBuilder = (...all: Parameters<TypeScript["createAbstractBuilder"]>) => ts.BuilderProgram;
/** Of the compiler's own parts, one that its declarations keep quiet about. */
type Binder = { bindSourceFile(file: ts.SourceFile, options: ts.CompilerOptions): void };

let loaded: TslabTypes | undefined;

/** Loads tslab's compiler. **Cost:** about 350 ms and 100 MB at the first call, nothing later. */
export function loadTypes(): TslabTypes {
  loaded ??= load();
  return loaded;
}

function load(): TslabTypes {
  const fromHere = createRequire(import.meta.url);
  const fromTslab = createRequire(fromHere.resolve("tslab"));
  const path = fromTslab.resolve("@tslab/typescript-for-tslab");
  const original = fromTslab(path) as TypeScript;
  // The compiler would poll some 500 files for changes; a session restarts its types when a module is not found.
  const noWatcher = () => ({ close() {} });
  Object.assign(original.sys, { watchFile: noWatcher, watchDirectory: noWatcher });
  let last: ts.BuilderProgram | undefined;
  const cached = fromTslab.cache[path];
  if (cached === undefined) throw new Error(`tslab: expected its compiler in the module cache, at ${path}`);
  const wrapped = wrapHost(original, (builder) => {
    last = builder;
  });
  cached.exports = { ...original, createWatchCompilerHost: wrapped };
  const converter = fromTslab(`${dirname(fromHere.resolve("tslab"))}/converter.js`) as Omit<TslabTypes, "ts">;
  return {
    ts: original,
    createConverter: converter.createConverter,
    isCompleteCode: converter.isCompleteCode,
    program: () => last?.getProgram(),
  };
}

/** Strict types; packages found by their `exports`; `await` at the top level is the language's own. */
function wrapHost(ts: TypeScript, seen: (builder: ts.BuilderProgram) => void): unknown {
  const make = ts.createWatchCompilerHost as unknown as (...args: unknown[]) => ProgramHost;
  return ((
    files: unknown,
    options: ts.CompilerOptions,
    system: unknown,
    _make: unknown,
    ...rest: unknown[]
  ) => {
    const host = make(
      files,
      { ...options, ...cellOptions(ts) },
      system,
      builderOf(ts as TypeScript & Binder),
      ...rest,
    );
    let inner: ProgramHost["afterProgramCreate"];
    Object.defineProperty(host, "afterProgramCreate", {
      set: (callback: ProgramHost["afterProgramCreate"]) => {
        inner = callback;
      },
      get: () => (builder: ts.BuilderProgram) => {
        seen(builder);
        inner?.(builder);
      },
    });
    return host;
  }) as unknown as MakeHost;
}

/** A builder that keeps track of nothing. tslab asks it for the cell's names, and for the files to check and to emit: all but declarations. */
function builderOf(ts: TypeScript & Binder): MakeBuilder {
  return (...all) => {
    const builder = ts.createAbstractBuilder(...all);
    const written = builder.getSourceFiles().filter((file) => !file.isDeclarationFile);
    for (const file of written) ts.bindSourceFile(file, builder.getCompilerOptions());
    return Object.assign(builder, { getAllDependencies: () => written.map((file) => file.fileName) });
  };
}

function cellOptions(ts: TypeScript): Record<string, unknown> {
  return {
    strict: true,
    useUnknownInCatchVariables: false,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowJs: false,
    checkJs: false,
    disableTopLevelAwait: false,
    types: ["node"],
  };
}
