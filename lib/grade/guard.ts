// guardLoops: puts the interrupt check into every loop of a submission, so that one that never ends can be stopped
// where it stands, and its line be named. The check's two names, `$hb` and `$hbStop`, are globals of the child.
//
// Lines stay what they were; on a line with a loop's opening brace the columns after it move.
import { type AnyNode, parse } from "acorn";
import MagicString from "magic-string";
import { LOOP_GUARD } from "../op/index.js";
import { visit } from "./visit.js";

/** Returns the module with guarded loops. `code` must parse. **Cost:** about 2 ms for an exercise. */
export function guardLoops(code: string): string {
  const text = new MagicString(code);
  visit(parse(code, { ecmaVersion: "latest", sourceType: "module" }), (node) => {
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
