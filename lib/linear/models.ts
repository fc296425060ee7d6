// The ready-made models under one name.
import { deque, queue, stack } from "./sequences.js";
import { casRegister, counter, lock, map, register, set } from "./values.js";

/**
 * Ready-made sequential models for {@link checkLinearizable}: `register`, `casRegister`, `counter`, `lock`, `set`
 * (checked value by value), `map` (checked key by key), `queue`, `stack` and `deque`.
 *
 * **Cost:** a step is O(1), but for a sequence that grows in two ways from one state: that is copied once.
 *
 * @example
 * ```ts
 * const history = new History<{ op: "push"; value: string } | { op: "pop" }, string | undefined>();
 * history.end(history.begin(0, { op: "push", value: "a" }), undefined);
 * history.end(history.begin(0, { op: "push", value: "b" }), undefined);
 * history.end(history.begin(0, { op: "pop" }), "b");
 * console.log(checkLinearizable(history.operations, models.stack<string>()).verdict); // prints: ok
 * console.log(checkLinearizable(history.operations, models.queue<string>()).verdict); // prints: illegal
 * ```
 */
export const models = { register, casRegister, counter, lock, set, map, queue, stack, deque } as const;
