// Trace: what the goroutines of one thread did, and what its P ran, in the laboratory's trace model.
//
// A thread notes times and addresses; the host puts the threads' notes in order and names the objects.
//
// Invariants:
//  I1. Times are of one clock for all threads (CLOCK_MONOTONIC), so a cause comes before its effect as far as the clock can
//      tell; equal times stay in the order of their thread.

import type { EventData, TurnData } from "../event/index.js";
import { monotonicNs } from "./clock.js";
import { dequeLength } from "./deque.js";
import { globalLength } from "./globalqueue.js";
import type { Goroutine } from "./goroutine.js";
import { addressOfP, G, KIND, Kind, M, S } from "./layout.js";
import type { Scheduler, Witness } from "./scheduler.js";

/** An event, with the address of its object. */
interface Noted {
  readonly ns: number;
  readonly g: number;
  readonly what: EventData["what"];
  readonly op: string;
  readonly object: number;
  readonly kind: number;
  readonly peer?: number;
  readonly value?: string;
}

type Turn = Omit<TurnData, "step">;

/** What one thread noted. */
export interface Notes {
  readonly events: readonly Noted[];
  readonly turns: readonly Turn[];
}

/** Notes what one thread does. */
export class Recorder implements Witness, Notes {
  readonly events: Noted[] = [];
  readonly turns: Turn[] = [];
  readonly #s: Scheduler;
  readonly #startNs: number;
  #isIdle = false;

  constructor(s: Scheduler, startNs: number) {
    this.#s = s;
    this.#startNs = startNs;
  }

  spawned(id: number): void {
    const parent = this.#s.current?.id ?? 0;
    this.#note(parent, "done", "go", 0, { value: String(id) });
  }

  started(g: Goroutine, isStolen: boolean): void {
    this.#note(g.id, "start", isStolen ? "steal" : "start", 0, {});
  }

  done(g: Goroutine, op: string, object: number): void {
    this.#note(g.id, "done", op, object, {});
  }

  parked(g: Goroutine): void {
    this.#note(g.id, "park", g.op, g.object, {});
  }

  woken(g: Goroutine): void {
    const peer = this.#s.i32[g.address + G.WOKEN_BY] as number;
    this.#note(g.id, "wake", g.op, g.object, peer === 0 || g.object === 0 ? {} : { peer });
  }

  exited(g: Goroutine): void {
    this.#note(g.id, "exit", "exit", 0, {});
  }

  failed(g: Goroutine, thrown: unknown): void {
    this.#note(g.id, "panic", "panic", 0, { value: String(thrown).slice(0, 40) });
  }

  turn(proc: number, g: number): void {
    if (proc < 0 || (g === 0 && this.#isIdle)) return;
    this.#isIdle = g === 0;
    const { i32, words } = this.#s;
    const procs = i32[S.PROCS] as number;
    const queued = Array.from({ length: procs }, (_, p) => dequeLength(i32, addressOfP(p)));
    for (let id = 0; id < (i32[S.M_COUNT] as number); id++) {
      const holds = (i32[words.m(id) + M.P] as number) - 1;
      if (holds >= 0) queued[holds] = (queued[holds] as number) + (i32[words.m(id) + M.QUEUED] as number);
    }
    const what = { atNs: this.#now(), proc, queued, global: globalLength(i32) };
    this.turns.push(g === 0 ? what : { ...what, g });
  }

  #note(g: number, what: EventData["what"], op: string, object: number, more: Partial<Noted>): void {
    const kind = object === 0 ? 0 : (this.#s.i32[object + KIND] as number);
    this.events.push({ ns: this.#now(), g, what, op, object, kind, ...more });
  }

  #now(): number {
    return monotonicNs() - this.#startNs;
  }
}

const WORDS: Readonly<Record<number, string>> = {
  [Kind.CHAN]: "chan",
  [Kind.MUTEX]: "mutex",
  [Kind.WAIT_GROUP]: "waitgroup",
};

/** Puts the notes of all threads in order (I1). */
export function merged(notes: readonly Notes[]): {
  readonly events: EventData[];
  readonly turns: TurnData[];
} {
  const names = new Map<number, string>();
  const counts = new Map<string, number>();
  const nameOf = ({ object, kind }: Noted): string => {
    const known = names.get(object);
    if (known !== undefined) return known;
    const word = WORDS[kind] ?? "object";
    const count = (counts.get(word) ?? 0) + 1;
    counts.set(word, count);
    names.set(object, `${word}#${count}`);
    return `${word}#${count}`;
  };
  const sorted = notes.flatMap(({ events }) => events).sort((a, b) => a.ns - b.ns);
  const events = sorted.map((one, step): EventData => {
    const { ns, g, what, op, peer, value } = one;
    return {
      step,
      g,
      what,
      op,
      ...(one.object === 0 ? {} : { object: nameOf(one) }),
      ...(value === undefined ? {} : { value }),
      ...(peer === undefined ? {} : { peer }),
      atNs: ns,
    };
  });
  const turns = notes.flatMap((one) => one.turns).sort((a, b) => a.atNs - b.atNs);
  return { events, turns: turns.map((turn, step) => ({ step, ...turn })) };
}
