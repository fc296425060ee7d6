// Histories of real threads: what each thread called and got back, in shared memory, and when, by one shared clock.
//
// Invariants:
//  I1. The clock is one atomic counter, read with an addition: before the call and after the return. So a stamp that is less
//      than another one was taken before it, on whatever thread; no clock of the machine promises that.
//  I2. A record lies in shared memory from its call on. What a thread did not return from, because it died, is pending.
//
// Three steps: `newLog` on the caller's side, `recorder` on each thread's, and `judge` when the team is over.
import {
  checkLinearizable,
  type DequeInput,
  drawLinear,
  type Linearizability,
  linearText,
  type MapInput,
  type Model,
  type Operation,
  type RegisterInput,
} from "happens-before";
import { carry } from "happens-before/threads";

const FIELDS = 6;
/** Of one search; longer ones are `unknown`. */
const MOST_MS = 10_000;

/** The records of one history. Plain data over shared memory: hand it to a team among the arguments. */
export interface Log {
  readonly clock: Int32Array;
  /** Records of each thread: how many it has begun. */
  readonly begun: Int32Array;
  /** Six numbers a record: code, first and second argument, output, call, return. */
  readonly records: Float64Array;
  readonly operationsEach: number;
}

/** What a thread records with. */
export interface Recorder {
  /** Notes a call: a code (see `Decoder`) and at most two numbers. */
  begin(code: number, first?: number, second?: number): void;
  /** Notes the return of the last call. */
  end(output: number | boolean | undefined): void;
  /** Takes the last call back: it did nothing, and so has no place in the history (a try that may fail for no reason). */
  forget(): void;
}

/** An empty log for `threads` threads with at most `operationsEach` operations each. */
export function newLog(threads: number, operationsEach: number): Log {
  return {
    clock: new Int32Array(new SharedArrayBuffer(4)),
    begun: new Int32Array(new SharedArrayBuffer(threads * 4)),
    records: new Float64Array(new SharedArrayBuffer(threads * operationsEach * FIELDS * 8)),
    operationsEach,
  };
}

/** Makes a thread's recorder; hand it to the team beside the log: `recorder(log, t.id)`. */
export const recorder = carry((log: Log, thread: number): Recorder => {
  const { add, store } = Atomics; // as they are now: another module may replace them for what it watches
  const { clock, begun, records, operationsEach } = log;
  const fields = 6;
  let at = 0;
  let count = 0;
  return {
    begin(code, first = Number.NaN, second = Number.NaN) {
      at = (thread * operationsEach + count) * fields;
      if (count++ >= operationsEach)
        throw new RangeError(`the log has room for ${operationsEach} operations`);
      records[at] = code;
      records[at + 1] = first;
      records[at + 2] = second;
      records[at + 5] = 0; // has not returned
      store(begun, thread, count);
      records[at + 4] = add(clock, 0, 1) + 1; // I1: the last thing before the call
    },
    end(output) {
      const stamp = add(clock, 0, 1) + 1; // I1: the first thing after the return
      records[at + 3] = output === undefined ? Number.NaN : Number(output);
      records[at + 5] = stamp;
    },
    forget() {
      store(begun, thread, --count);
      records[at + 4] = 0;
    },
  };
});

/** What a code means: the input in words of the model, and of what kind its output is. */
export interface Decoder<I> {
  input(first: number, second: number): I;
  /** `number`: NaN stands for undefined. */
  readonly output: "number" | "boolean" | "none";
}

/** The operations of a log; the codes are places in `decoders`. */
export function operationsOf<I>(
  log: Log,
  decoders: readonly Decoder<I>[],
): Operation<I, number | boolean | undefined>[] {
  const { records, begun, operationsEach } = log;
  const operations: Operation<I, number | boolean | undefined>[] = [];
  for (const [client, count] of begun.entries()) {
    for (let i = 0; i < count; i++) {
      const at = (client * operationsEach + i) * FIELDS;
      const [code, first, second, output, call, end] = records.subarray(
        at,
        at + FIELDS,
      ) as unknown as number[];
      if (call === 0) continue; // died between the two stores of `begin`: it was not called
      const decoder = decoders[code!]!;
      const isOver = end !== 0;
      operations.push({
        client,
        input: decoder.input(first!, second!),
        call: call!,
        ...(isOver && { output: decoded(decoder.output, output!), return: end! }),
      });
    }
  }
  return operations;
}

function decoded(kind: Decoder<unknown>["output"], output: number): number | boolean | undefined {
  if (kind === "none" || Number.isNaN(output)) return undefined;
  return kind === "boolean" ? output === 1 : output;
}

/** `push` says whether there was room, `pop` and `steal` what they took: codes 0, 1 and 2. For queues, stacks and deques. */
export const SEQUENCE: readonly Decoder<DequeInput<number>>[] = [
  { input: (value) => ({ op: "push", value }), output: "boolean" },
  { input: () => ({ op: "pop" }), output: "number" },
  { input: () => ({ op: "steal" }), output: "number" },
];

/** `read` and `write`: codes 0 and 1. For whatever holds one number at a time. */
export const REGISTER: readonly Decoder<RegisterInput<number>>[] = [
  { input: () => ({ op: "read" }), output: "number" },
  { input: (value) => ({ op: "write", value }), output: "none" },
];

/** `get`, `put` and `delete`: codes 0, 1 and 2. For maps from numbers to numbers. */
export const MAP: readonly Decoder<MapInput<number, number>>[] = [
  { input: (key) => ({ op: "get", key }), output: "number" },
  { input: (key, value) => ({ op: "put", key, value }), output: "none" },
  { input: (key) => ({ op: "delete", key }), output: "boolean" },
];

/** Checks the log against a model. `text` draws the history when it is illegal; else it is empty. */
export function judge<S, I>(
  log: Log,
  decoders: readonly Decoder<I>[],
  model: Model<S, I, number | boolean | undefined>,
): { readonly verdict: Linearizability["verdict"]; readonly operations: number; readonly text: string } {
  const history = operationsOf(log, decoders);
  const overMs = performance.now() + MOST_MS;
  const answer = checkLinearizable(history, model, { isOver: () => performance.now() > overMs });
  const text = answer.verdict === "illegal" ? linearText(drawLinear(history, answer, model)) : "";
  return { verdict: answer.verdict, operations: history.length, text };
}

/** Takes all operations out of the log, for the next round. When nobody records. */
export function clearLog(log: Log): void {
  log.clock.fill(0);
  log.begun.fill(0);
  log.records.fill(0);
}
