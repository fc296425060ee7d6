// Small histories, right and wrong ones, against checkers that try every order and remember nothing.
import fc from "fast-check";
import {
  checkLinearizable,
  checkSequential,
  type Model,
  models,
  type Operation,
  type QueueInput,
  type RegisterInput,
  type SetInput,
} from "happens-before";
import { expect, test } from "vitest";

type Before = (a: Operation, b: Operation) => boolean;
const realTime: Before = (a, b) => a.return !== undefined && a.return < b.call;
const programOrder: Before = (a, b) => a.client === b.client && a.call < b.call;

/** Tries every order of every choice of pending operations; keys are told apart by a map of states. */
function brute<S, I, O>(history: readonly Operation<I, O>[], model: Model<S, I, O>, before: Before): boolean {
  const search = (left: readonly Operation<I, O>[], states: ReadonlyMap<unknown, S>): boolean =>
    left.every((o) => o.return === undefined) ||
    left.some((o) => {
      if (left.some((other) => other !== o && before(other, o))) return false;
      const key = model.partition?.(o.input);
      const state = states.has(key) ? (states.get(key) as S) : model.init();
      const stepped =
        o.return === undefined ? model.pending?.(state, o.input) : model.step(state, o.input, o.output as O);
      if (!stepped?.ok) return false;
      const rest = left.filter((other) => other !== o);
      return search(rest, new Map(states).set(key, stepped.state));
    });
  return search(history, new Map());
}

/** Up to three clients with up to three operations each; times of clients are drawn apart, so they overlap at will. */
function histories<I, O>(
  input: fc.Arbitrary<I>,
  output: (input: I) => fc.Arbitrary<O>,
): fc.Arbitrary<Operation<I, O>[]> {
  const one = input.chain((i) => fc.tuple(fc.constant(i), output(i), fc.nat(3), fc.nat(3)));
  const client = fc.tuple(fc.array(one, { maxLength: 3 }), fc.boolean());
  return fc.array(client, { minLength: 1, maxLength: 3 }).map((clients) =>
    clients.flatMap(([operations, isLastPending], c) => {
      let now = 0;
      return operations.map(([i, o, wait, lasts], k) => {
        const call = now + wait;
        const end = call + lasts;
        now = end + 1;
        const isPending = isLastPending && k === operations.length - 1;
        return { client: c, input: i, call, ...(isPending ? {} : { output: o, return: end }) };
      });
    }),
  );
}

const bit = fc.constantFrom(1, 2);
const maybe = fc.constantFrom(1, 2, undefined);
const registers = histories<RegisterInput<number>, number | undefined>(
  fc.oneof(
    fc.constant({ op: "read" as const }),
    bit.map((value) => ({ op: "write" as const, value })),
  ),
  () => fc.constantFrom(0, 1, 2),
);
const queues = histories<QueueInput<number>, number | undefined>(
  fc.oneof(
    fc.constant({ op: "pop" as const }),
    bit.map((value) => ({ op: "push" as const, value })),
  ),
  () => maybe,
);
const sets = histories<SetInput<number>, boolean>(
  fc.record({ op: fc.constantFrom("add" as const, "delete" as const, "has" as const), value: bit }),
  () => fc.boolean(),
);

/** Both checkers on many histories; both answers must have been seen, or the test would prove nothing. */
function compare<S, I, O>(all: fc.Arbitrary<Operation<I, O>[]>, model: Model<S, I, O>): void {
  const seen = { linear: new Set<string>(), sequential: new Set<string>() };
  fc.assert(
    fc.property(all, (history) => {
      const linear = checkLinearizable(history, model);
      const sequential = checkSequential(history, model);
      seen.linear.add(linear.verdict);
      seen.sequential.add(sequential.verdict);
      expect(linear.verdict).toBe(brute(history, model, realTime) ? "ok" : "illegal");
      expect(sequential.verdict).toBe(brute(history, model, programOrder) ? "ok" : "illegal");
      for (const { verdict, order, operations } of linear.parts) {
        if (verdict !== "ok") continue;
        const part = operations.map((i) => history[i] as Operation<I, O>);
        const rest = part.filter((o) => o.return !== undefined && !order.some((i) => history[i] === o));
        expect(rest).toEqual([]);
      }
    }),
    { numRuns: 3000, seed: 7 },
  );
  expect([seen.linear.size, seen.sequential.size]).toEqual([2, 2]);
}

test("registers: the same verdicts as trying every order (seed 7)", () =>
  compare(registers, models.register(0)));
test("queues: the same verdicts as trying every order (seed 7)", () =>
  compare(queues, models.queue<number>()));
test("sets, checked by key: the same verdicts as trying every order (seed 7)", () =>
  compare(sets, models.set<number>()));
