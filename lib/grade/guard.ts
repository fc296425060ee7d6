// guardLoops: puts the interrupt check into every loop of a submission, so that one that never ends can be stopped
// where it stands, and its line be named. The check's two names, `$hb` and `$hbStop`, are globals of the child.
//
// Lines stay what they were; on a line with a loop's opening brace the columns after it move.
import { type AnyNode, parse } from "acorn";
import MagicString from "magic-string";
import { LOOP_GUARD } from "../op/index.js";

/** Returns the module with guarded loops. `code` must parse. **Cost:** about 2 ms for an exercise. */
export function guardLoops(code: string): string {
  const text = new MagicString(code);
  visit(parse(code, { ecmaVersion: 2022, sourceType: "module" }), (node) => {
    if (/^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type)) guard(text, (node as Loop).body);
  });
  return text.toString();
}

type Loop = AnyNode & { readonly body: AnyNode };

function guard(text: MagicString, body: AnyNode): void {
  if (body.type === "BlockStatement") {
    text.appendLeft(body.start + 1, LOOP_GUARD);
  } else {
    text.appendLeft(body.start, `{${LOOP_GUARD}`);
    text.appendRight(body.end, "}");
  }
}

function visit(node: AnyNode, see: (node: AnyNode) => void): void {
  see(node);
  for (const child of Object.values(node) as unknown[]) {
    for (const item of Array.isArray(child) ? (child as unknown[]) : [child]) {
      if (isNode(item)) visit(item, see);
    }
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
