// Rewriter: walks a program and makes the rope of the new text. Here: statements, and the plumbing that the files beside
// share; interleaving-places.ts has functions and scopes, interleaving-read.ts reads, interleaving-assign.ts writes,
// interleaving-pattern.ts takes values apart.
//
// Invariants:
//  I1. Operands are evaluated once and in the order of the language; what is needed twice is kept in a temporary
//      variable of the function around.
//  I2. A `yield*` is written only directly inside a goroutine: not in its parameters, not in a class field.
//  I3. Every statement ends in a semicolon, since the next one may now begin with a parenthesis.
import type { AnyNode } from "acorn";
import type { Reference } from "eslint-scope";
import { rewriteAssignment, rewriteDelete, rewriteUpdate, rewriteVarInit } from "./interleaving-assign.js";
import type { Blind } from "./interleaving-blind.js";
import { rewriteLoopHead, rewritePicked } from "./interleaving-pattern.js";
import {
  declarationsOf,
  rewriteBlock,
  rewriteField,
  rewriteFor,
  rewriteFunction,
  rewriteStaticBlock,
  rewriteSwitch,
} from "./interleaving-places.js";
import { rewriteCall, rewriteChain, rewriteMember, rewriteName, rewriteSpread } from "./interleaving-read.js";
import { childrenOf, isFunction, isModuleScope, type Reading, type Shared } from "./interleaving-reading.js";
import type { Copied, Made, Rope } from "./interleaving-rope.js";

/** Where code runs: in a goroutine, in a function that cannot switch, or at the top level, outside any run. */
export type Mode = "goroutine" | "plain" | "none";

/** What can be declared where the code runs: the temporaries of one function. */
export interface Place {
  readonly mode: Mode;
  readonly temporaries: string[];
}

/** How a name is accessed. */
export type Access =
  | { readonly kind: "local"; readonly shared: Shared }
  | { readonly kind: "cell"; readonly name: string };

const ENDS_OPEN =
  /^(?:ExpressionStatement|VariableDeclaration|ReturnStatement|ThrowStatement|BreakStatement|ContinueStatement|PropertyDefinition|ImportDeclaration|ExportAllDeclaration)$/;

export class Rewriter {
  readonly reading: Reading;
  readonly hb: string;
  /** Names of properties that this text writes: `[]` for elements, `*` for any. */
  readonly written = new Set<string>();
  readonly blind: Blind[] = [];
  place: Place = { mode: "none", temporaries: [] };
  #count = 0;

  constructor(reading: Reading) {
    this.reading = reading;
    this.hb = reading.prefix;
  }

  /** The new text of a node. */
  emit(node: AnyNode): Rope {
    const rope = this.#own(node) ?? this.copy(node);
    const isOpen = ENDS_OPEN.test(node.type) && this.reading.source[node.end - 1] !== ";"; // I3
    return isOpen && !this.#isInHead(node) ? [rope, this.made(";", node.end)] : rope;
  }

  /** As `emit`, for a place where a comma would mean something else. */
  argument(node: AnyNode): Rope {
    const rope = this.emit(node);
    return node.type === "SequenceExpression" ? this.join(node.start, "(", rope, ")") : rope;
  }

  /** A node with its children rewritten and all else as it was. */
  copy(node: AnyNode): Rope {
    return this.list(childrenOf(node), node.start, node.end);
  }

  /** The text between two places: `nodes` rewritten, what is between them as it was. */
  list(nodes: readonly AnyNode[], from: number, to: number): Rope {
    const parts: Rope[] = [];
    let at = from;
    for (const node of nodes) {
      parts.push(this.copied(at, node.start), this.emit(node));
      at = node.end;
    }
    return [...parts, this.copied(at, to)];
  }

  copied(from: number, to: number): Copied {
    return { from, to };
  }

  made(text: string, at: number): Made {
    return { text, at };
  }

  /** Texts, which are made for the place `at`, and ropes. */
  join(at: number, ...parts: readonly (string | Rope)[]): Rope {
    return parts.map((part) => (typeof part === "string" ? this.made(part, at) : part));
  }

  /** A call of the library around an access: announced in a goroutine, told elsewhere. */
  call(at: number, name: string, ...args: readonly (string | Rope)[]): Rope {
    const isAnnounced = this.place.mode === "goroutine"; // I2
    const list = args.flatMap((arg, i) => (i === 0 ? [arg] : [", ", arg]));
    return isAnnounced
      ? this.join(at, `(yield* ${this.hb}.${name}(`, ...list, "))")
      : this.join(at, `${this.hb}.${name}Now(`, ...list, ")");
  }

  /** A new temporary variable of the function around (I1). */
  temporary(): string {
    const name = `${this.hb}${++this.#count}`;
    this.place.temporaries.push(name);
    return name;
  }

  /** How the variable that a name stands for is accessed; undefined when nobody has to know. */
  accessOf(name: AnyNode): Access | undefined {
    if (name.type !== "Identifier" || this.place.mode === "none") return undefined;
    const reference = this.reading.references.get(name.start);
    if (reference === undefined) return undefined;
    const { resolved } = reference;
    if (resolved === null) {
      const isOthers = this.reading.isCell && !(name.name in globalThis) && name.name !== "exports";
      return isOthers ? { kind: "cell", name: name.name } : undefined;
    }
    const shared = this.reading.shared.get(resolved);
    if (shared !== undefined) return isInItsHead(reference, shared) ? undefined : { kind: "local", shared };
    const definition = resolved.defs[0];
    const isVariable = definition?.type === "Variable" && definition.parent?.kind !== "const";
    const isCells = this.reading.isCell && isModuleScope(resolved.scope) && isVariable;
    return isCells ? { kind: "cell", name: name.name } : undefined;
  }

  /** Notes that something cannot be seen. */
  cannotSee(node: AnyNode, message: string): void {
    const at = node.loc?.start;
    if (at !== undefined) this.blind.push({ line: at.line, column: at.column + 1, message });
  }

  /** The text of a program: what it needs stands behind the directive, on its line. */
  program(): Rope {
    const { program, source } = this.reading;
    const at = program.body[0]?.end ?? 0;
    const body = this.list(program.body.slice(1) as AnyNode[], at, source.length);
    const names = [...this.written].map((name) => JSON.stringify(name)).join(", ");
    const head = [
      `; import { hb as ${this.hb} } from "happens-before/access";`,
      ...(names === "" ? [] : [` ${this.hb}.writes([${names}]);`]),
      declarationsOf(this, program, "var"),
    ].join("");
    return [this.copied(0, at), this.made(head, at), body];
  }

  /** A statement or expression that runs in a place of its own, without temporaries of its neighbours. */
  within(place: Place, work: () => Rope): Rope {
    const outer = this.place;
    this.place = place;
    try {
      return work();
    } finally {
      this.place = outer;
    }
  }

  /** An expression where nothing can be declared: a function of its own when it needs temporaries. */
  apart(node: AnyNode): Rope {
    const place: Place = { mode: "plain", temporaries: [] };
    const rope = this.within(place, () => this.argument(node));
    if (place.temporaries.length === 0) return rope;
    const head = `(() => { let ${place.temporaries.join(", ")}; return (`;
    return this.join(node.start, head, rope, "); })()");
  }

  #own(node: AnyNode): Rope | undefined {
    if (isFunction(node)) return rewriteFunction(this, node);
    switch (node.type) {
      case "PropertyDefinition":
        return rewriteField(this, node);
      case "StaticBlock":
        return rewriteStaticBlock(this, node);
      case "BlockStatement":
        return rewriteBlock(this, node);
      case "SwitchStatement":
        return rewriteSwitch(this, node);
      case "ForStatement":
        return rewriteFor(this, node);
      case "ForOfStatement":
      case "ForInStatement":
        return rewriteLoopHead(this, node, declarationsOf(this, node, "const"));
      case "Property":
        return this.#property(node);
      case "MetaProperty":
      case "ExportSpecifier":
      case "ImportDeclaration":
        return this.copied(node.start, node.end);
      default:
        return this.place.mode === "none" ? undefined : this.#expression(node);
    }
  }

  #expression(node: AnyNode): Rope | undefined {
    switch (node.type) {
      case "Identifier":
        return rewriteName(this, node);
      case "MemberExpression":
        return rewriteMember(this, node);
      case "ChainExpression":
        return rewriteChain(this, node);
      case "CallExpression":
        if (node.callee.type === "Identifier" && node.callee.name === "eval") {
          this.cannotSee(node, "accesses in the text of an `eval` are not seen");
        }
        return rewriteCall(this, node);
      case "TaggedTemplateExpression":
        return node.tag.type === "MemberExpression" ? this.#tagged(node.tag, node.quasi, node) : undefined;
      case "SpreadElement":
        return rewriteSpread(this, node);
      case "AssignmentExpression":
        return rewriteAssignment(this, node);
      case "UpdateExpression":
        return rewriteUpdate(this, node, true);
      case "UnaryExpression":
        return node.operator === "delete" ? rewriteDelete(this, node) : undefined;
      case "VariableDeclarator":
        return rewritePicked(this, node) ?? rewriteVarInit(this, node);
      case "ExpressionStatement":
        return this.#statement(node.expression, node);
      default:
        return undefined;
    }
  }

  /** The object of a tag is rewritten; the read of the method itself is nobody's business, as in a call. */
  #tagged(tag: AnyNode, quasi: AnyNode, node: AnyNode): Rope {
    const between = this.copied(tag.end, quasi.start);
    return [this.copied(node.start, tag.start), this.copy(tag), between, this.emit(quasi)];
  }

  /** A call whose value nobody uses may be a step: then it is a scheduling point too. */
  #statement(expression: AnyNode, node: AnyNode): Rope | undefined {
    if (expression.type === "UpdateExpression") {
      return this.#around(node, expression, rewriteUpdate(this, expression, false) ?? this.copy(expression));
    }
    if (this.place.mode !== "goroutine" || !endsInCall(expression)) return undefined;
    const rope = this.join(node.start, `yield* ${this.hb}.step(`, this.emit(expression), ")");
    return this.#around(node, expression, rope);
  }

  #around(node: AnyNode, inner: AnyNode, rope: Rope): Rope {
    return [this.copied(node.start, inner.start), rope, this.copied(inner.end, node.end)];
  }

  #property(node: Extract<AnyNode, { type: "Property" }>): Rope | undefined {
    if (!node.shorthand) return undefined;
    if (node.value.type !== "Identifier") return this.emit(node.value);
    if (this.accessOf(node.value) === undefined) return this.copied(node.start, node.end);
    return [this.copied(node.key.start, node.key.end), this.made(": ", node.start), this.emit(node.value)];
  }

  #isInHead(node: AnyNode): boolean {
    const parent = this.reading.parents.get(node);
    if (parent?.type === "ForStatement") return parent.init === node;
    return (parent?.type === "ForOfStatement" || parent?.type === "ForInStatement") && parent.left === node;
  }
}

function isInItsHead(reference: Reference, { scope }: Shared): boolean {
  const block = scope.block as unknown as AnyNode;
  const at = (reference.identifier as unknown as AnyNode).start;
  if (scope.type === "function" && isFunction(block)) return at < block.body.start;
  return scope.type === "catch" && block.type === "CatchClause" && at < block.body.start;
}

function endsInCall(node: AnyNode): boolean {
  switch (node.type) {
    case "CallExpression":
      return node.callee.type !== "Super";
    case "ChainExpression":
      return endsInCall(node.expression);
    case "LogicalExpression":
      return endsInCall(node.right);
    case "ConditionalExpression":
      return endsInCall(node.consequent) || endsInCall(node.alternate);
    default:
      return false;
  }
}
