// driver: of a check's file only its programs, as a module that may stand beside a submission.
//
// What is dropped becomes white space, so every place keeps its line and column, and the file's source map holds on.
//
// Invariants:
//  I1. Of a property only what runs is kept, and its sizes: no name, points, hints, Go counterpart or expectation.
//  I2. A declaration is kept only when something that is kept refers to it: by scope, not by name.
//  I3. No comment is kept.
//  I4. What cannot be split is refused with its line, when the check is loaded.
//
// Rejected: to strip a loaded check object and send its functions as text; they would lose what they refer to.
import { type AnyNode, type Comment, type Expression, type Program, type Property, parse } from "acorn";
import { analyze, type Variable } from "eslint-scope";
import { visit } from "./visit.js";

/** Of a property, what the child needs. */
const KEPT = new Set(["lab", "race", "schedules", "measure"]);

/** A check's file is written in a way that cannot be split; the message names file and line. */
export class DriverError extends Error {
  override readonly name = "DriverError";
}

/** What stands beside a submission. */
export interface DriverText {
  /** An ES module; its default export is `{ properties }`. */
  readonly text: string;
  /** File URLs of the modules beside the check that it imports. */
  readonly imports: readonly string[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Source {
  readonly code: string;
  readonly file: string;
  readonly program: Program;
  readonly comments: readonly Comment[];
}

/**
 * Cuts the programs out of a check's compiled module. `url` is where that module stands: its relative imports become
 * absolute. A hidden check has stricter rules: its programs have no `after`, which would carry the expected value.
 *
 * **Cost:** about 10 ms.
 * @throws {DriverError} naming the file, the line and the rule
 */
export function driverText(code: string, url: string, isHidden: boolean): DriverText {
  const comments: Comment[] = [];
  const file = new URL(url).pathname.split("/").at(-1) ?? url;
  const how = { ecmaVersion: 2022, sourceType: "module", ranges: true, onComment: comments } as const;
  const program = parse(code, how);
  const source: Source = { code, file, program, comments };
  const list = propertyList(source);
  const kept = list.elements.flatMap((element) => keptOf(element, source));
  const needed = neededStatements(source, kept);
  if (isHidden) for (const span of [...kept, ...needed]) refuseAfter(span as AnyNode, source);
  const lines = imports(source, [...kept, ...needed], url);
  const spans = [...needed, { start: list.start, end: list.start + 1 }, ...kept, ...separators(source, list)];
  return { text: written(source, list, spans, lines.texts), imports: lines.urls };
}

function refuse(source: Source, at: Span, rule: string): DriverError {
  const line = source.code.slice(0, at.start).split("\n").length;
  return new DriverError(`${source.file}:${line}: ${rule}`);
}

interface List extends Span {
  /** Where the default export begins. */
  readonly from: number;
  readonly elements: readonly (Span & { readonly properties: readonly Property[] })[];
}

/** The literal list of `export default exercise({ properties: […] })`. */
function propertyList(source: Source): List {
  const from = source.program.body.find((node) => node.type === "ExportDefaultDeclaration");
  const call = from?.declaration;
  const spec = call?.type === "CallExpression" ? call.arguments[0] : undefined;
  if (from === undefined || spec?.type !== "ObjectExpression") {
    throw refuse(source, from ?? source.program, "expected `export default exercise({ … })`");
  }
  const entry = spec.properties.find((item) => keyOf(item) === "properties") as Property | undefined;
  if (entry?.value.type !== "ArrayExpression") {
    throw refuse(source, spec, "expected `properties` to be a literal list: `properties: [{ … }]`");
  }
  const elements = entry.value.elements.map((element) => {
    if (element?.type !== "ObjectExpression") {
      throw refuse(source, element ?? spec, "expected each property to be a literal object: `{ name: … }`");
    }
    const odd = element.properties.find((item) => keyOf(item) === undefined);
    if (odd !== undefined) {
      throw refuse(source, odd, "expected a property's keys to be written out, without `...` or `[…]`");
    }
    return { ...element, properties: element.properties as Property[] };
  });
  return { start: entry.value.start, end: entry.value.end, from: from.start, elements };
}

function keyOf(item: AnyNode): string | undefined {
  if (item.type !== "Property" || item.computed) return undefined;
  return item.key.type === "Identifier" ? item.key.name : String((item.key as { value?: unknown }).value);
}

function keptOf(element: { readonly properties: readonly Property[] }, source: Source): Property[] {
  const kept = element.properties.filter((item) => KEPT.has(keyOf(item) ?? ""));
  if (kept.some((item) => ["lab", "race"].includes(keyOf(item) ?? ""))) return kept;
  throw refuse(source, element as unknown as Span, "expected a function `lab` or `race`");
}

/** I2. Declarations of the top level that the kept parts refer to, and those that these refer to. */
function neededStatements(source: Source, kept: readonly Span[]): Span[] {
  const needed = new Set<Span>();
  const variables = topVariables(source);
  const statements = source.program.body.filter((node) => isDeclaration(node, source));
  for (let grows = true; grows; ) {
    grows = false;
    for (const statement of statements) {
      if (needed.has(statement)) continue;
      const own = variables.filter(({ defs }) =>
        defs.some((def) => within(def.name as unknown as Span, statement)),
      );
      if (!own.some((variable) => isUsed(variable, [...kept, ...needed]))) continue;
      needed.add(statement);
      grows = true;
    }
  }
  return [...needed];
}

function topVariables({ program }: Source): Variable[] {
  const scopes = analyze(program as never, { ecmaVersion: 2022, sourceType: "module" });
  return scopes.scopes.filter(({ type }) => type === "module").flatMap(({ variables }) => variables);
}

function isUsed({ references }: Variable, spans: readonly Span[]): boolean {
  return references.some(({ identifier }) =>
    spans.some((span) => within(identifier as unknown as Span, span)),
  );
}

function within(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

function isDeclaration(node: AnyNode, source: Source): boolean {
  switch (node.type) {
    case "FunctionDeclaration":
    case "ClassDeclaration":
    case "VariableDeclaration":
      return true;
    case "ImportDeclaration":
      if (node.specifiers.length > 0) return false;
      throw refuse(source, node, "expected an import to name what it takes");
    case "ExportDefaultDeclaration":
      return false;
    default:
      if (node.type === "ExpressionStatement" && "directive" in node) return false;
      throw refuse(source, node, "expected only imports and declarations beside the default export");
  }
}

/** The expected value does not travel. */
function refuseAfter(node: AnyNode, source: Source): void {
  visit(node, (inner) => {
    if (keyOf(inner) !== "after") return;
    const rule = "a hidden program has no `after`; it returns what `expect` then judges";
    throw refuse(source, inner, rule);
  });
}

/** The imports that are still needed, as text, by where they stood. */
function imports(
  source: Source,
  kept: readonly Span[],
  base: string,
): { texts: Map<number, string>; urls: string[] } {
  const texts = new Map<number, string>();
  const urls: string[] = [];
  const variables = topVariables(source);
  for (const node of source.program.body) {
    if (node.type !== "ImportDeclaration") continue;
    const names = node.specifiers.filter(({ local }) =>
      variables.some((variable) => variable.name === local.name && isUsed(variable, kept)),
    );
    if (names.length === 0) continue;
    const from = String(node.source.value);
    const isBeside = from.startsWith(".");
    const target = isBeside ? new URL(from, base).href : from;
    if (isBeside && /\.hidden\.js$/.test(target))
      throw refuse(source, node, "no file may import a hidden check");
    if (isBeside) urls.push(target);
    const parts = names.map((name) => specifierText(name));
    const braced = parts.filter((part) => !part.startsWith("*") && !part.startsWith("="));
    const bare = parts.filter((part) => !braced.includes(part)).map((part) => part.replace(/^=/, ""));
    const list = [...bare, ...(braced.length === 0 ? [] : [`{ ${braced.join(", ")} }`])].join(", ");
    texts.set(node.start, `import ${list} from ${JSON.stringify(target)};`);
  }
  return { texts, urls };
}

function specifierText(node: AnyNode): string {
  if (node.type === "ImportNamespaceSpecifier") return `* as ${node.local.name}`;
  if (node.type === "ImportDefaultSpecifier") return `=${node.local.name}`;
  if (node.type !== "ImportSpecifier") throw new TypeError(`expected a part of an import, got ${node.type}`);
  const imported = (node.imported as Expression & { name?: string; value?: unknown }).name ?? "default";
  return imported === node.local.name ? imported : `${imported} as ${node.local.name}`;
}

/** Braces of each property, and the commas between what is kept. */
function separators({ code }: Source, { elements, end }: List): Span[] {
  const spans: Span[] = [{ start: end - 1, end }];
  for (const [index, element] of elements.entries()) {
    spans.push(
      { start: element.start, end: element.start + 1 },
      { start: element.end - 1, end: element.end },
    );
    const after = elements[index + 1]?.start;
    if (after !== undefined) spans.push(comma(code, element.end, after));
    for (const [at, item] of element.properties.entries()) {
      const next = element.properties[at + 1]?.start;
      if (KEPT.has(keyOf(item) ?? "") && next !== undefined) spans.push(comma(code, item.end, next));
    }
  }
  return spans;
}

/** The comma between two items; comments may stand around it, and hold commas of their own. */
function comma(code: string, from: number, to: number): Span {
  const bare = code
    .slice(from, to)
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (text) => " ".repeat(text.length));
  const start = from + bare.indexOf(",");
  return { start, end: start + 1 };
}

/** The module: what is kept in its old place, and white space everywhere else. */
function written(
  { code, comments }: Source,
  list: List,
  spans: readonly Span[],
  texts: ReadonlyMap<number, string>,
): string {
  const isKept = new Uint8Array(code.length);
  for (const { start, end } of spans) isKept.fill(1, start, end);
  for (const { start, end } of comments) isKept.fill(0, start, end); // I3
  let text = "";
  for (let at = 0; at <= code.length; at++) {
    if (at === list.from) text += "export default { properties: ";
    if (texts.has(at)) text += texts.get(at);
    if (at === list.end) text += " };";
    const char = code[at] ?? "";
    text += isKept[at] === 1 || char === "\n" || char === "" ? char : " ";
  }
  return text;
}
