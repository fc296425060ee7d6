// Checker: what the cells so far declare, and what the compiler thinks of the next one.
//
// tslab keeps the declarations of all earlier cells as text and puts them before each new cell; we keep that text.
import { relative } from "node:path";
import type { Converter } from "tslab/dist/converter.js";
import type ts from "typescript";
import type { Mistake, Problem } from "../transform/index.js";
import { loadTypes, type TslabTypes } from "./typescript.js";
import { withAny } from "./unnameable.js";
import { unyielded } from "./unyielded.js";

/** A cell that was checked; `accept` makes its declarations known to later cells. */
export interface CheckedCell {
  readonly problems: readonly Problem[];
  /** The names of imports that are types only: nothing is left of them when the cell runs. */
  readonly typeOnly: ReadonlySet<string>;
  readonly declarations: string;
  /** Operations that nobody performs: the cell compiles, and does not do what it says. */
  readonly unyielded: readonly Mistake[];
}

const CANNOT_FIND_MODULE = 2307;
/** tslab puts one line before a cell, which makes it a module. */
const PREFIX_LINES = 1;

export class Checker {
  readonly #root: string;
  readonly #tslab: TslabTypes;
  #converter: Converter;
  #declarations = "";

  /** **Cost:** about 1 s: the compiler is loaded and reads the declarations of the language and of Node. */
  constructor(root: string) {
    this.#root = root;
    this.#tslab = loadTypes();
    this.#converter = this.#makeConverter();
  }

  /** The compiler that checks, for whoever erases the types. */
  get typescript(): TslabTypes["ts"] {
    return this.#tslab.ts;
  }

  /**
   * Checks one cell against the cells accepted so far. Positions are those of `source`.
   * **Cost:** 50-130 ms in a long notebook; with an import that was not seen before up to 400 ms.
   */
  check(source: string): CheckedCell {
    let result = this.#converter.convert(this.#declarations, source);
    if (result.diagnostics.some((d) => d.code === CANNOT_FIND_MODULE)) {
      // It may have been built or installed since; the compiler remembers what it did not find.
      this.#converter.close();
      this.#converter = this.#makeConverter();
      result = this.#converter.convert(this.#declarations, source);
    }
    const mended = withAny(this.#tslab.ts, source, result.diagnostics);
    if (mended !== undefined) result = this.#converter.convert(this.#declarations, mended);
    const problems = result.diagnostics.map((d) => ({
      message: d.fileName === undefined ? d.messageText : `${d.fileName}: ${d.messageText}`,
      line: d.start.line + 1,
      column: d.start.character + 1,
      code: d.code,
      length: Math.max(1, d.end.offset - d.start.offset),
    }));
    const refused = { problems, typeOnly: new Set<string>(), unyielded: [], declarations: "" };
    return problems.length > 0 ? refused : this.#accepted(result.declOutput ?? "");
  }

  /** Makes the declarations of a checked cell known to the next ones. */
  accept(checked: CheckedCell): void {
    this.#declarations = checked.declarations;
  }

  /** Forgets all cells. */
  reset(): void {
    this.#declarations = "";
  }

  /** Returns completions at an offset in UTF-16 units, and the range that they replace. */
  complete(source: string, offset: number): { matches: string[]; start: number; end: number } {
    const found = this.#converter.complete(this.#declarations, source, offset);
    return { matches: [...new Set(found.candidates)], start: found.start, end: found.end };
  }

  /** Returns signature and documentation of what stands at an offset. */
  inspect(source: string, offset: number): string | undefined {
    const info = this.#converter.inspect(this.#declarations, source, offset) as ts.QuickInfo | undefined;
    if (info === undefined) return undefined;
    const text = (parts: readonly ts.SymbolDisplayPart[] | undefined) =>
      (parts ?? []).map((p) => p.text).join("");
    const tags = (info.tags ?? []).map((tag) => `@${tag.name} ${text(tag.text)}`.trimEnd());
    return [text(info.displayParts), text(info.documentation), tags.join("\n")].filter(Boolean).join("\n\n");
  }

  /** Tells whether a text is a whole cell, and if not, how far the next line is indented. */
  isComplete(source: string): { readonly completed: boolean; readonly indent?: string } {
    return this.#tslab.isCompleteCode(source);
  }

  close(): void {
    this.#converter.close();
  }

  /** tslab takes the current folder for the place from which modules are found. */
  #makeConverter(): Converter {
    const cwd = process.cwd();
    process.chdir(this.#root);
    try {
      return this.#tslab.createConverter();
    } finally {
      process.chdir(cwd);
    }
  }

  /** What only the program knows of a cell without problems. */
  #accepted(declarations: string): CheckedCell {
    const { ts } = this.#tslab;
    const program = this.#tslab.program();
    const file = program?.getSourceFiles().find((f) => relative(this.#root, f.fileName) === "__tslab__.ts");
    const typeOnly = new Set<string>();
    if (program === undefined || file === undefined)
      return { problems: [], typeOnly, unyielded: [], declarations };
    const types = program.getTypeChecker();
    for (const name of importedNames(ts, file)) {
      const symbol = types.getSymbolAtLocation(name);
      if (symbol === undefined || (symbol.flags & ts.SymbolFlags.Alias) === 0) continue;
      const { flags } = types.getAliasedSymbol(symbol);
      if ((flags & ts.SymbolFlags.Value) === 0 && (flags & ts.SymbolFlags.Type) !== 0)
        typeOnly.add(name.text);
    }
    return { problems: [], typeOnly, unyielded: unyielded(ts, types, file, PREFIX_LINES), declarations };
  }
}

function* importedNames(typescript: TslabTypes["ts"], file: ts.SourceFile): Generator<ts.Identifier> {
  for (const statement of file.statements) {
    if (!typescript.isImportDeclaration(statement)) continue;
    const clause = statement.importClause;
    if (clause?.name !== undefined) yield clause.name;
    const bindings = clause?.namedBindings;
    if (bindings !== undefined && typescript.isNamedImports(bindings)) {
      for (const element of bindings.elements) yield element.name;
    }
  }
}
