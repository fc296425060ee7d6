// Models of objects that keep an order: queue, stack, double-ended queue.
import { type Applied, type Model, modelOf } from "./model.js";
import { shown } from "./operation.js";
import {
  equalSpans,
  extend,
  hashOfSpan,
  length,
  type Span,
  spanOf,
  withoutFirst,
  withoutLast,
} from "./span.js";

/** `push` at the back; `pop` takes a value, undefined when there is none. */
export type QueueInput<T> = { readonly op: "push"; readonly value: T } | { readonly op: "pop" };

/** As a stack; `steal` takes from the front. */
export type DequeInput<T> = QueueInput<T> | { readonly op: "steal" };

/** Options of the models of sequences. */
export interface SequenceOptions<T> {
  /** What is in at the start, front first. */
  readonly items?: readonly T[];
  /** With it `push` returns whether there was room; without it what `push` returns is not looked at. */
  readonly capacityItems?: number;
}

/** What these models say of an output. */
export type SequenceOutput<T> = T | boolean | undefined;

/** First in, first out. */
export function queue<T>(options: SequenceOptions<T> = {}): Model<Span<T>, QueueInput<T>, SequenceOutput<T>> {
  return sequence<T, QueueInput<T>>("queue", options, (items) => takeFirst(items));
}

/** Last in, first out. */
export function stack<T>(options: SequenceOptions<T> = {}): Model<Span<T>, QueueInput<T>, SequenceOutput<T>> {
  return sequence<T, QueueInput<T>>("stack", options, (items) => takeLast(items));
}

/** The owner pushes and pops at the back, thieves steal at the front. */
export function deque<T>(options: SequenceOptions<T> = {}): Model<Span<T>, DequeInput<T>, SequenceOutput<T>> {
  return sequence<T, DequeInput<T>>("deque", options, (items, op) =>
    op === "steal" ? takeFirst(items) : takeLast(items),
  );
}

type Taken<T> = Applied<Span<T>, SequenceOutput<T>>;

function sequence<T, I extends DequeInput<T>>(
  name: string,
  { items = [], capacityItems }: SequenceOptions<T>,
  take: (items: Span<T>, op: "pop" | "steal") => Taken<T>,
): Model<Span<T>, I, SequenceOutput<T>> {
  return modelOf<Span<T>, I, SequenceOutput<T>>({
    name,
    init: () => spanOf(items),
    apply(state, input) {
      if (input.op !== "push") return take(state, input.op);
      if (capacityItems === undefined) return { state: extend(state, input.value) };
      return length(state) < capacityItems
        ? { state: extend(state, input.value), output: true }
        : { state, output: false };
    },
    equal: equalSpans,
    hash: hashOfSpan,
    describe(input, output) {
      const call = input.op === "push" ? `push(${shown(input.value)})` : `${input.op}()`;
      const isSeen = output !== undefined && (input.op !== "push" || capacityItems !== undefined);
      return isSeen ? `${call} = ${shown(output.value)}` : call;
    },
    describeState: (state) => shown(state.items.slice(state.from, state.to)),
  });
}

function takeFirst<T>(items: Span<T>): Taken<T> {
  if (length(items) === 0) return { state: items, output: undefined };
  return { state: withoutFirst(items), output: items.items[items.from] };
}

function takeLast<T>(items: Span<T>): Taken<T> {
  if (length(items) === 0) return { state: items, output: undefined };
  return { state: withoutLast(items), output: items.items[items.to - 1] };
}
