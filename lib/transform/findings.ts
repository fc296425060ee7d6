// Findings: what the rules share: the parsed text, what is known about it, and the list of mistakes found so far.
import type ts from "typescript";
import type { Problem } from "./compile.js";
import { compiler } from "./compiler.js";
import { findGoroutines, functionAround, type Goroutines } from "./goroutines.js";
import { collectNames, type Names } from "./names.js";

/** One mistake, explained. `line` and `column` start at 1. */
export interface Mistake {
  readonly line: number;
  readonly column: number;
  /** One plain sentence: what happened, why, what to write instead. */
  readonly sentence: string;
}

/** A change of the text: replaces `remove` characters from `at`. */
export interface Edit {
  readonly at: number;
  readonly insert: string;
  readonly remove?: number;
}

const LONGEST_LINE = 90;

export class Findings {
  readonly file: ts.SourceFile;
  readonly names: Names;
  readonly goroutines: Goroutines;
  readonly #mistakes = new Map<number, Mistake>();

  constructor(source: string) {
    const ts = compiler();
    // An export makes it a module, so that `await (x)` at the top level is an await.
    const text = `${source}\nexport {};`;
    this.file = ts.createSourceFile("cell.ts", text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
    this.names = collectNames(this.file);
    this.goroutines = findGoroutines(this.file, this.names);
  }

  /** The mistakes in the order of the text, at most one a line: the first is what to mend first. */
  get mistakes(): Mistake[] {
    return [...this.#mistakes.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** Notes a mistake at a node, unless its line has one already. */
  add(node: ts.Node, sentence: string): void {
    const at = this.file.getLineAndCharacterOfPosition(node.getStart(this.file));
    if (this.#mistakes.has(at.line)) return;
    this.#mistakes.set(at.line, { line: at.line + 1, column: at.character + 1, sentence });
  }

  hasLine(line: number): boolean {
    return this.#mistakes.has(line - 1);
  }

  /** The source text of a node on one line, shortened in the middle when it is long. */
  show(node: ts.Node): string {
    const text = node.getText(this.file).replace(/\s+/g, " ");
    return text.length <= 50 ? text : `${text.slice(0, 30)} … ${text.slice(-15)}`;
  }

  /** The line of the first edit after all edits, without its indentation. */
  corrected(...edits: readonly Edit[]): string {
    const sorted = [...edits].sort((a, b) => b.at - a.at);
    let text = this.file.text;
    for (const { at, remove = 0, insert } of sorted)
      text = text.slice(0, at) + insert + text.slice(at + remove);
    const first = sorted.at(-1)?.at ?? 0;
    const line = text.slice(text.lastIndexOf("\n", first - 1) + 1).split("\n")[0] ?? "";
    const trimmed = line.trim();
    if (trimmed.length <= LONGEST_LINE) return `\`${trimmed}\``;
    const start = Math.max(
      0,
      first - (text.lastIndexOf("\n", first - 1) + 1) - (line.length - line.trimStart().length) - 10,
    );
    return `\`… ${trimmed.slice(start, start + LONGEST_LINE - 4)} …\``;
  }

  /** The goroutine body directly around a node. */
  goroutineAround(node: ts.Node): ts.FunctionLikeDeclaration | undefined {
    const around = functionAround(node);
    return around !== undefined && this.goroutines.has(around) ? around : undefined;
  }

  /** The node that the compiler's problem points at: the innermost one that starts there. */
  nodeAt(problem: Problem): ts.Node | undefined {
    const ts = compiler();
    const starts = this.file.getLineStarts();
    const start = starts[problem.line - 1];
    if (start === undefined) return undefined;
    const position = start + problem.column - 1;
    let found: ts.Node | undefined;
    const visit = (node: ts.Node): void => {
      if (node.getStart(this.file) > position || node.end <= position) return;
      found = node;
      ts.forEachChild(node, visit);
    };
    ts.forEachChild(this.file, visit);
    return found;
  }
}

/** The name to call a function by in a sentence: `` `worker` `` or `this function`. */
export function nameOfFunction(node: ts.FunctionLikeDeclaration): string {
  const ts = compiler();
  const isHeld = ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent);
  const name = node.name ?? (isHeld ? (node.parent as ts.VariableDeclaration).name : undefined);
  return name === undefined ? "this function" : `\`${name.getText()}\``;
}

/** The edits that make a generator function of a plain one. */
export function starEdits(node: ts.FunctionLikeDeclaration): Edit[] {
  const ts = compiler();
  const file = node.getSourceFile();
  const async = node.modifiers?.find((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword);
  const edits: Edit[] = [];
  if (async !== undefined) {
    const next = /^async\s*/.exec(file.text.slice(async.getStart(file)))?.[0].length ?? 5;
    edits.push({ at: async.getStart(file), remove: next, insert: "" });
  }
  if (ts.isArrowFunction(node)) return [...edits, ...arrowEdits(node)];
  const keyword = node.getChildren(file).find((child) => child.kind === ts.SyntaxKind.FunctionKeyword);
  if (keyword !== undefined) edits.push({ at: keyword.end, insert: "*" });
  else if (node.name !== undefined) edits.push({ at: node.name.getStart(file), insert: "*" });
  return edits;
}

function arrowEdits(node: ts.ArrowFunction): Edit[] {
  const file = node.getSourceFile();
  const arrow = node.equalsGreaterThanToken;
  const [first] = node.parameters;
  const hasParens = node
    .getChildren(file)
    .some((child) => child.kind === compiler().SyntaxKind.OpenParenToken);
  const start = hasParens
    ? node.getStart(file) + (node.modifiers?.length ? "async ".length : 0)
    : (first?.getStart(file) ?? 0);
  const edits: Edit[] = [{ at: start, insert: hasParens ? "function* " : "function* (" }];
  if (!hasParens) edits.push({ at: first?.end ?? start, insert: ")" });
  edits.push({
    at: arrow.getStart(file),
    remove: node.body.getStart(file) - arrow.getStart(file),
    insert: "",
  });
  if (!compiler().isBlock(node.body)) {
    edits.push({ at: node.body.getStart(file), insert: "{ return " }, { at: node.body.end, insert: "; }" });
  }
  return edits;
}
