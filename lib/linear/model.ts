// Model: what an object does when its operations come one at a time.
//
// Source: Porcupine's Model (github.com/anishathalye/porcupine, model.go). Differs: a partition is a key of one
// operation, not a function over histories; an operation that never returned asks `pending`, so no model has to
// invent an output for it.
import type { Operation } from "./operation.js";

/** What a model says to one operation: it may take effect now and leaves `state`, or it may not. */
export type Stepped<S> = { readonly ok: true; readonly state: S } | { readonly ok: false };

/** The answer of a model that does not allow an operation in a state. */
export const REFUSED: { readonly ok: false } = Object.freeze({ ok: false });

/**
 * A sequential specification. States are values: `step` returns a new one and leaves the old one as it was.
 *
 * A model of states that are not primitive needs `equal`, otherwise two equal states count as two and nothing is saved
 * by remembering them; with `hash` beside it large histories stay fast.
 */
export interface Model<S, I, O> {
  /** Stands in reports, e.g. `queue`. */
  readonly name: string;
  /** The state before the first operation. */
  init(): S;
  /** Whether `input` may give `output` in `state`, and what the state is afterwards. Must be pure. */
  step(state: S, input: I, output: O): Stepped<S>;
  /** The effect of an operation whose output nobody saw. Needed only for histories that hold such operations. */
  pending?(state: S, input: I): Stepped<S>;
  /** Whether two states are the same; `Object.is` by default. */
  equal?(a: S, b: S): boolean;
  /** A 32-bit number, the same for equal states. */
  hash?(state: S): number;
  /** Operations with different keys never touch the same state, so each key is checked alone. */
  partition?(input: I): unknown;
  /** An operation in words, e.g. `write(3)`; `output` is given when it returned. */
  describe?(input: I, output?: { readonly value: O }): string;
  /** A state in words. */
  describeState?(state: S): string;
}

/** What the model says to an operation of a history; one that never returned is asked for by its effect alone. */
export function ask<S, I, O>(model: Model<S, I, O>, state: S, operation: Operation<I, O>): Stepped<S> {
  if (operation.return !== undefined) return model.step(state, operation.input, operation.output as O);
  return model.pending!(state, operation.input); // checked before the search
}

/** One operation applied: the state afterwards, and the only right output; without `output` any is right. */
export interface Applied<S, O> {
  readonly state: S;
  readonly output?: O;
}

/** What {@link modelOf} makes a model of. */
export interface Specification<S, I, O> extends Omit<Model<S, I, O>, "step" | "pending"> {
  /** Applies one operation; undefined when it would have to wait in this state (a lock that is held). */
  apply(state: S, input: I): Applied<S, O> | undefined;
  /** Whether the output seen is the right one; `Object.is` by default. */
  sameOutput?(right: O, seen: O): boolean;
}

/**
 * Makes a model of a deterministic object: one function that says what an operation returns and leaves behind.
 * Operations that never returned are covered too.
 *
 * **Cost:** O(1) beside `apply`.
 *
 * @example
 * ```ts
 * const turnstile = modelOf<number, "enter", number>({
 *   name: "turnstile",
 *   init: () => 0,
 *   apply: (count) => ({ state: count + 1, output: count + 1 }),
 * });
 * const twice = [
 *   { client: 0, input: "enter" as const, output: 1, call: 0, return: 2 },
 *   { client: 1, input: "enter" as const, output: 1, call: 1, return: 3 },
 * ];
 * console.log(checkLinearizable(twice, turnstile).verdict); // prints: illegal
 * ```
 */
export function modelOf<S, I, O>(specification: Specification<S, I, O>): Model<S, I, O> {
  const { apply, sameOutput = Object.is, ...rest } = specification;
  return {
    ...rest,
    step(state, input, output) {
      const applied = apply(state, input);
      if (applied === undefined) return REFUSED;
      if ("output" in applied && !sameOutput(applied.output as O, output)) return REFUSED;
      return { ok: true, state: applied.state };
    },
    pending(state, input) {
      const applied = apply(state, input);
      return applied === undefined ? REFUSED : { ok: true, state: applied.state };
    },
  };
}
