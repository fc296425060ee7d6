// lockworker: what an operation of a measured check finds on its thread. Loaded by every worker of a checking child
// before anything else (child.ts), never imported.
//
// A thread's program needs more of Node than the main thread does after it was locked, so here what is dangerous is
// taken away, and what a measurement rests on is fixed. The boundary around the process holds for threads as well.
import { readFileSync } from "node:fs";
import { fixClocks, refuseCodeFromText, refusing } from "./lockdown.js";

const REFUSED = ["reallyExit", "abort", "kill", "_kill", "binding", "_linkedBinding", "dlopen", "chdir"];
const REMOVED = [
  "fetch",
  "WebSocket",
  "EventSource",
  "BroadcastChannel",
  "WebAssembly",
  "eval",
  "Blob",
  "require",
];
const ITS_OWN = /^\/proc\/thread-self\/(schedstat|status)$/;

/** A measurement reads its thread's processor time there, and nothing else. */
const files = Object.freeze({
  readFileSync(path: string, encoding: "utf8"): string {
    if (ITS_OWN.test(path)) return readFileSync(path, encoding);
    throw new Error(`the file ${path} is refused while an exercise is checked`);
  },
});

function set(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: false, configurable: false });
}

for (const name of REFUSED) set(process, name, refusing(`process.${name}`));
for (const name of REMOVED) Reflect.deleteProperty(globalThis, name);
set(process, "getBuiltinModule", (name: string) => {
  if (name === "node:fs") return files;
  throw new Error(`the module ${name} is refused while an exercise is checked`);
});
const decoder = new TextDecoder();
// Node's own hands out memory that it has used before.
set(
  globalThis,
  "Buffer",
  Object.freeze({ from: (bytes: Uint8Array) => ({ toString: () => decoder.decode(bytes) }) }),
);
refuseCodeFromText();
set(process, "hrtime", Object.freeze(process.hrtime));
fixClocks();
