// happens-before/no-host-in-goroutine: a goroutine that asks the host for time or chance, or waits for it.
//
// Such a run cannot be repeated: the same seed gives another result, `explore` refuses the program, and a timer of the
// host stands outside the run's clock. A generator function counts as a goroutine when it delegates (`yield*`) and
// never yields by itself, in a file that imports happens-before.
import {
  functionAround,
  importsTheLibrary,
  type Node,
  type Rule,
  type SourceCode,
  variableOf,
} from "./estree.js";

/** What to write instead, by what was written. */
const INSTEAD: Readonly<Record<string, string>> = {
  "Date.now": "`now()` reads the clock of the run",
  "performance.now": "`now()` reads the clock of the run",
  Date: "`now()` reads the clock of the run",
  "Math.random": "take chance from an argument, so that a run can be repeated",
  "crypto.randomUUID": "take chance from an argument, so that a run can be repeated",
  setTimeout: "`yield* sleep(ms)` waits, `afterFunc(ms, …)` calls later",
  setInterval: "`newTicker(ms)` ticks on the clock of the run",
  setImmediate: "`yield* gosched()` lets others run",
  queueMicrotask: "`yield* gosched()` lets others run",
  fetch: "`yield* fromPromise(fetch(…))` waits for the host, where a run may",
};

export const noHostInGoroutine: Rule = {
  meta: {
    type: "problem",
    docs: { description: "disallow the host's clock, timers and chance in goroutines", recommended: true },
    hasSuggestions: false,
    messages: { host: "`{{name}}` is the host's, so this goroutine cannot be repeated: {{instead}}." },
    schema: [],
  },

  create(context) {
    const { sourceCode } = context;
    if (!importsTheLibrary(sourceCode.ast)) return {};
    const kinds = new Map<Node, { delegates: boolean; yields: boolean }>();
    const found: { node: Node; around: Node; name: string }[] = [];
    const look = (node: Node): void => {
      const around = functionAround(node);
      const name = globalName(node["callee"] as Node, sourceCode);
      if (around?.["generator"] !== true || name === undefined || INSTEAD[name] === undefined) return;
      const isDate = name === "Date" && (node["arguments"] as Node[]).length > 0; // a given time is no secret
      if (!isDate && !isBridged(node, sourceCode)) found.push({ node, around, name });
    };
    return {
      CallExpression: look,
      NewExpression: look,
      YieldExpression(node: Node) {
        const around = functionAround(node);
        if (around === undefined) return;
        const kind = kinds.get(around) ?? { delegates: false, yields: false };
        kind[node["delegate"] === true ? "delegates" : "yields"] = true;
        kinds.set(around, kind);
      },
      "Program:exit"() {
        for (const { node, around, name } of found) {
          const kind = kinds.get(around);
          if (kind?.delegates !== true || kind.yields) continue;
          context.report({ node, messageId: "host", data: { name, instead: INSTEAD[name] as string } });
        }
      },
    };
  },
};

/** `Date.now`, `setTimeout`: the name of a global, or of a method of one. */
function globalName(callee: Node, sourceCode: SourceCode): string | undefined {
  if (callee.type === "Identifier")
    return isGlobal(callee, sourceCode) ? (callee["name"] as string) : undefined;
  if (callee.type !== "MemberExpression" || callee["computed"] === true) return undefined;
  const object = callee["object"] as Node;
  if (object.type !== "Identifier" || !isGlobal(object, sourceCode)) return undefined;
  return `${object["name"] as string}.${(callee["property"] as Node)["name"] as string}`;
}

function isGlobal(identifier: Node, sourceCode: SourceCode): boolean {
  return (variableOf(identifier, sourceCode)?.defs.length ?? 0) === 0;
}

/** `fromPromise(fetch(url))` is the one bridge to the host. */
function isBridged(node: Node, sourceCode: SourceCode): boolean {
  const { parent } = node;
  return (
    parent.type === "CallExpression" && sourceCode.getText(parent["callee"] as Node).endsWith("fromPromise")
  );
}
