// Syntax: the tree of a cell's JavaScript, and which name means what in it.
import { type AnyNode, type Program, parse } from "acorn";
import { analyze, type Reference, type Scope } from "eslint-scope";

/** A cell's program with its scopes. */
export interface Syntax {
  readonly program: Program;
  /** The scope of the cell's top level. */
  readonly top: Scope;
  /** References to names that the cell does not declare. */
  readonly free: readonly Reference[];
}

/** Reads a cell's JavaScript. `await` is allowed at the top level. */
export function readSyntax(code: string): Syntax {
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module", ranges: true });
  const scopes = analyze(program as unknown as Parameters<typeof analyze>[0], {
    ecmaVersion: 2022,
    sourceType: "module",
  });
  const outer = scopes.globalScope;
  const top = outer?.childScopes[0];
  if (outer === null || top === undefined) throw new Error("eslint-scope: expected a module scope");
  return { program, top, free: outer.through };
}

/** Visits every node, parents first, in no order else. `seen` returns false to leave out what is inside a node. */
export function visit(node: AnyNode, seen: (node: AnyNode) => boolean | undefined): void {
  const open: AnyNode[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen(next) !== false) open.push(...children(next));
  }
}

function* children(node: AnyNode): Generator<AnyNode> {
  for (const value of Object.values(node) as unknown[]) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(item)) yield item;
  }
}

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"
  );
}
