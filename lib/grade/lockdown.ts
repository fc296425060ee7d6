// lockdown: what a submission finds in its process: the language, its library, and almost nothing of Node.
//
// Invariants:
//  I1. Nothing that is left on the global object leads to a file, a socket, a process, another thread, the inspector
//      or the memory that Node reuses (Buffer's pool). What is not on the list is removed, also what Node will add.
//  I2. What the library looks up when it runs cannot be replaced any more, on the global object or on a prototype.
//  I3. Everything that refuses says its own name and why.
//
// It comes after the library is loaded and before the submission is. It is the second wall, inside the first one
// (sandbox.ts), and on its own it is a good lock, not a wall.
import { writeSync } from "node:fs";
import { formatWithOptions } from "node:util";

/** Removed from the global object unless named here. */
const KEPT = new Set(
  `globalThis global undefined NaN Infinity Object Function Array Number parseFloat parseInt Boolean String Symbol Date
  Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
  SuppressedError DisposableStack AsyncDisposableStack JSON Math Intl ArrayBuffer Atomics SharedArrayBuffer Uint8Array
  Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array Float64Array Uint8ClampedArray
  BigUint64Array BigInt64Array DataView Map BigInt Set Iterator WeakMap WeakSet WeakRef FinalizationRegistry Proxy
  Reflect decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape isFinite isNaN console process
  performance setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask
  structuredClone TextEncoder TextDecoder URL URLSearchParams AbortController AbortSignal Event EventTarget
  DOMException crypto atob btoa $hb $hbStop`.split(/\s+/),
);

/** The explorer puts spies in their place, to tell which of them makes a program differ from run to run. */
const WATCHED = new Set(["Date", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "crypto"]);

/** Removed together with the rest, but somebody may well try them. */
const REFUSED = ["exit", "reallyExit", "abort", "kill", "_kill", "binding", "_linkedBinding", "dlopen"];

/** What was there before; the child goes on using it. */
const { process } = globalThis;
const encoder = new TextEncoder();
const { defineProperty, freeze, getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { deleteProperty, ownKeys } = Reflect;

/** What a submission prints; switched off while a hidden program runs, which it could otherwise tell about. */
export interface Printer {
  isSilent: boolean;
}

/** Locks the process. `isFrozen`: Node has frozen the intrinsics already. */
export function lockDown(isFrozen: boolean): Printer {
  const printer: Printer = { isSilent: false };
  replace("process", narrowProcess(printer));
  replace("console", narrowConsole(printer));
  for (const key of ownKeys(globalThis)) {
    if (typeof key === "string" && !KEPT.has(key)) remove(key); // I1
  }
  if (!isFrozen) refuseCodeFromText();
  for (const key of ownKeys(globalThis)) if (!WATCHED.has(String(key))) fix(globalThis, key); // I2
  freezeAll(isFrozen);
  return printer;
}

function replace(key: string, value: unknown): void {
  defineProperty(globalThis, key, { value, writable: false, enumerable: false, configurable: false });
}

function remove(key: string): void {
  if (!deleteProperty(globalThis, key)) throw new Error(`the global ${key} cannot be taken away`);
}

/** Makes a property constant; what is computed at its first use is computed now. */
function fix(holder: object, key: string | symbol): void {
  const found = getOwnPropertyDescriptor(holder, key);
  if (found === undefined || found.configurable !== true) return;
  const value: unknown = Reflect.get(holder, key);
  defineProperty(holder, key, { value, writable: false, configurable: false });
}

/** Something to put in the place of what must not be used. */
export function refusing(name: string): (value?: unknown) => never {
  return (value) => {
    throw new Error(`${name}(${value ?? ""}) is refused while an exercise is checked`); // I3
  };
}

/** What measurements and threads rest on, on this thread: the clocks, Atomics, the memory that threads share. */
export function fixClocks(): void {
  for (const name of ["performance", "Atomics", "Date", "SharedArrayBuffer"]) {
    fix(globalThis, name);
    freezeReachable(
      Reflect.get(globalThis, name),
      new Set<object>([globalThis, Object.prototype, Function.prototype]),
    );
  }
}

/** The parts of `process` that tell nothing and end nothing. */
function narrowProcess(printer: Printer): object {
  const { version, versions, platform, arch, pid, hrtime, execArgv } = process;
  const { HB_MODE = "quick" } = process.env;
  const stream = (fd: 1 | 2): object =>
    freeze({ isTTY: false, columns: 80, write: (text: unknown) => print(fd, String(text), printer) });
  return freeze({
    ...{ version, versions: freeze({ ...versions }), platform, arch, pid },
    argv: freeze([]),
    execArgv: freeze([...execArgv]),
    env: freeze({ HB_MODE, TZ: "UTC" }),
    hrtime,
    stdout: stream(1),
    stderr: stream(2),
    nextTick: process.nextTick.bind(process),
    uptime: process.uptime.bind(process),
    memoryUsage: process.memoryUsage.bind(process),
    emitWarning: () => {},
    on: () => {},
    once: () => {},
    off: () => {},
    ...Object.fromEntries(REFUSED.map((name) => [name, refusing(`process.${name}`)])),
  });
}

/** Without Node's streams behind it: through those one reaches sockets and the prototypes of all events. */
function narrowConsole(printer: Printer): object {
  const say = (fd: 1 | 2) => freeze((...values: unknown[]) => void print(fd, line(values), printer));
  const [out, err] = [say(1), say(2)];
  const quiet = freeze(() => {});
  const assert = freeze((isTrue: unknown, ...values: unknown[]) => {
    if (!isTrue) print(2, `Assertion failed${values.length > 0 ? `: ${line(values)}` : "\n"}`, printer);
  });
  const quietOnes = [
    "group",
    "groupCollapsed",
    "groupEnd",
    "time",
    "timeEnd",
    "timeLog",
    "count",
    "countReset",
    "clear",
  ];
  return freeze({
    ...{ log: out, info: out, debug: out, dir: out, table: out, error: err, warn: err, trace: err, assert },
    ...Object.fromEntries(quietOnes.map((name) => [name, quiet])),
  });
}

function line(values: unknown[]): string {
  return `${formatWithOptions({ colors: false }, ...values)}\n`;
}

/** Of one text; more than the grader lets pass in all. */
const MOST_CHARS = 1 << 20;

/** At once: else a loop that prints would fill memory, and nobody would see it before it ends. */
function print(fd: 1 | 2, text: string, { isSilent }: Printer): boolean {
  if (isSilent) return true;
  let rest: Uint8Array = encoder.encode(text.slice(0, MOST_CHARS));
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return false;
    }
  }
  return true;
}

/** Where no flag of Node does it: the constructors of functions make none any more. The library has its own copy. */
export function refuseCodeFromText(): void {
  const kinds = [() => {}, function* () {}, async () => {}, async function* () {}];
  for (const kind of kinds) {
    const { prototype } = getPrototypeOf(kind).constructor as { prototype: object };
    const refused = refusing("Function");
    defineProperty(refused, "prototype", { value: prototype });
    defineProperty(prototype, "constructor", { value: refused, writable: false, configurable: false });
    if (kind === kinds[0]) defineProperty(globalThis, "Function", { value: refused });
  }
  deleteProperty(globalThis, "eval");
}

/** Kept, and not of the language, so that Node's flag does not freeze them. */
const OF_THE_HOST = [
  "performance",
  "structuredClone",
  "TextEncoder",
  "TextDecoder",
  "URL",
  "URLSearchParams",
];
const EVENTS = ["AbortController", "AbortSignal", "Event", "EventTarget", "DOMException"];

/** Prototypes on which people, and libraries, shadow what they inherit by an assignment. */
const SHADOWED = [
  Object.prototype,
  Function.prototype,
  Error.prototype,
  RangeError.prototype,
  TypeError.prototype,
];

/** Freezes the host's objects; and the language's own, where Node was not told to. */
function freezeAll(isFrozen: boolean): void {
  const seen = new Set<object>([globalThis]);
  for (const name of [...OF_THE_HOST, ...EVENTS]) freezeReachable(Reflect.get(globalThis, name), seen);
  if (isFrozen) return;
  for (const prototype of SHADOWED) allowShadows(prototype);
  const iterators = [[], new Map(), new Set(), ""].map((value) => value[Symbol.iterator]());
  const generators = [function* () {}, async function* () {}, async () => {}];
  const roots = [
    ...ownKeys(globalThis).map((key) => Reflect.get(globalThis, key)),
    ...iterators,
    ...generators,
  ];
  for (const root of [...roots, "a".matchAll(/a/g)]) freezeReachable(root, seen);
}

/**
 * A frozen prototype forbids the assignment `error.message = …` on what inherits from it. With an accessor in the
 * place of each value it is allowed again, and defines the property where it was assigned.
 */
function allowShadows(prototype: object): void {
  for (const key of ownKeys(prototype)) {
    const found = getOwnPropertyDescriptor(prototype, key);
    if (found?.configurable !== true || !("value" in found)) continue;
    const { value, enumerable = false } = found as { value: unknown; enumerable?: boolean };
    const set = function (this: object, next: unknown): void {
      if (this === prototype) throw new TypeError(`Cannot assign to read only property '${String(key)}'`);
      defineProperty(this, key, { value: next, writable: true, enumerable: true, configurable: true });
    };
    defineProperty(prototype, key, { get: () => value, set, enumerable, configurable: false });
  }
}

/** Freezes an object, its prototypes, and everything that they lead to. */
function freezeReachable(root: unknown, seen: Set<object>): void {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value))
      continue;
    seen.add(value);
    open.push(getPrototypeOf(value));
    for (const key of ownKeys(value)) {
      const found = getOwnPropertyDescriptor(value, key);
      open.push(found?.value, found?.get, found?.set);
    }
    if (!ArrayBuffer.isView(value)) freeze(value);
  }
}
