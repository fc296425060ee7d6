// A history drawn: each operation a bar from its call to its return, on it the point where it took effect.
//
// Data first, one renderer last: `plot` may draw the same data as a picture.
import type { Linearizability } from "./check.js";
import { ask, type Model } from "./model.js";
import { type Operation, shown } from "./operation.js";

/** One operation of a drawing. Columns are places in time, not times: the first event that is shown stands at 0. */
export interface LinearBar {
  /** Index into the history. */
  readonly operation: number;
  readonly client: number;
  /** The operation in words. */
  readonly label: string;
  readonly from: number;
  /** Absent: it never returned. */
  readonly to?: number;
  /** Its place in the order, from 1; absent when it has none. */
  readonly place?: number;
  /** The column where it takes effect. */
  readonly point?: number;
  /** The state after it, in words. */
  readonly state?: string;
  /** Whether it had to take effect and could not. */
  readonly isStuck: boolean;
}

/** What {@link drawLinear} makes. */
export interface LinearDrawing {
  /** What was found, in one line. */
  readonly title: string;
  /** In order of the calls. */
  readonly bars: readonly LinearBar[];
  readonly columns: number;
  /** How many operations of the part are not shown. */
  readonly hidden: number;
  /** Why it went no further; absent when every operation has a place. */
  readonly reason?: string;
}

/** What to draw. */
export interface DrawOptions {
  /** Which of the partial linearizations, 0 the longest. Default 0. */
  readonly partial?: number;
  /** How many operations at most: the stuck one and those before it. Default 16. */
  readonly operations?: number;
}

/** Characters of a state. */
const LONGEST = 40;

/**
 * Draws what {@link checkLinearizable} found: the part that failed, with the longest order that could be had and the
 * operation that fits nowhere behind it; without a failure the order itself.
 *
 * **Cost:** O(n log n), and one question to the model for every operation placed.
 *
 * @see {@link linearText} for an example
 */
export function drawLinear<S, I, O>(
  history: readonly Operation<I, O>[],
  answer: Linearizability,
  model: Model<S, I, O>,
  options: DrawOptions = {},
): LinearDrawing {
  const part = answer.parts.find(({ verdict }) => verdict === answer.verdict);
  if (part === undefined) return { title: `${model.name}: no operations`, bars: [], columns: 0, hidden: 0 };
  const partial = part.partials[options.partial ?? 0];
  const order = partial?.order ?? part.order;
  const chosen = choose(history, part.operations, order, partial?.stuck, options.operations ?? 16);
  const column = columnsOf(history, chosen);
  const { states, last } = replay(history, order, model);
  const points = pointsOf(history, order, column);
  const place = new Map(order.map((i, k) => [i, k]));
  const bars = chosen.map((i): LinearBar => {
    const operation = history[i] as Operation<I, O>;
    const k = place.get(i);
    return {
      operation: i,
      client: operation.client,
      label: labelOf(model, operation),
      from: column(operation.call),
      ...(operation.return !== undefined && { to: column(operation.return) }),
      ...(k !== undefined && { place: k + 1, point: points[k] as number, state: states[k] as string }),
      isStuck: i === partial?.stuck,
    };
  });
  const ends = chosen.flatMap((i) => [history[i]?.call ?? 0, history[i]?.return ?? 0]);
  return {
    title: titleOf(model, answer, part.key, order.length, part.operations.length),
    bars,
    columns: Math.max(...ends.map(column)) + 1,
    hidden: part.operations.length - chosen.length,
    ...(partial !== undefined && { reason: reasonOf(history, partial.stuck, last, model) }),
  };
}

/** All operations, or the stuck one, what is not placed but was called by then, and the last ones placed. */
function choose(
  history: readonly Operation[],
  operations: readonly number[],
  order: readonly number[],
  stuck: number | undefined,
  most: number,
): number[] {
  const byCall = (list: readonly number[]) =>
    [...list].sort((a, b) => (history[a]?.call ?? 0) - (history[b]?.call ?? 0) || a - b);
  if (operations.length <= most || stuck === undefined) return byCall(operations).slice(0, most);
  const isPlaced = new Set(order);
  const end = history[stuck]?.return ?? Number.POSITIVE_INFINITY;
  const near = operations.filter((i) => i !== stuck && !isPlaced.has(i) && (history[i]?.call ?? 0) <= end);
  const others = near.slice(0, most >> 1);
  return byCall([stuck, ...others, ...order.slice(-Math.max(1, most - 1 - others.length))]);
}

/** Maps a time to its place among the times that are shown; two columns each, so that there is room between. */
function columnsOf(history: readonly Operation[], chosen: readonly number[]): (time: number) => number {
  const ends = chosen.flatMap((i) => [
    history[i]?.call as number,
    history[i]?.return ?? (history[i]?.call as number),
  ]);
  const times = [...new Set(ends)].sort((a, b) => a - b);
  const known = new Map(times.map((time, k) => [time, 2 * k]));
  return (time) => known.get(time) ?? 2 * times.filter((t) => t < time).length;
}

/** The states after each operation of the order, in words, and the last one. */
function replay<S, I, O>(
  history: readonly Operation<I, O>[],
  order: readonly number[],
  model: Model<S, I, O>,
): { states: string[]; last: string } {
  let state = model.init();
  const words = () => clipped(model.describeState?.(state) ?? shown(state));
  const states = order.map((i) => {
    const stepped = ask(model, state, history[i] as Operation<I, O>);
    if (stepped.ok) state = stepped.state;
    return words();
  });
  return { states, last: words() };
}

/** A state that grew long: its end tells more than its beginning. */
function clipped(words: string): string {
  return words.length > LONGEST ? `…${words.slice(1 - LONGEST)}` : words;
}

/** Each operation takes effect behind its call and not before the one ahead of it in the order. */
function pointsOf(
  history: readonly Operation[],
  order: readonly number[],
  column: (t: number) => number,
): number[] {
  let point = 0;
  return order.map((i) => {
    point = Math.max(point, column(history[i]?.call as number) + 1);
    return point;
  });
}

function labelOf<S, I, O>(model: Model<S, I, O>, operation: Operation<I, O>): string {
  const { input, output } = operation;
  const isDone = operation.return !== undefined;
  if (model.describe !== undefined) {
    return isDone ? model.describe(input, { value: output as O }) : model.describe(input);
  }
  return isDone ? `${shown(input)} = ${shown(output)}` : shown(input);
}

function titleOf<S, I, O>(
  model: Model<S, I, O>,
  { verdict, steps }: Linearizability,
  key: unknown,
  placed: number,
  all: number,
): string {
  const what = key === undefined ? model.name : `${model.name}, key ${shown(key)}`;
  if (verdict === "ok") return `${what}: linearizable, ${placed} operations in order`;
  if (verdict === "unknown")
    return `${what}: not decided after ${steps} steps; ${placed} of ${all} operations in order`;
  return `${what}: not linearizable; at most ${placed} of ${all} operations can be put in order`;
}

function reasonOf<S, I, O>(
  history: readonly Operation<I, O>[],
  stuck: number,
  state: string,
  model: Model<S, I, O>,
): string {
  const operation = history[stuck] as Operation<I, O>;
  return `${labelOf(model, operation)} of client ${operation.client} had to take effect before it returned; the state was ${state}`;
}
