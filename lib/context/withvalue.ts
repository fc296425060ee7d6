// withValue and withoutCancel: contexts that carry a value, or only values.

import { PanicError } from "../runtime/index.js";
import type { Context } from "./context.js";
import { CANCELLABLE, checkParent, Node, scopeOf } from "./node.js";

/** What Go prints of a key or a value: texts as they are, of anything else the type only. */
function named(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "string") return value;
  if (typeof value === "symbol") return value.toString();
  return typeof value === "object" ? value.constructor.name : typeof value;
}

class ValueCtx extends Node {
  readonly scope: Context | null;

  constructor(parent: Context, key: unknown, value: unknown) {
    super(parent, key, value);
    this.scope = scopeOf(parent);
  }

  protected get suffix(): string {
    return `.WithValue(${named(this.key)}, ${named(this.own)})`;
  }
}

class WithoutCancelCtx extends Node {
  readonly scope = null;

  constructor(parent: Context) {
    super(parent, CANCELLABLE, null);
  }

  protected get suffix(): string {
    return ".WithoutCancel";
  }
}

/**
 * Returns a context below `parent` in which `key` has the value `value`. For values that belong to a request, not for
 * optional parameters. Keys are compared by identity: use a symbol or an object of your own, so that two packages do
 * not collide.
 *
 * **Cost:** O(1); looking a value up is O(contexts above).
 * @throws {PanicError} `cannot create context from nil parent`
 * @throws {PanicError} `nil key`
 * @throws {PanicError} `key is not comparable`, for what Go cannot compare: functions, arrays and maps
 * @example
 * await run(function* () {
 *   const USER = Symbol("user");
 *   const ctx = withValue(background(), USER, "gopher");
 *   console.log(ctx.value(USER), ctx.value("USER")); // prints: gopher undefined
 * });
 * @see Go: context.WithValue
 */
export function withValue(parent: Context, key: unknown, value: unknown): Context {
  checkParent(parent);
  if (key === null || key === undefined) throw new PanicError("nil key");
  if (typeof key === "function" || Array.isArray(key) || key instanceof Map) {
    throw new PanicError("key is not comparable");
  }
  return new ValueCtx(parent, key, value);
}

/**
 * Returns a context with the values of `parent`, but without its cancellation and deadline: for work that must be
 * finished after the request has ended.
 *
 * @throws {PanicError} `cannot create context from nil parent`
 * @example
 * await run(function* () {
 *   const [ctx, cancel] = withCancel(withValue(background(), "id", 7));
 *   const rest = withoutCancel(ctx);
 *   cancel();
 *   console.log(rest.err(), rest.value("id")); // prints: null 7
 * });
 * @see Go: context.WithoutCancel
 */
export function withoutCancel(parent: Context): Context {
  checkParent(parent);
  return new WithoutCancelCtx(parent);
}
