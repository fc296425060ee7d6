// Locate: where in its file a function stands, so that the stack of a thread can name lines that people know.
//
// JavaScript does not tell; the inspector does. It is asked only after a failure, because it makes V8 list every script.

import { Session } from "node:inspector";

/** Where a function's text begins, in the code that runs (which may be generated). Counted from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Address of the script's source map; empty when it has none. */
  readonly sourceMapUrl: string;
}

interface Script {
  readonly url: string;
  readonly sourceMapURL?: string | undefined;
}

interface InternalProperty {
  readonly name: string;
  readonly value?: { readonly value?: { scriptId: string; lineNumber: number; columnNumber: number } };
}

const KEY = "happens-before.located";

/** Returns where the text of `fn` begins; undefined where the inspector does not know. Takes some milliseconds. */
export function locate(fn: object, text: string): Location | undefined {
  const session = new Session();
  try {
    session.connect();
    return ask(session, fn, text);
  } catch {
    return undefined; // a Node without inspector: the stack keeps its lines relative to the function
  } finally {
    session.disconnect();
    delete (globalThis as Record<string, unknown>)[KEY];
  }
}

function ask(session: Session, fn: object, text: string): Location | undefined {
  const scripts = new Map<string, Script>();
  session.on("Debugger.scriptParsed", ({ params }) => void scripts.set(params.scriptId, params));
  post(session, "Debugger.enable");
  Object.defineProperty(globalThis, KEY, { value: fn, configurable: true });
  const { result } = post<{ result: { objectId?: string } }>(session, "Runtime.evaluate", {
    expression: `globalThis[${JSON.stringify(KEY)}]`,
  });
  const { internalProperties = [] } = post<{ internalProperties?: InternalProperty[] }>(
    session,
    "Runtime.getProperties",
    { objectId: result.objectId, ownProperties: true },
  );
  const at = internalProperties.find(({ name }) => name === "[[FunctionLocation]]")?.value?.value;
  const script = at === undefined ? undefined : scripts.get(at.scriptId);
  if (at === undefined || script === undefined || script.url === "") return undefined;
  const { scriptSource } = post<{ scriptSource: string }>(session, "Debugger.getScriptSource", {
    scriptId: at.scriptId,
  });
  const start = scriptSource.lastIndexOf(text, offsetOf(scriptSource, at.lineNumber, at.columnNumber));
  if (start < 0) return undefined;
  const before = scriptSource.slice(0, start).split("\n");
  return {
    file: script.url,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    sourceMapUrl: script.sourceMapURL ?? "",
  };
}

/** Sends a command of the inspector's protocol; its answer comes at once, because it is our own thread. */
function post<R>(session: Session, method: string, params: object = {}): R {
  let answer: R | undefined;
  session.post(method, params, (error, result) => {
    if (error === null) answer = result as R;
  });
  if (answer === undefined) throw new Error(`inspector: no answer to ${method}`);
  return answer;
}

function offsetOf(source: string, line: number, column: number): number {
  let offset = 0;
  for (let skipped = 0; skipped < line; skipped++) offset = source.indexOf("\n", offset) + 1;
  return offset + column;
}
