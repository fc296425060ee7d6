// select: waits for the first of several channel operations between threads.
//
// Invariants:
//  I1. At most one case happens. Buffered channels only wake a select, which then tries by itself; a counterpart at an unbuffered
//      one commits it by taking its ticket. Before the select tries anything it withdraws its ticket, so both cannot happen.
//  I2. It notes itself at every channel before it looks at them a second time. So what becomes ready after the first look is
//      seen, or wakes it.
//  I3. The cases are tried from a random one on, so each that stays ready is taken in time.
//  I4. It leaves every channel as if it had never come, whichever way it ends.
//
// Source: Go src/runtime/select.go (selectgo). Differs: no lock on all channels at once; two selects that meet may both withdraw and
// try again, of which one succeeds. The random start is not Go's random order, which nobody can tell for ready channels
// that stay ready.

import { checkTimeout, parkTask, parkThread, type SlowPath, type WaitOptions } from "./park.js";
import { lookAfter } from "./roster.js";
import type { ChannelCase, DefaultCase, Outcome, RecvCase } from "./selectcase.js";
import { checkMayBlock } from "./thread.js";
import {
  MOST_CASES,
  openTicket,
  returnTicket,
  takeTicket,
  ticketWord,
  ticketWords,
  withdraw,
} from "./tickets.js";

/** How often a select looks at a channel that had no room for its note. */
const CROWDED_LOOK_MS = 1;

/** One case of a select between threads. */
export type ThreadCase = ChannelCase | DefaultCase;

type CaseValue<C> = C extends RecvCase<infer T> ? T | undefined : undefined;
type IndexOf<K> = K extends `${infer N extends number}` ? N : number;

/** The case that happened: its `index`, and for a receive its `value` and `ok`. */
export type ThreadSelected<C extends readonly unknown[]> = {
  [K in keyof C]: { index: IndexOf<K>; value: CaseValue<C[K]>; ok: boolean };
}[number];

/** What a select with a time limit returns when it passed. */
export interface TimedOut {
  readonly index: -1;
  readonly value: undefined;
  readonly ok: false;
}

interface Taken {
  readonly index: number;
  readonly value: unknown;
  readonly ok: boolean;
}

const TIMED_OUT: TimedOut = { index: -1, value: undefined, ok: false };

/**
 * Sleeps until one of the cases can happen, does it, and returns which. Refused on the main thread, except with `onDefault()`.
 *
 * Among several that are ready the choice is fair. A closed channel is ready: receiving from it gives `ok: false`, sending to it throws.
 *
 * **Happens-before:** as the send or receive that happened.
 * **Cost:** as that operation when a case is ready; else a note at each channel and a sleep.
 * **Limits:** at most 509 cases; for `Queue`, `Chan` and `Ring`. More than 16 selects at once on a buffered channel, or waits on an
 * unbuffered one, or 4 on one side of a ring: the others look every millisecond.
 *
 * @throws {ChannelError} `send on closed channel`
 * @throws {RangeError} `select: expected 1 to 509 cases, got 0`
 * @example
 * const [jobs, stop] = [new Queue(), new Chan<string>({ capacityItems: 0 })];
 * const working = team(1, (t, jobs, stop) => {
 *   const got = t.threads.select(jobs.onRecv(), stop.onRecv());
 *   return got.index === 0 ? `job ${got.value}` : got.value;
 * }, { args: [jobs, stop] });
 * await stop.sendAsync("stopped");
 * console.log(await working); // prints: [ 'stopped' ]
 * @see Go: select, src/runtime/select.go
 */
export function select<C extends readonly ThreadCase[]>(...cases: C): ThreadSelected<C> {
  return selectSync(cases, Number.POSITIVE_INFINITY) as ThreadSelected<C>;
}

/** Like `select`, for at most `timeoutMs` milliseconds: then `{ index: -1, value: undefined, ok: false }`. */
export function selectFor<C extends readonly ThreadCase[]>(
  timeoutMs: number,
  ...cases: C
): ThreadSelected<C> | TimedOut {
  checkTimeout("selectFor", timeoutMs);
  return selectSync(cases, timeoutMs) as ThreadSelected<C> | TimedOut;
}

/**
 * Like `select` without blocking the thread. `{ index: -1, value: undefined, ok: false }` after `timeoutMs`; rejects with the signal's
 * reason when aborted. Neither leaves anything behind at the channels.
 *
 * @example
 * const [a, b] = [new Queue(), new Queue()];
 * b.trySend(7);
 * console.log(await selectAsync([a.onRecv(), b.onRecv()])); // prints: { index: 1, value: 7, ok: true }
 * console.log((await selectAsync([a.onRecv()], { timeoutMs: 5 })).index); // prints: -1
 */
export async function selectAsync<const C extends readonly ThreadCase[]>(
  cases: C,
  options: WaitOptions = {},
): Promise<ThreadSelected<C> | TimedOut> {
  if (options.timeoutMs !== undefined) checkTimeout("selectAsync", options.timeoutMs);
  options.signal?.throwIfAborted();
  checkCases(cases);
  const wait = new SelectWait(cases);
  if (!wait.tryNow()) await parkTask(ticketWords, wait.path(), options);
  return (wait.taken ?? TIMED_OUT) as ThreadSelected<C> | TimedOut;
}

function selectSync(cases: readonly ThreadCase[], timeoutMs: number): Taken {
  checkCases(cases);
  const hasDefault = cases.some(({ kind }) => kind === "default");
  if (!hasDefault) checkMayBlock("select", "await selectAsync([…cases])");
  const wait = new SelectWait(cases);
  if (!wait.tryNow()) parkThread(ticketWords, wait.path(), timeoutMs);
  return wait.taken ?? TIMED_OUT;
}

function checkCases(cases: readonly ThreadCase[]): void {
  if (cases.length >= 1 && cases.length <= MOST_CASES) return;
  throw new RangeError(`select: expected 1 to ${MOST_CASES} cases, got ${cases.length}`);
}

/** One wait for several cases. Also what an unbuffered channel's own send and receive are: a wait for one case. */
export class SelectWait {
  /** What happened, once it has. */
  taken: Taken | undefined;
  readonly #cases: readonly ThreadCase[];

  constructor(cases: readonly ThreadCase[]) {
    this.#cases = cases;
  }

  /** Does one that is ready, else the default. */
  tryNow(): boolean {
    const cases = this.#cases;
    const first = cases.length === 1 ? 0 : Math.floor(Math.random() * cases.length); // I3
    let fallback = -1;
    for (let i = 0; i < cases.length; i++) {
      const index = (first + i) % cases.length;
      const one = cases[index]!;
      if (one.kind === "default") fallback = index;
      else if (this.#take(index, one.attempt())) return true;
    }
    return fallback >= 0 && this.#take(fallback, { value: undefined, ok: false });
  }

  /** Waits until one has happened. */
  *path(): SlowPath {
    const ticket = takeTicket();
    try {
      for (let looks = 0; ; ) {
        const stamp = openTicket(ticket);
        const isNoted = this.#enlist(ticket, stamp); // I2
        const isReady = this.#some((one) => one.isReady(ticket));
        const wake = isReady
          ? "ok"
          : yield [ticketWord(ticket), stamp, isNoted ? lookAfter(looks) : CROWDED_LOOK_MS];
        const claimed = withdraw(ticket, stamp); // I1
        if (claimed >= 0 && this.#finish(ticket, claimed)) return true;
        this.#strike(ticket); // I4
        if (wake === "look") {
          looks++;
          this.#some((one) => void one.look());
        }
        if (this.tryNow()) return true;
        if (wake === "timed-out") return false;
      }
    } finally {
      this.#strike(ticket); // I4: also when a case has thrown
      returnTicket(ticket);
    }
  }

  #enlist(ticket: number, stamp: number): boolean {
    let isNoted = true;
    for (const [index, one] of this.#cases.entries()) {
      if (one.kind !== "default" && !one.enlist(ticket, stamp, index)) isNoted = false;
    }
    return isNoted;
  }

  #strike(ticket: number): void {
    for (const one of this.#cases) if (one.kind !== "default") one.strike(ticket);
  }

  #some(test: (one: ChannelCase) => boolean | undefined): boolean {
    return this.#cases.some((one) => one.kind !== "default" && test(one) === true);
  }

  #finish(ticket: number, index: number): boolean {
    const one = this.#cases[index];
    return one !== undefined && one.kind !== "default" && this.#take(index, one.finish(ticket));
  }

  #take(index: number, outcome: Outcome | null): boolean {
    if (outcome === null) return false;
    this.taken = { index, value: outcome.value, ok: outcome.ok };
    return true;
  }
}
