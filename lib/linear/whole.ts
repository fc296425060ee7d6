// Whole: a model that is checked key by key, made into one of all keys together.
import { hashOf, mix } from "./hash.js";
import { type Model, REFUSED, type Stepped } from "./model.js";

/** The states of the keys that were touched. Never changed once made. */
type States<S> = ReadonlyMap<unknown, S>;

/** The model over all keys. A step costs O(keys): it copies the map. */
export function whole<S, I, O>(model: Model<S, I, O>): Model<States<S>, I, O> {
  const equal = model.equal?.bind(model) ?? Object.is;
  const hash = model.hash?.bind(model) ?? (model.equal === undefined ? hashOf : () => 0);
  const { pending } = model;
  const of = (states: States<S>, key: unknown): S => {
    const state = states.get(key);
    return state !== undefined || states.has(key) ? (state as S) : model.init();
  };
  const moved = (states: States<S>, key: unknown, stepped: Stepped<S>): Stepped<States<S>> =>
    stepped.ok ? { ok: true, state: new Map(states).set(key, stepped.state) } : REFUSED;
  return {
    name: model.name,
    init: () => new Map(),
    step(states, input, output) {
      const key = model.partition?.(input);
      return moved(states, key, model.step(of(states, key), input, output));
    },
    ...(pending !== undefined && {
      pending(states: States<S>, input: I) {
        const key = model.partition?.(input);
        return moved(states, key, pending.call(model, of(states, key), input));
      },
    }),
    equal(a, b) {
      if (a.size !== b.size) return false;
      for (const [key, state] of a) if (!b.has(key) || !equal(state, b.get(key) as S)) return false;
      return true;
    },
    hash(states) {
      let h = 0;
      for (const [key, state] of states) h ^= mix(Math.imul(hashOf(key), 31) + hash(state));
      return h;
    },
  };
}
