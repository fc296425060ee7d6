// Unnameable: variables whose type has no name outside its module, e.g. `const fs = await import("node:fs")`.
//
// Later cells know a variable by its written declaration, and the compiler refuses to write such a type. That is the
// kernel's need, not the learner's mistake, so the variable is `any` for later cells.
import type ts from "typescript";
import type { TypeScript } from "./typescript.js";

/** What tslab tells about a problem. */
interface Found {
  readonly code: number;
  readonly start: { readonly offset: number };
}

const NOT_PORTABLE = 2742;
const TOO_LONG = 7056;

/** True for problems of the written declaration only: the cell itself is right. */
function isOfDeclaration({ code }: Found): boolean {
  return (code >= 4000 && code < 4200) || code === NOT_PORTABLE || code === TOO_LONG;
}

/**
 * Returns the cell with `: any` where that mends all of its problems, or undefined when it has others.
 * Only for the checker: the cell that runs is the one that was written.
 */
export function withAny(
  typescript: TypeScript,
  source: string,
  problems: readonly Found[],
): string | undefined {
  if (problems.length === 0 || !problems.every(isOfDeclaration)) return undefined;
  const file = typescript.createSourceFile("cell.ts", source, typescript.ScriptTarget.Latest, true);
  const places = new Set<number>();
  for (const { start } of problems) {
    const place = placeOfType(typescript, innermost(typescript, file, start.offset));
    if (place === undefined) return undefined;
    places.add(place);
  }
  let text = source;
  for (const place of [...places].sort((a, b) => b - a)) {
    text = `${text.slice(0, place)}: any ${text.slice(place)}`;
  }
  return text;
}

function innermost(typescript: TypeScript, node: ts.Node, offset: number): ts.Node {
  const inside = typescript.forEachChild(node, (child) =>
    child.getStart() <= offset && offset < child.end ? child : undefined,
  );
  return inside === undefined ? node : innermost(typescript, inside, offset);
}

/** Where the type of the variable or function around a node would be written. */
function placeOfType(typescript: TypeScript, node: ts.Node): number | undefined {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    if (typescript.isVariableDeclaration(at)) return at.type === undefined ? at.name.end : undefined;
    if (typescript.isFunctionDeclaration(at)) return at.type === undefined ? at.body?.getStart() : undefined;
  }
  return undefined;
}
