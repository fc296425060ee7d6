// TracedObject: an object whose every property is a plain variable that the scheduler and the detectors can see.

import type { Op } from "../op/index.js";
import { type G, type Operable, type OpKind, operate } from "../runtime/index.js";

const GET: OpKind = { name: "get", wait: "", edge: "own" };
const SET: OpKind = { name: "set", wait: "", edge: "own" };

/**
 * An object for programs under a race detector: as with a struct in Go, two goroutines may use different properties at
 * the same time, and race on the same one. For a map as a whole there is GoMap.
 *
 * **Happens-before:** no edges, as Cell.
 * **Cost:** O(1), never waits.
 * @example
 * const seen = await report(function* () {
 *   const account = new TracedObject({ balance: 100, owner: "ann" }, "account");
 *   go(function* () { yield* account.set("balance", 0); });
 *   yield* account.get("owner");
 *   yield* account.get("balance");
 * }, { detect: ["race"] });
 * console.log(seen.findings[0]?.race?.variable); // prints: account#1.balance
 * @see Go: a struct
 */
export class TracedObject<T extends object> implements Operable {
  readonly label: string;
  readonly #properties: T;

  /** @param label what reports call it, e.g. `account` */
  constructor(properties: T, label = "object") {
    if (typeof properties !== "object" || properties === null) {
      throw new TypeError(`TracedObject: expected \`properties\` to be an object, got ${String(properties)}`);
    }
    this.label = label;
    this.#properties = { ...properties };
  }

  /** Returns the property `key`. */
  get<K extends keyof T>(key: K): Op<T[K]> {
    return operate(GET, this, key);
  }

  /** Replaces the property `key`. */
  set<K extends keyof T>(key: K, value: T[K]): Op<void> {
    return operate(SET, this, { key, value });
  }

  /** Returns the properties without an operation, seen by nobody: for the end of a run, and for prints. */
  peek(): Readonly<T> {
    return this.#properties;
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === GET) {
      g.rt.listener?.access(g, this, String(arg), false);
      g.value = this.#properties[arg as keyof T];
    } else {
      const { key, value } = arg as { key: keyof T; value: T[keyof T] };
      g.rt.listener?.access(g, this, String(key), true);
      this.#properties[key] = value;
    }
    return true;
  }
}
