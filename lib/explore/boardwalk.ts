// BoardWalk: goes through a program's states by replay and writes them down.
//
// One run goes on from state to state until it ends or comes to a state that is known; then the next run takes a choice
// that was left open. So there are as many runs as ends and joins, not as many as states.
//
// Invariants:
//  I1. A state is known by the way to it, up to what commutes (boardclass.ts); with `isPlain` by the way itself.
//  I2. Where two ways come together, the objects that can be looked at are the same; else goroutines share what
//      operations do not show, and MIXED is thrown.

import {
  compose,
  type G,
  type Listener,
  MisuseError,
  placesOf,
  type Strategy,
  TIMER,
} from "../runtime/index.js";
import { BoardClasses, BoardPast } from "./boardclass.js";
import { BoardEars } from "./boardears.js";
import { endingOf } from "./boardending.js";
import { BoardNames, RunNames } from "./boardnames.js";
import { BoardParts } from "./boardparts.js";
import { type View, viewOf } from "./boardview.js";
import { Recording } from "./recording.js";
import type { Search, Seen } from "./search.js";

/** Thrown through a run that has come to a state that is known, or far enough. */
const PAUSE = Object.freeze({ pause: "nothing new follows" });
/** Thrown when a board grows too large to be walked to all its ends. */
export const TOO_LARGE = Object.freeze({ large: "more states than allowed" });
/** Thrown when ways that should have come to one state have not (I2). */
export const MIXED = Object.freeze({ mixed: "states differ in what operations do not show" });
/** Ways longer than this are walked in breadth only: each run replays its way. */
const MOST_DEEP = 400;

// What a state, a step in it and an index take as JSON, about.
const STATE_BYTES = 26;
const STEP_BYTES = 66;
const NUMBER_BYTES = 4;

/** A choice, and where it leads; -1 as long as nobody has gone there. */
export interface Edge {
  /** The state that it is made in; -1 before the first one. */
  readonly from: number;
  readonly id: number;
  picks: readonly number[];
  to: number;
  log: readonly number[];
}

/** A state. */
export interface Node {
  readonly depth: number;
  readonly via: Edge;
  readonly g: readonly number[];
  readonly o: readonly number[];
  readonly edges: Edge[];
  readonly end?: number;
}

/** How far to go. */
export interface WalkLimits {
  readonly states: number;
  /** Of JSON, about. */
  readonly bytes: number;
  /** True: to the ends of all ways, or TOO_LARGE. False: nearer states first, and no further than `states`. */
  readonly isDeep: boolean;
  readonly isPlain: boolean;
}

export class BoardWalk<S, T> implements Strategy {
  readonly parts = new BoardParts();
  readonly nodes: Node[] = [];
  /** The choices before the first state: more than one when data is chosen before anybody else can run. */
  readonly starts: Edge[] = [];
  readonly #search: Search<S, T>;
  readonly #stateOf: () => S;
  readonly #limits: WalkLimits;
  readonly #byKey = new Map<string, number>();
  readonly #classes = new BoardClasses();
  readonly #names = new BoardNames();
  /** Choices to be taken: from the end when deep, else from the front. */
  readonly #open: Edge[] = [];

  // The run that is made: its choices so far and to come, and where those begin that were not made before.
  #edge: Edge = { from: -1, id: 1, picks: [], to: -1, log: [] };
  #tokens: number[] = [];
  #at = 0;
  #newFrom = 0;
  #bytes = 0;
  #state: S | undefined;
  #recording = new Recording();
  #past = new BoardPast(this.#classes);
  #runNames = new RunNames(this.#names, () => []);
  #ears = new BoardEars(this.#runNames, () => -1);

  /** `stateOf` returns what `setup` has made for the run. */
  constructor(search: Search<S, T>, stateOf: () => S, limits: WalkLimits) {
    this.#search = search;
    this.#stateOf = stateOf;
    this.#limits = limits;
  }

  /** @throws TOO_LARGE, MIXED */
  walk(): void {
    this.starts.push(this.#edge);
    this.#open.push(this.#edge);
    const { isDeep } = this.#limits;
    for (let i = 0; this.#open.length > (isDeep ? 0 : i); i++) {
      if (!isDeep && this.#isFull) return;
      this.#run((isDeep ? this.#open.pop() : this.#open[i]) as Edge);
    }
  }

  get #isFull(): boolean {
    const { states, bytes } = this.#limits;
    return this.nodes.length >= states || this.#bytes >= bytes;
  }

  begin(): void {}

  next(runnable: readonly G[], _last: G | null, hasTimer: boolean): number {
    this.#recording.seal();
    if (this.#at === this.#tokens.length) {
      const ids = runnable.map((g) => g.id).sort((a, b) => a - b);
      const node = this.#arrive(hasTimer ? [...ids, TIMER] : ids);
      if (node === null || !this.#limits.isDeep) throw PAUSE;
      this.#edge = this.#open.pop() as Edge; // the first of its choices
      this.#tokens.push(this.#edge.id);
    }
    this.#ears.isAwake = this.#at >= this.#newFrom;
    const id = this.#tokens[this.#at++] as number;
    if (id === TIMER ? !hasTimer : !runnable.some((g) => g.id === id)) throw notTheSame();
    this.#recording.open(id, (runnable[0] as G).rt.steps);
    return id;
  }

  pick(count: number): number {
    if (this.#at === this.#tokens.length) this.#split(count);
    const option = -1 - (this.#tokens[this.#at++] as number);
    this.#recording.picked(option);
    return option;
  }

  #run(edge: Edge): void {
    this.#edge = edge;
    const before = edge.from < 0 ? [] : this.#tokensTo(edge.from);
    this.#newFrom = before.length;
    this.#tokens = [...before, ...tokensOf(edge)];
    this.#at = 0;
    try {
      const seen = this.#search.run(this, this.#listener());
      this.#end(seen);
    } catch (error) {
      if (error !== PAUSE) throw error;
    }
  }

  #tokensTo(index: number): number[] {
    const ways: number[][] = [];
    for (let at = index; at >= 0; ) {
      const { via } = this.nodes[at] as Node;
      ways.push(tokensOf(via));
      at = via.from;
    }
    return ways.reverse().flat();
  }

  #listener(): Listener | null {
    const recording = new Recording(undefined, this.#limits.isPlain);
    this.#recording = recording;
    this.#past = new BoardPast(this.#classes);
    this.#runNames = new RunNames(this.#names, () => placesOf(this.#state).objects);
    const begin = (): void => {
      this.#state = this.#stateOf(); // a run that fails is played again, with another one
    };
    this.#ears = new BoardEars(this.#runNames, () => recording.events.length - 1, begin);
    this.#ears.isAwake = this.#edge.from < 0;
    return compose([recording, this.#ears]);
  }

  /** The choice of data that comes now was not foreseen: takes the first option, and leaves the others open. */
  #split(count: number): void {
    const { from, id, picks } = this.#edge;
    const siblings = from < 0 ? this.starts : (this.nodes[from] as Node).edges;
    for (let option = count - 1; option > 0; option--) {
      const other: Edge = { from, id, picks: [...picks, option], to: -1, log: [] };
      siblings.push(other);
      this.#open.push(other);
    }
    this.#edge.picks = [...picks, 0];
    this.#tokens.push(-1);
  }

  /** The run stands before a choice between `ids`, or, when that is null, at its end. Null: this state is known. */
  #arrive(ids: readonly number[] | null, ending?: number): Node | null {
    if (this.#at < this.#tokens.length) throw notTheSame();
    const edge = this.#edge;
    const { parts, nodes } = this;
    this.#past.learn(this.#recording.events, this.#ears.told);
    edge.log = this.#ears.log.map((event) => parts.events.indexOf(event));
    this.#ears.log = [];
    this.#bytes += NUMBER_BYTES * edge.log.length;
    const key = `${ids === null ? "end" : ""}${this.#past.key()}`;
    const view = this.#view(edge);
    const g = view.goroutines.map((part) => parts.goroutines.indexOf(part));
    const o = view.objects.map((part) => parts.objects.indexOf(part));
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      edge.to = known;
      const same = nodes[known] as Node;
      if (same.o.join() !== o.join() || same.end !== ending) throw MIXED; // I2
      return null;
    }
    const depth = edge.from < 0 ? 0 : (nodes[edge.from] as Node).depth + 1;
    const { isDeep } = this.#limits;
    if (isDeep && (this.#isFull || depth > MOST_DEEP)) throw TOO_LARGE;
    edge.to = nodes.length;
    const edges = (ids ?? []).map((id): Edge => ({ from: edge.to, id, picks: [], to: -1, log: [] }));
    const node: Node = { depth, via: edge, g, o, edges, ...(ending === undefined ? {} : { end: ending }) };
    nodes.push(node);
    this.#bytes += STATE_BYTES + NUMBER_BYTES * (g.length + o.length) + STEP_BYTES * edges.length;
    this.#byKey.set(key, edge.to);
    this.#open.push(...(isDeep ? [...edges].reverse() : edges));
    return node;
  }

  #view(edge: Edge): View {
    const before = edge.from < 0 ? [] : (this.nodes[edge.from] as Node).g;
    const atOf = (id: number): string =>
      before.map((at) => this.parts.goroutines.list[at]).find((known) => known?.id === id)?.at ?? "";
    return viewOf(this.#ears, this.#runNames, this.#state, atOf);
  }

  #end(seen: Seen<T>): void {
    this.#recording.seal();
    const ending = endingOf(seen, this.#view(this.#edge));
    this.#arrive(null, this.parts.endings.indexOf(ending));
  }
}

function tokensOf({ from, id, picks }: Edge): number[] {
  const data = picks.map((option) => -1 - option);
  return from < 0 ? data : [id, ...data];
}

function notTheSame(): MisuseError {
  return new MisuseError(
    "playBoard: the program did not do the same thing twice. It must make its state in `setup` or in its body, and use no Date, Math.random, host timers or promises.",
  );
}
