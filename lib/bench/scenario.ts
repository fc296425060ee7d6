// Scenario: what a measurement runs: shared state, and the roles that threads play on it.
import type { Shareable } from "../threads/index.js";
import type { Keys, Player } from "./player.js";

/** What one kind of thread does. */
export interface Role<A extends Shareable[]> {
  /** How many threads play this role. */
  readonly threads: number;
  /**
   * One operation, timed as a whole. It runs on a thread of its own and sees only its parameters and the
   * globals of JavaScript; the library arrives as `t.threads`, the dice as `t.reads()`, `t.key()`, `t.hold()`.
   */
  op(t: Player, ...args: A): void;
  /** Closed loop: pause between the end of one operation and the start of the next. Default 0. */
  readonly thinkNs?: number;
  /**
   * Open loop: operations arrive at this fixed rate on each thread, whether the last one is finished or not.
   * A thread that is late catches up, and each operation's corrected latency counts from its arrival.
   */
  readonly rateHz?: number;
  /** In which share of the calls `t.reads()` is true. Default 1. */
  readonly readRatio?: number;
  /** How long `t.hold()` keeps the processor busy. Default 0. */
  readonly holdNs?: number;
  /** Which numbers `t.key()` gives, and how often. Default: 1024, all alike. */
  readonly keys?: Keys;
}

/** A structure under contention. */
export interface Scenario<A extends Shareable[] = Shareable[]> {
  /** Makes the shared state, afresh for every round, on the thread that calls `contend`. */
  share(): A;
  readonly roles: Readonly<Record<string, Role<A>>>;
}

/** Variants by name; each may share something else. (`[] |` lets `share: () => [lock, 3]` be a pair, not a list.) */
export type Variants<V extends Record<string, [] | Shareable[]>> = {
  readonly [K in keyof V]: Scenario<V[K]>;
};

/**
 * Returns what it is given; gives a scenario that stands alone its types, so that `op` knows what `share` made.
 *
 * @example
 * const counter = scenario({
 *   share: () => [new Int32Array(new SharedArrayBuffer(4))],
 *   roles: { adder: { threads: 2, op: (_t, cell) => void Atomics.add(cell, 0, 1) } },
 * });
 */
export function scenario<A extends [] | Shareable[]>(spec: Scenario<A>): Scenario<A> {
  return spec;
}

/**
 * Checks a set of variants before any thread starts.
 *
 * @throws {TypeError} `` contend: expected at least one variant, got none ``
 * @throws {TypeError} `` contend: variant "a": expected `share` to be a function, got undefined ``
 * @throws {TypeError} `` contend: variant "a" has no roles ``
 * @throws {TypeError} `` contend: role "reader" of "a": expected `op` to be a function, got undefined ``
 * @throws {RangeError} `` contend: role "reader" of "a": expected `threads` to be an integer >= 1, got 0 ``
 * @throws {RangeError} `` contend: role "reader" of "a": expected `rateHz` to be a number > 0, got -5 ``
 * @throws {RangeError} `` contend: role "reader" of "a": expected `thinkNs` to be a number >= 0, got -5 ``
 * @throws {RangeError} `` contend: role "reader" of "a": expected `readRatio` to be a number from 0 to 1, got 95 ``
 * @throws {RangeError} `` contend: role "reader" of "a": expected `keys.count` to be an integer from 1 to 16777216, got 0 ``
 * @throws {TypeError} `` contend: role "reader" of "a": `rateHz` (arrivals at a fixed rate) and `thinkNs` (pause after each operation) exclude each other ``
 */
export function checkVariants(variants: Readonly<Record<string, Scenario>>): void {
  const names = Object.keys(variants);
  if (names.length === 0) throw new TypeError("contend: expected at least one variant, got none");
  for (const name of names) {
    const scenario = variants[name] as Scenario;
    if (typeof scenario?.share !== "function") {
      throw new TypeError(
        `contend: variant "${name}": expected \`share\` to be a function, got ${typeof scenario?.share}`,
      );
    }
    const roles = Object.entries(scenario.roles ?? {});
    if (roles.length === 0) throw new TypeError(`contend: variant "${name}" has no roles`);
    for (const [role, spec] of roles) checkRole(`role "${role}" of "${name}"`, spec);
  }
}

function checkRole(where: string, role: Role<Shareable[]>): void {
  if (typeof role.op !== "function") {
    throw new TypeError(`contend: ${where}: expected \`op\` to be a function, got ${typeof role.op}`);
  }
  if (!Number.isSafeInteger(role.threads) || role.threads < 1) {
    throw new RangeError(
      `contend: ${where}: expected \`threads\` to be an integer >= 1, got ${String(role.threads)}`,
    );
  }
  if (role.rateHz !== undefined && !(role.rateHz > 0 && role.rateHz < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`contend: ${where}: expected \`rateHz\` to be a number > 0, got ${role.rateHz}`);
  }
  if (role.thinkNs !== undefined && !(role.thinkNs >= 0 && role.thinkNs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`contend: ${where}: expected \`thinkNs\` to be a number >= 0, got ${role.thinkNs}`);
  }
  checkDice(where, role);
  if (role.rateHz !== undefined && role.thinkNs !== undefined) {
    throw new TypeError(
      `contend: ${where}: \`rateHz\` (arrivals at a fixed rate) and \`thinkNs\` (pause after each operation) exclude each other`,
    );
  }
}

const MOST_KEYS = 2 ** 24;

function checkDice(
  where: string,
  { readRatio = 1, holdNs = 0, keys = { count: 1 } }: Role<Shareable[]>,
): void {
  const wrong = (name: string, expected: string, got: unknown): RangeError =>
    new RangeError(`contend: ${where}: expected \`${name}\` to be ${expected}, got ${String(got)}`);
  if (!(readRatio >= 0 && readRatio <= 1)) throw wrong("readRatio", "a number from 0 to 1", readRatio);
  if (!(holdNs >= 0 && holdNs < Number.POSITIVE_INFINITY)) throw wrong("holdNs", "a number >= 0", holdNs);
  const { count, zipf = 1 } = keys;
  if (!Number.isInteger(count) || count < 1 || count > MOST_KEYS) {
    throw wrong("keys.count", `an integer from 1 to ${MOST_KEYS}`, count);
  }
  if (!(zipf > 0 && zipf < Number.POSITIVE_INFINITY)) throw wrong("keys.zipf", "a number > 0", zipf);
}

/** How many threads a variant needs. */
export function threadsOf(scenario: Scenario): number {
  return Object.values(scenario.roles).reduce((sum, role) => sum + role.threads, 0);
}
