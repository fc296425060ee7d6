// Histories of thousands of operations, for Porcupine and for us: made by clients that take turns at random, so they
// are linearizable by construction, until one answer is falsified.
import type { Operation } from "happens-before";

/** A read is `get`, a write `put`; a register has one key. */
export type Input =
  | { readonly op: "read"; readonly key: number }
  | { readonly op: "write"; readonly key: number; readonly value: number }
  | { readonly op: "push"; readonly key: number; readonly value: number }
  | { readonly op: "pop"; readonly key: number };

export interface Sample {
  readonly model: "register" | "map" | "queue";
  readonly operations: readonly Operation<Input, number | undefined>[];
  readonly verdict: "ok" | "illegal";
}

/** Numbers from 0 to 2^32 - 1, the same on every machine (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) % below;
  };
}

interface Running {
  readonly input: Input;
  readonly call: number;
  isDone: boolean;
  output?: number | undefined;
}

/** A queue that holds more is emptied: which of two pushes was first shows when they are popped, so a search of a longer one explodes. */
const BACKLOG = 2;

/** What the real structure does. */
class Structure {
  readonly #values = new Map<number, number>();
  readonly #items: number[] = [];

  /** Pushed and not yet popped. */
  get length(): number {
    return this.#items.length;
  }

  apply(input: Input): number | undefined {
    if (input.op === "read") return this.#values.get(input.key) ?? 0;
    if (input.op === "write") this.#values.set(input.key, input.value);
    else if (input.op === "push") this.#items.push(input.value);
    else return this.#items.shift();
    return undefined;
  }
}

interface Size {
  readonly clients: number;
  readonly count: number;
  readonly keys?: number;
  readonly seed: number;
}

/** A history of `count` operations, at most `clients` of which overlap. */
export function sampleOf(model: Sample["model"], { clients, count, keys = 1, seed }: Size): Sample {
  const pick = numbers(seed);
  const structure = new Structure();
  const running: (Running | undefined)[] = Array.from({ length: clients });
  const operations: Operation<Input, number | undefined>[] = [];
  let made = 0;
  const inputOf = (number: number): Input => {
    const key = pick(keys);
    const takes = pick(2) === 0;
    if (model === "queue") {
      return takes || structure.length > BACKLOG ? { op: "pop", key } : { op: "push", key, value: number };
    }
    return takes ? { op: "read", key } : { op: "write", key, value: pick(10) };
  };
  for (let time = 0; operations.length < count; time++) {
    const client = pick(clients);
    const own = running[client];
    if (own === undefined) {
      if (made < count) running[client] = { input: inputOf(made++), call: time, isDone: false };
    } else if (!own.isDone) {
      own.output = structure.apply(own.input);
      own.isDone = true;
    } else {
      running[client] = undefined;
      operations.push({ client, input: own.input, output: own.output, call: own.call, return: time });
    }
  }
  return { model, operations, verdict: "ok" };
}

/** The same with one read, three quarters on its way, that saw what nobody had written. */
export function falsified(sample: Sample): Sample {
  const from = Math.floor((sample.operations.length * 3) / 4);
  const at = sample.operations.findIndex(
    ({ input }, i) => i >= from && (input.op === "read" || input.op === "pop"),
  );
  const operations = sample.operations.map((o, i) => (i === at ? { ...o, output: 1_000_000 } : o));
  return { ...sample, operations, verdict: "illegal" };
}
