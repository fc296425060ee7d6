// Foreign: which of the host's sources of chance and time a program uses. Asked only after a program did not do the same
// thing twice: it runs once more, with these sources replaced by ones that tell where they were called.
//
// Invariants:
//  I1. Whatever happens, every source is put back before `foreignUses` returns.
//  I2. A source that cannot be replaced (frozen intrinsics) is not watched.

import { placeOf } from "../event/index.js";
import { captureStack } from "../runtime/index.js";

/** An object, the name of its function, and how a person writes it. */
type Source = readonly [holder: object, key: string, text: string];

const SOURCES: readonly Source[] = [
  [Math, "random", "Math.random"],
  [Date, "now", "Date.now"],
  [globalThis, "Date", "new Date"],
  [performance, "now", "performance.now"],
  [globalThis, "setTimeout", "setTimeout"],
  [globalThis, "setInterval", "setInterval"],
  [globalThis, "setImmediate", "setImmediate"],
  [globalThis, "queueMicrotask", "queueMicrotask"],
  [globalThis.crypto ?? {}, "getRandomValues", "crypto.getRandomValues"],
  [globalThis.crypto ?? {}, "randomUUID", "crypto.randomUUID"],
  [Promise.prototype, "then", "a promise"],
];

/** Runs `run`, which is synchronous, and returns what it used: `Math.random (shop.ts:12:9)`, each source once. */
export function foreignUses(run: () => unknown): string[] {
  const uses = new Map<string, string>();
  const undo: (() => void)[] = [];
  for (const source of SOURCES) watch(source, uses, undo);
  try {
    run();
  } catch {
    // How it ends was seen before.
  } finally {
    for (const restore of undo.reverse()) restore(); // I1
  }
  return [...uses.values()];
}

function watch([holder, key, text]: Source, uses: Map<string, string>, undo: (() => void)[]): void {
  const original: unknown = Reflect.get(holder, key);
  const before = Reflect.getOwnPropertyDescriptor(holder, key);
  if (typeof original !== "function") return;
  const note = (): void => {
    const at = captureStack()[0];
    if (at === undefined || uses.has(text)) return;
    uses.set(text, `${text} (${placeOf(at)}:${at.column})`);
  };
  const replaced = new Proxy(original, {
    apply(target, self: unknown, args: unknown[]): unknown {
      note();
      return Reflect.apply(target as (...args: unknown[]) => unknown, self, args);
    },
    construct(target, args: unknown[], newTarget): object {
      if (args.length === 0) note(); // `new Date(0)` is the same everywhere
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
  if (!Reflect.defineProperty(holder, key, { value: replaced, configurable: true, writable: true })) return; // I2
  undo.push(() => {
    if (before === undefined) Reflect.deleteProperty(holder, key);
    else Reflect.defineProperty(holder, key, before);
  });
}

/** What a program that did not do the same thing twice depends on, as a sentence. `rerun` runs it once more. */
export function blame(rerun: () => unknown): string {
  const uses = foreignUses(rerun);
  return uses.length === 0
    ? "It used neither Date, Math.random, host timers nor promises when it ran again, so it depends on state that setup() does not make afresh."
    : `It depends on the host: it used ${uses.join(", ")}.`;
}
