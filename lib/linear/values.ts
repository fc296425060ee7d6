// Models of objects that hold one value: register, register with compare-and-swap, counter, lock; and of those that fall
// apart into such objects by key: set and map.
import { type Applied, type Model, modelOf } from "./model.js";
import { shown } from "./operation.js";

/** What a register can be asked: reads give the value; what a write returns is not looked at. */
export type RegisterInput<T> = { readonly op: "read" } | { readonly op: "write"; readonly value: T };

/** As a register; `cas` writes `to` when the value is `from`, and returns whether it did. */
export type CasRegisterInput<T> = RegisterInput<T> | { readonly op: "cas"; readonly from: T; readonly to: T };

/** A register: one value, read and written. */
export function register<T>(initial: T): Model<T, RegisterInput<T>, T | undefined> {
  return modelOf<T, RegisterInput<T>, T | undefined>({
    name: "register",
    init: () => initial,
    apply: (state, input) => (input.op === "read" ? { state, output: state } : { state: input.value }),
    describe: describeRegister,
  });
}

/** A register with compare-and-swap. */
export function casRegister<T>(initial: T): Model<T, CasRegisterInput<T>, T | boolean | undefined> {
  return modelOf<T, CasRegisterInput<T>, T | boolean | undefined>({
    name: "cas register",
    init: () => initial,
    apply(state, input) {
      if (input.op === "read") return { state, output: state };
      if (input.op === "write") return { state: input.value };
      return Object.is(state, input.from) ? { state: input.to, output: true } : { state, output: false };
    },
    describe: describeRegister,
  });
}

function describeRegister<T>(input: CasRegisterInput<T>, output?: { readonly value: unknown }): string {
  if (input.op === "write") return `write(${shown(input.value)})`;
  const call = input.op === "read" ? "read()" : `cas(${shown(input.from)}, ${shown(input.to)})`;
  return result(call, output);
}

/** What a counter can be asked: `add` returns nothing that is looked at, `addAndGet` the new count, `read` the count. */
export type CounterInput =
  | { readonly op: "add" | "addAndGet"; readonly by: number }
  | { readonly op: "read" };

/** A counter. */
export function counter(initial = 0): Model<number, CounterInput, number | undefined> {
  return modelOf<number, CounterInput, number | undefined>({
    name: "counter",
    init: () => initial,
    apply(count, input) {
      if (input.op === "read") return { state: count, output: count };
      const state = count + input.by;
      return input.op === "add" ? { state } : { state, output: state };
    },
    describe: (input, output) =>
      input.op === "add"
        ? `add(${input.by})`
        : result(input.op === "read" ? "read()" : `addAndGet(${input.by})`, output),
  });
}

/** What a lock can be asked. `tryLock` returns whether it took the lock; `by` is who asks. */
export interface LockInput {
  readonly op: "lock" | "tryLock" | "unlock";
  readonly by: number | string;
}

/** A lock that knows its owner; the state is the owner. An unlock by somebody else has no place in any order. */
export function lock(): Model<number | string | undefined, LockInput, boolean | undefined> {
  return modelOf<number | string | undefined, LockInput, boolean | undefined>({
    name: "lock",
    init: () => undefined,
    apply(owner, { op, by }) {
      if (op === "unlock") return owner === by ? { state: undefined } : undefined;
      if (op === "lock") return owner === undefined ? { state: by } : undefined;
      return owner === undefined ? { state: by, output: true } : { state: owner, output: false };
    },
    describe: ({ op, by }, output) =>
      op === "tryLock" ? result(`${op} by ${by}`, output) : `${op} by ${by}`,
  });
}

/** What a set can be asked: whether the value was not in (`add`), was in (`delete`), is in (`has`). */
export interface SetInput<T> {
  readonly op: "add" | "delete" | "has";
  readonly value: T;
}

/** A set, checked value by value; the state is whether the value is in. */
export function set<T>(): Model<boolean, SetInput<T>, boolean> {
  return modelOf<boolean, SetInput<T>, boolean>({
    name: "set",
    init: () => false,
    partition: ({ value }) => value,
    apply(isIn, { op }) {
      if (op === "add") return { state: true, output: !isIn };
      return { state: op === "has" && isIn, output: isIn };
    },
    describe: ({ op, value }, output) => result(`${op}(${shown(value)})`, output),
  });
}

/**
 * What a map can be asked: `get` returns the value, undefined when there is none; `delete` whether there was one;
 * `append` puts a string behind the one that is there. What `put` and `append` return is not looked at.
 */
export type MapInput<K, V> =
  | { readonly op: "get" | "delete"; readonly key: K }
  | { readonly op: "put" | "append"; readonly key: K; readonly value: V };

/** A map, checked key by key; the state is the value of the key. `initial` is what a key holds at the start. */
export function map<K, V>(initial?: V): Model<V | undefined, MapInput<K, V>, V | boolean | undefined> {
  return modelOf<V | undefined, MapInput<K, V>, V | boolean | undefined>({
    name: "map",
    init: () => initial,
    partition: ({ key }) => key,
    apply: applyMap,
    describe: (input, output) =>
      input.op === "put" || input.op === "append"
        ? `${input.op}(${shown(input.key)}, ${shown(input.value)})`
        : result(`${input.op}(${shown(input.key)})`, output),
  });
}

function applyMap<K, V>(
  state: V | undefined,
  input: MapInput<K, V>,
): Applied<V | undefined, V | boolean | undefined> {
  if (input.op === "put") return { state: input.value };
  if (input.op === "append") {
    // The only values that can be appended to are strings; `V` is one then.
    return { state: `${state === undefined ? "" : String(state)}${String(input.value)}` as V };
  }
  if (input.op === "get") return { state, output: state };
  return { state: undefined, output: state !== undefined };
}

function result(call: string, output?: { readonly value: unknown }): string {
  return output === undefined ? call : `${call} = ${shown(output.value)}`;
}
