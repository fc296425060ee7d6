// Emit: a cell that was checked becomes a function that the session's process runs.
//
// Invariants:
//  I1. One copy of each variable: it stays a local of its cell, where functions use it at full speed; `exports` gets an
//      accessor to it, and later cells read and write `exports.name`.
//  I2. An import is read through its module at every use, as the language says (live bindings).
//  I3. Every loop body begins with the loop guard, so every loop of a cell can be interrupted.
//  I4. Through `maps`, last made first, every position leads back to the cell.
//
// Rejected: tslab's emit (two copies of each variable, and a Proxy of 350 ns an access); one object for all variables
// of all cells (functions would lose their locals).
import type {
  AnyNode,
  AssignmentProperty,
  CallExpression,
  ImportDeclaration,
  ImportSpecifier,
  Program,
  Property,
  TaggedTemplateExpression,
} from "acorn";
import type { Variable } from "eslint-scope";
import MagicString from "magic-string";
import { LOOP_GUARD } from "../op/index.js";
import type { Blind } from "../transform/index.js";
import type { MapText } from "./cell.js";
import { eraseTypes } from "./erase.js";
import { readSyntax, type Syntax, visit } from "./syntax.js";
import type { TypeScript } from "./typescript.js";

/** Rewrites the JavaScript of a cell before it is emitted, e.g. for a directive. Returns nothing to leave it alone. */
export type CellTransform = (
  code: string,
  file: string,
  /** Leads from `code` to the cell. */
  erased: MapText,
) => { code: string; map: MapText; blind?: readonly Blind[] } | undefined;

export interface EmitOptions {
  readonly typescript: TypeScript;
  /** The name of the cell in stacks. */
  readonly file: string;
  /** The names that earlier cells declared. */
  readonly known: ReadonlySet<string>;
  /** Imported names that are types only. */
  readonly typeOnly: ReadonlySet<string>;
  readonly transform?: CellTransform;
}

export interface EmittedCell {
  /** The source of one function expression; its parameters are `CELL_PARAMETERS`. */
  readonly code: string;
  readonly maps: readonly MapText[];
  /** What a directive cannot see. */
  readonly blind: readonly Blind[];
  /** The names that it puts on `exports`. */
  readonly declares: readonly string[];
}

/** What a cell's function is given. */
export const CELL_PARAMETERS = [
  "exports",
  "require",
  "$hbImport",
  "$hbDeclare",
  "$hbMeta",
  "$hb",
  "$hbStop",
] as const;

/** Turns a cell without type errors and without top-level `export` into a function. */
export function emitCell(source: string, options: EmitOptions): EmittedCell {
  const erased = eraseTypes(options.typescript, source, options.file);
  const maps: MapText[] = [erased.map];
  let js = erased.code;
  const transformed = options.transform?.(js, options.file, erased.map);
  if (transformed !== undefined) {
    js = transformed.code;
    maps.unshift(transformed.map);
  }
  const text = new MagicString(js);
  const syntax = readSyntax(js);
  const prologue: string[] = [];
  const owners = parentsOfNames(syntax.program);
  rewriteImports(text, syntax, owners, options.typeOnly, prologue);
  const declares = declareVariables(syntax, source, options.typeOnly, prologue);
  for (const { identifier } of syntax.free) {
    if (!options.known.has(identifier.name)) continue;
    replaceName(text, identifier as unknown as AnyNode, `exports.${identifier.name}`, owners);
  }
  rewriteNodes(text, syntax.program);
  returnLastExpression(text, syntax.program);
  const kind = hasTopLevelAwait(syntax.program) || prologue.some((p) => p.includes("await")) ? "async " : "";
  text.prepend(`(${kind}function (${CELL_PARAMETERS.join(", ")}) { "use strict"; { ${prologue.join(" ")} `);
  text.append("\n} })");
  maps.unshift(text.generateMap({ hires: "boundary", source: options.file }).toString());
  return { code: text.toString(), maps, declares, blind: transformed?.blind ?? [] };
}

/** What stands around a name, where that decides how the name is replaced. */
type Owner = Property | AssignmentProperty | CallExpression | TaggedTemplateExpression;

function parentsOfNames(program: Program): Map<number, Owner> {
  const owners = new Map<number, Owner>();
  visit(program, (node): undefined => {
    if (node.type === "Property" && node.shorthand) owners.set(node.key.start, node);
    if (node.type === "CallExpression" && node.callee.type === "Identifier")
      owners.set(node.callee.start, node);
    if (node.type === "TaggedTemplateExpression" && node.tag.type === "Identifier") {
      owners.set(node.tag.start, node);
    }
  });
  return owners;
}

function replaceName(text: MagicString, name: AnyNode, by: string, owners: ReadonlyMap<number, Owner>): void {
  const owner = owners.get(name.start);
  // `{ a }` becomes `{ a: exports.a }`; `f()` becomes `(0, exports.f)()`, which passes no `this`.
  if (owner?.type === "Property") text.appendLeft(name.end, `: ${by}`);
  else if (owner !== undefined) text.overwrite(name.start, name.end, `(0, ${by})`);
  else text.overwrite(name.start, name.end, by);
}

function rewriteImports(
  text: MagicString,
  syntax: Syntax,
  owners: ReadonlyMap<number, Owner>,
  typeOnly: ReadonlySet<string>,
  prologue: string[],
): void {
  let count = 0;
  for (const node of syntax.program.body) {
    if (node.type === "ExportNamedDeclaration") text.remove(node.start, node.end); // the `export {}` of a module
    if (node.type !== "ImportDeclaration") continue;
    text.remove(node.start, node.end);
    const used = node.specifiers.filter((s) => !typeOnly.has(s.local.name));
    if (used.length === 0 && node.specifiers.length > 0) continue;
    const module = moduleName(String(node.source.value), ++count);
    const names = used.flatMap((s) => (s.type === "ImportSpecifier" ? [importedName(s)] : []));
    prologue.push(
      `const ${module} = await $hbImport(${JSON.stringify(node.source.value)}, ${JSON.stringify(names)});`,
    );
    for (const specifier of used) {
      const local = syntax.top.set.get(specifier.local.name);
      const by = memberOf(module, specifier);
      prologue.push(`$hbDeclare(${JSON.stringify(specifier.local.name)}, () => ${by});`);
      for (const { identifier } of local?.references ?? []) {
        replaceName(text, identifier as unknown as AnyNode, by, owners);
      }
    }
  }
}

/** TypeScript's own name for a module in CommonJS, which people know from stacks: `happens_before_1`. */
function moduleName(specifier: string, count: number): string {
  const last = specifier.split("/").at(-1) ?? "";
  const word = last.replace(/\.[cm]?js$/, "").replace(/[^A-Za-z0-9_$]/g, "_");
  return `${/^[A-Za-z_$]/.test(word) ? word : `_${word}`}_${count}`;
}

function importedName(specifier: ImportSpecifier): string {
  const { imported } = specifier;
  return imported.type === "Identifier" ? imported.name : String(imported.value);
}

function memberOf(module: string, specifier: ImportDeclaration["specifiers"][number]): string {
  if (specifier.type === "ImportNamespaceSpecifier") return module;
  const name = specifier.type === "ImportDefaultSpecifier" ? "default" : importedName(specifier);
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${module}.${name}` : `${module}[${JSON.stringify(name)}]`;
}

function declareVariables(
  syntax: Syntax,
  source: string,
  typeOnly: ReadonlySet<string>,
  prologue: string[],
): string[] {
  const declares: string[] = [];
  for (const variable of syntax.top.variables) {
    const kind = kindOf(variable);
    const isHelper = variable.name.startsWith("__") && !source.includes(variable.name); // made by the compiler
    if (kind === undefined || isHelper || typeOnly.has(variable.name)) continue;
    declares.push(variable.name);
    if (kind === "import") continue;
    const { name } = variable;
    const set = kind === "variable" ? `, ($hbValue) => { ${name} = $hbValue; }` : "";
    prologue.push(`$hbDeclare(${JSON.stringify(name)}, () => ${name}${set});`);
  }
  return declares;
}

function kindOf(variable: Variable): "import" | "variable" | "constant" | undefined {
  const definition = variable.defs[0];
  if (definition === undefined) return undefined;
  if (definition.type === "ImportBinding") return "import";
  if (definition.type !== "Variable") return "constant";
  return definition.parent?.kind === "const" ? "constant" : "variable";
}

function rewriteNodes(text: MagicString, program: Program): void {
  visit(program, (node): undefined => {
    switch (node.type) {
      case "WhileStatement":
      case "DoWhileStatement":
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
        guardLoop(text, node.body);
        break;
      case "ImportExpression":
        text.overwrite(node.start, node.start + "import".length, "$hbImport");
        break;
      case "MetaProperty":
        if (node.meta.name === "import") text.overwrite(node.start, node.end, "$hbMeta");
        break;
    }
  });
}

/** I3. */
function guardLoop(text: MagicString, body: AnyNode): void {
  if (body.type === "BlockStatement") {
    text.appendLeft(body.start + 1, LOOP_GUARD);
  } else {
    text.appendLeft(body.start, `{${LOOP_GUARD}`);
    text.appendRight(body.end, "}");
  }
}

/** The value of a cell is that of its last statement, if that is an expression: `return [(…)];`. */
function returnLastExpression(text: MagicString, program: Program): void {
  const last = program.body.filter((node) => node.type !== "ExportNamedDeclaration").at(-1);
  if (last?.type !== "ExpressionStatement" || last.directive?.startsWith("use ") === true) return;
  const hasSemicolon = text.original[last.end - 1] === ";";
  if (hasSemicolon) text.remove(last.end - 1, last.end);
  text.prependRight(last.start, "return [(");
  text.appendRight(last.end, ")];");
}

function hasTopLevelAwait(program: Program): boolean {
  let found = false;
  visit(program, (node) => {
    if (node.type === "AwaitExpression" || (node.type === "ForOfStatement" && node.await)) found = true;
    return !/Function/.test(node.type);
  });
  return found;
}
