// Copied: a lock, a channel or another primitive that was copied, found where the copy is used.
//
// A copy that `Object.create`, `Object.assign` or a Proxy makes has the methods and none of the private state. JavaScript
// then says "Cannot read private member #core from an object whose class did not declare it", which helps nobody.
// A spread (`{ ...mu }`) and `structuredClone` leave the methods behind, too: there the call itself fails.
//
// Source: Go's vet has the check copylocks; a copied Go mutex works and guards nothing, which is worse.

import type { Position } from "../event/index.js";
import { MisuseError } from "./errors.js";
import type { G } from "./g.js";
import { ownTop } from "./stack.js";

/** V8's words for a private name that an object does not have. */
const PRIVATE = /private (?:member|field|method) #|Receiver must be (?:an instance of )?class/;

/** The misuse that `thrown` stands for, when it comes from using a copy of a primitive; else null. */
export function copied(g: G, thrown: unknown): MisuseError | null {
  if (!(thrown instanceof TypeError) || !PRIVATE.test(thrown.message)) return null;
  const top = ownTop(thrown.stack ?? "");
  if (top === undefined) return null;
  const [owner = "", method = ""] = top.replace(/^(?:get|set) /, "").split(".");
  const what = owner === "Proxy" || owner === "" ? "object" : owner;
  const op = method === "perform" ? what : `${what}.${method}`; // announced before: its name is gone
  const error = new MisuseError(
    `${op}: used on a copy of the ${what}, or behind a Proxy. A copy has none of its state, so it would guard nothing: pass the ${what} itself.`,
    { cause: thrown },
  );
  const at = g.rt.trace?.siteOf(g); // chosen later than it was called: the stack of `thrown` does not lead there
  const rows = at === undefined ? (thrown.stack ?? "").split("\n").slice(1) : [stackRow(at)];
  error.stack = [`${error.name}: ${error.message}`, ...rows].join("\n");
  return error;
}

function stackRow({ name, file, line, column }: Position): string {
  return `    at ${name ?? "?"} (${file}:${line}:${column})`;
}
