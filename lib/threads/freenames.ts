// Free names: which names a function's text takes from outside.
//
// The text is the one that runs, not always the one that was written: a notebook cell or a test runner has turned an
// imported `Mutex` into `exports.Mutex`, `happens_before_1.Mutex`, `(0, happens_before_1.Mutex)` or
// `__vite_ssr_import_1__.Mutex`. The names are reported as the author wrote them.

import { type ArrowFunctionExpression, type Expression, type Node, parse } from "acorn";
import { analyze, type Reference } from "eslint-scope";

/** What stands in for an import or a variable of another cell in transformed code. */
const STAND_INS = /^(exports|__vi(te_ssr)?_import_\d+__|[A-Za-z_$][\w$]*_\d+)$/;

/** Names of a test runner and of a notebook cell for what has no name in the source. */
const WRITTEN_AS: Readonly<Record<string, string>> = {
  __vite_ssr_dynamic_import__: "import()",
  __vite_ssr_import_meta__: "import.meta",
  $hbImport: "import()",
  $hbMeta: "import.meta",
};

/** Globals of JavaScript and of a Node worker that a thread's body may use. */
const GLOBALS = new Set(
  `AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError
  FinalizationRegistry Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map
  Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String Symbol
  SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly
  arguments decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval globalThis isFinite isNaN parseFloat
  parseInt undefined unescape AbortController AbortSignal Blob BroadcastChannel Buffer DOMException EventTarget
  MessageChannel MessageEvent MessagePort TextDecoder TextEncoder URL URLSearchParams atob btoa clearImmediate
  clearInterval clearTimeout console crypto fetch performance process queueMicrotask setImmediate setInterval setTimeout
  structuredClone __name`.split(/\s+/),
);

/** What stands before a function's text where it is an expression, and where, as a method's, it is none: `({add(a, b) {}})["add"]`. */
export type Lead = "(" | "({";

/** A function's text, parsed. */
export interface FunctionText {
  readonly program: Node;
  readonly lead: Lead;
}

/**
 * Parses a function's text.
 *
 * @throws {TypeError} `` team: `body` cannot travel to a thread: it is built in, bound, a class or a getter ``
 */
export function parseFunction(text: string, what: string): FunctionText {
  const expression = tryParse(`(${text}\n)`);
  const program = expression ?? tryParse(`({${text}\n})`);
  if (program === undefined || /^(class\b|[gs]et\s+[^\s(])/.test(text)) {
    throw new TypeError(`${what} cannot travel to a thread: it is built in, bound, a class or a getter`);
  }
  return { program, lead: expression === undefined ? "({" : "(" };
}

/** Returns the free names of a function, sorted, each once; `this` counts when an arrow function uses it. */
export function freeNames({ program }: FunctionText): string[] {
  const names = new Set<string>();
  const scopes = analyze(program as never, { ecmaVersion: 2022, sourceType: "module" });
  for (const reference of scopes.globalScope?.through ?? []) {
    const name = writtenName(program, reference);
    if (name !== undefined) names.add(name);
  }
  if (usesOuterThis(program)) names.add("this");
  return [...names].sort();
}

/** Returns an expression whose value is the function. */
export function functionExpression(text: string, name: string, lead: Lead): string {
  return lead === "(" ? `(${text}\n)` : `({${text}\n})[${JSON.stringify(name)}]`;
}

function tryParse(code: string): Node | undefined {
  try {
    return parse(code, { ecmaVersion: "latest", sourceType: "module", ranges: true });
  } catch {
    return undefined;
  }
}

/** The name as the author wrote it; undefined for what a thread has. */
function writtenName(program: Node, reference: Reference): string | undefined {
  const identifier = reference.identifier as unknown as Node & { name: string };
  const { name } = identifier;
  if (GLOBALS.has(name)) return undefined;
  if (!STAND_INS.test(name)) return WRITTEN_AS[name] ?? name;
  const member = memberOf(program, identifier);
  if (member === undefined) return name;
  return member === "default" ? name.replace(/_\d+$/, "") : member;
}

/** The property read from `identifier` in `identifier.property` or `identifier["property"]`. */
function memberOf(program: Node, identifier: Node): string | undefined {
  let found: string | undefined;
  walk(program, (node) => {
    if (node.type !== "MemberExpression") return true;
    const { object, property, computed } = node as unknown as {
      object: Node;
      property: Node;
      computed: boolean;
    };
    if (object !== identifier) return true;
    if (!computed) found = (property as unknown as { name: string }).name;
    else if (property.type === "Literal") found = String((property as unknown as { value: unknown }).value);
    return true;
  });
  return found;
}

/** True when the function is an arrow whose `this` is that of the place where it was written. */
function usesOuterThis(program: Node): boolean {
  const statement = (program as unknown as { body: { expression: Expression }[] }).body[0];
  if (statement?.expression.type !== "ArrowFunctionExpression") return false;
  const arrow: ArrowFunctionExpression = statement.expression;
  let uses = false;
  walk(arrow, (node) => {
    if (node.type === "ThisExpression") uses = true;
    return (
      node.type !== "FunctionExpression" && node.type !== "FunctionDeclaration" && node.type !== "ClassBody"
    );
  });
  return uses;
}

/** Visits every node; `visit` returns false to leave out what is below. */
function walk(node: Node, visit: (node: Node) => boolean): void {
  if (!visit(node)) return;
  for (const value of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof child === "object" && child !== null && "type" in child) walk(child as Node, visit);
    }
  }
}
