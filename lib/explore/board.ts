// playBoard: a small program as a board that a learner walks, one choice after the other, forwards and backwards.
//
// Invariants:
//  I1. The same program gives the same board: everything comes from replays.
//  I2. At most 20,000 states and 2 MB of JSON. A larger program is shown as deep as that allows, and `claim` says so.
//  I3. Plain values that are the same in all states are left out when there are more than a few, and `claim` says so.
//
// Rejected: a state for every way. Four goroutines of four steps have 63 million ways and a few hundred states.

import type { Body, Program } from "../op/index.js";
import { asProgram, encodeChoices, type RunOptions } from "../runtime/index.js";
import type { Board, BoardObject, BoardState, BoardStep } from "./boarddata.js";
import { BoardWalk, type Edge, MIXED, type Node, TOO_LARGE, type WalkLimits } from "./boardwalk.js";
import { Search } from "./search.js";

const MOST_STATES = 20_000;
const MOST_BYTES = 2_000_000;
/** That many values which never change are shown with the rest. */
const FEW_CONSTANTS = 4;
/** Scheduling steps of one way. */
const MOST_STEPS = 2000;

/** How to make a board. */
export interface BoardOptions extends Pick<RunOptions, "clock" | "maxSteps"> {
  /** What stands above it. Default: the name of the program's main. */
  title?: string;
  /** The exercise or file, for the replay command; its schedules belong to `text`, when that is given. */
  source?: string;
  /** The text that schedule strings belong to. Default: the program's own functions. */
  text?: string;
  /** States at most, from 1 to 20,000 (default). */
  states?: number;
  /** Goroutines share plain variables that no operation shows: keep all ways apart. Found out where `setup` holds them. */
  plain?: boolean;
}

/**
 * Makes a board of a small program: every state that any schedule can bring it into, with what each goroutine is about,
 * who holds which lock, what lies in each channel and variable. `show` displays it: the reader chooses who goes on, walks
 * forwards and backwards, and is told which bug has been produced and how to replay it. It needs no kernel afterwards.
 *
 * The clock is `free` by default: that a timer fires is a choice, and so is which ready case a select takes. Where only
 * one goroutine can go on, it does so by itself.
 *
 * Ways that differ only in the order of steps that have nothing to do with each other come to the same state.
 *
 * **Cost:** a state takes 0.3 to 1 ms, of which each run replays the way to it.
 * **Limits:** 20,000 states or 2 MB of JSON; of a larger program, the states that are near the start.
 * @throws {RangeError} `` playBoard: expected `states` to be an integer from 1 to 20000, got 0 ``
 * @throws {MisuseError} `playBoard: the program did not do the same thing twice. …`
 * @example
 * const board = playBoard({
 *   setup: () => ({ a: new Mutex(), b: new Mutex() }),
 *   *main({ a, b }) {
 *     go(function* other() { yield* b.lock(); yield* a.lock(); a.unlock(); b.unlock(); });
 *     yield* a.lock();
 *     yield* b.lock();
 *     b.unlock();
 *     a.unlock();
 *   },
 * });
 * const verdicts = new Set(board.endings.map((end) => end.verdict));
 * console.log([...verdicts].sort().join()); // prints: global-deadlock,ok
 * await show(board);
 */
export function playBoard<S, T>(program: Program<S, T> | Body<[], T>, options: BoardOptions = {}): Board {
  const { states = MOST_STATES } = options;
  if (!Number.isInteger(states) || states < 1 || states > MOST_STATES) {
    throw new RangeError(
      `playBoard: expected \`states\` to be an integer from 1 to ${MOST_STATES}, got ${String(states)}`,
    );
  }
  const maker = new Maker(program, options);
  let isPlain = options.plain === true;
  for (let bytes = MOST_BYTES, isDeep = true; ; ) {
    const walk = maker.walk({ states, bytes, isDeep, isPlain });
    if (walk === MIXED) isPlain = true;
    else if (!(walk instanceof BoardWalk)) isDeep = false;
    else {
      const board = maker.board(walk, isPlain);
      const size = JSON.stringify(board).length;
      if (size <= MOST_BYTES) return board;
      bytes = 0.95 * bytes * (MOST_BYTES / size);
      isDeep = false;
    }
  }
}

class Maker<S, T> {
  readonly #program: Program<S, T>;
  readonly #search: Search<S, T>;
  readonly #options: BoardOptions;
  #state: S | undefined;

  constructor(program: Program<S, T> | Body<[], T>, options: BoardOptions) {
    const { program: made, source } = asProgram(program);
    this.#program = made;
    this.#options = options;
    const kept: Program<S, T> = {
      ...made,
      setup: () => {
        this.#state = made.setup();
        return this.#state;
      },
      main: (state) => made.main(state),
    };
    const { clock = "free", maxSteps = MOST_STEPS, text = source } = options;
    this.#search = new Search(kept, { clock, maxSteps, source: text }, text);
  }

  /** Walks as far as `limits` allow, or says why not. */
  walk(limits: WalkLimits): BoardWalk<S, T> | typeof TOO_LARGE | typeof MIXED {
    const walk = new BoardWalk(this.#search, () => this.#state as S, limits);
    try {
      walk.walk();
      return walk;
    } catch (error) {
      if (error === TOO_LARGE) return TOO_LARGE;
      if (error === MIXED && !limits.isPlain) return MIXED;
      throw error;
    }
  }

  board(walk: BoardWalk<S, T>, isPlain: boolean): Board {
    const { goroutines, events, endings } = walk.parts;
    const { title = this.#program.main.name || "program", source = "" } = this.#options;
    const [version = "1", , hash = ""] = encodeChoices([], this.#search.hash, this.#search.clock).split(".");
    const { states, objects, constants } = withoutConstants(statesOf(walk), walk.parts.objects.list);
    const isWhole = states.every(({ steps }) => steps.every(({ to }) => to >= 0));
    return {
      kind: "board",
      ...{ title, source, version, hash },
      goroutines: goroutines.list,
      objects,
      events: events.list,
      endings: endings.list,
      states,
      ...(walk.starts.length > 1 ? { isLateStart: true } : {}),
      isWhole,
      claim: `${claimOf(walk.nodes, states, isWhole, isPlain)}${constantsClaim(constants)}`,
    };
  }
}

/** I3. What is the same plain value in all states, numbers of accounts and the like, would hide what changes. */
function withoutConstants(states: readonly BoardState[], list: readonly BoardObject[]) {
  const counts = new Int32Array(list.length);
  for (const { o } of states) for (const at of o) counts[at]!++;
  const most = counts.reduce((a, b) => Math.max(a, b), 0); // a start before the first choice shows nothing
  const isConstant = (part: BoardObject, at: number): boolean =>
    counts[at] === most && part.label === "variable" && part.waiting === undefined;
  const kept = list.flatMap((part, at) => (isConstant(part, at) ? [] : [at]));
  if (list.length - kept.length <= FEW_CONSTANTS) return { states, objects: list, constants: 0 };
  const indexOf = new Map(kept.map((at, i) => [at, i]));
  return {
    states: states.map((state) => ({ ...state, o: state.o.flatMap((at) => indexOf.get(at) ?? []) })),
    objects: kept.map((at) => list[at] as BoardObject),
    constants: list.length - kept.length,
  };
}

function constantsClaim(count: number): string {
  return count === 0 ? "" : ` Not shown: ${count} values that never change.`;
}

function claimOf(
  nodes: readonly Node[],
  states: readonly BoardState[],
  isWhole: boolean,
  isPlain: boolean,
): string {
  const count = `${states.length} ${states.length === 1 ? "state" : "states"}`;
  const apart = isPlain ? ", each way kept apart" : "";
  if (isWhole) return `The whole program: ${count}${apart}.`;
  const cut = nodes.filter((node) => node.edges.some((edge) => edge.to < 0)).map((node) => node.depth);
  return `A part of the program: ${count}, all ways of ${Math.min(...cut)} choices${apart}. What follows is left out, since the board would be too large.`;
}

/** When data is chosen before anybody else can run, a state stands before the first one. */
function statesOf<S, T>({ nodes, starts, parts }: BoardWalk<S, T>): BoardState[] {
  const isLate = starts.length > 1;
  const shift = isLate ? 1 : 0;
  const states = nodes.map(({ g, o, edges, end }): BoardState => {
    const steps = edges.map((edge): BoardStep => {
      const name = g.map((at) => parts.goroutines.list[at]).find((part) => part?.id === edge.id);
      return stepOf(edge, shift, name?.op ?? "the timer fires", (at) => parts.events.list[at]?.text ?? "");
    });
    return { g, o, steps: distinct(steps), ...(end === undefined ? {} : { end }) };
  });
  if (!isLate) return states;
  const main = parts.goroutines.indexOf({ id: 1, name: "main", state: "ready", op: "begin", at: "" });
  const steps = starts.map((edge) => stepOf(edge, shift, "begin", (at) => parts.events.list[at]?.text ?? ""));
  return [{ g: [main], o: [], steps: distinct(steps) }, ...states];
}

function stepOf(edge: Edge, shift: number, words: string, textOf: (event: number) => string): BoardStep {
  const { id, picks, log, to } = edge;
  const chosen =
    picks.length === 0 ? undefined : log.map(textOf).find((text) => text.startsWith("select takes"));
  const option = picks.length === 0 ? "" : ` (option ${picks.map((pick) => pick + 1).join(", ")})`;
  return {
    id,
    picks,
    words: chosen ?? `${words}${option}`,
    log,
    to: to < 0 ? -1 : to + shift,
  };
}

/** Several orders of looking at the cases of a select can come to the same. */
function distinct(steps: readonly BoardStep[]): BoardStep[] {
  return steps
    .filter((step, i) => step.to < 0 || !steps.some((o, k) => k < i && o.id === step.id && o.to === step.to))
    .sort((a, b) => (a.id || 1e9) - (b.id || 1e9) || compareLists(a.picks, b.picks));
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = (a[i] as number) - (b[i] as number);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
