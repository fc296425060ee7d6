// Supervisor: starts children, starts them again when they fail, and gives up when that happens too often.
//
// Invariants:
//  I1. `run` returns or throws after every child has ended: nothing is left behind.
//  I2. More than `maxRestarts` restarts within `withinMs` end everything with SupervisorError.
//  I3. Children are asked to stop by closing their stop channel; nobody can be stopped from outside.
//
// Source: Erlang/OTP's supervisor (one_for_one, one_for_all; permanent and transient children; restart intensity).
// Differs: a child is asked to end instead of killed, since a goroutine can only end itself.

import { Chan } from "../chan/index.js";
import type { Body, Go, Step } from "../op/index.js";
import { FatalError, go, MisuseError, running } from "../runtime/index.js";
import { sleep } from "../time/index.js";
import { atLeast, begin, integer } from "./arguments.js";

/** A child: runs until it has done its work, fails, or receives from `stop` (which is closed then). */
export type Child = Body<[stop: Chan<never>]>;

export interface SupervisorOptions {
  /** `one`: only the child that failed is started again. `all`: all are stopped and started. Default `one`. */
  restart?: "one" | "all";
  /** `failure`: a child that returns has done its work. `always`: it is started again, too. Default `failure`. */
  when?: "failure" | "always";
  /** How many restarts are allowed within `withinMs`. Default 3. */
  maxRestarts?: number;
  /** Default 5,000 milliseconds. */
  withinMs?: number;
  /** The delay before a restart, in milliseconds. Default 0. */
  delayMs?: number;
  /** Called at every failure. */
  onFailure?: (name: string, error: unknown) => void;
}

/** Children failed too often. The cause is the last error. */
export class SupervisorError extends Error {
  override readonly name: string = "SupervisorError";
}

/** A child has ended, or the supervisor is asked to stop. */
type Notice = { readonly name: string; readonly error?: unknown; readonly hasFailed: boolean } | "stop";

/**
 * Keeps a set of children running.
 *
 * **Happens-before:** the end of each child synchronizes before the return of `run`.
 * **Cost:** one goroutine per child; `run` is a generator and is called once.
 * @throws {SupervisorError} `supervisor: more than 3 restarts within 5000 ms; the last one to fail was worker: …`
 * @throws {RangeError} `` Supervisor: expected `maxRestarts` to be an integer >= 0, got -1 `` and the like
 * @example
 * await run(function* () {
 *   let starts = 0;
 *   const supervisor = new Supervisor({
 *     *worker() { if (++starts < 3) throw new Error("crash"); console.log(`start ${starts} works`); },
 *   }); // prints: start 3 works
 *   yield* supervisor.run();
 *   console.log(supervisor.restarts); // prints: 2
 * });
 */
export class Supervisor {
  readonly #children: ReadonlyMap<string, Child>;
  readonly #isOneForAll: boolean;
  readonly #isAlways: boolean;
  readonly #maxRestarts: number;
  readonly #withinMs: number;
  readonly #delayMs: number;
  readonly #onFailure: SupervisorOptions["onFailure"];
  /** Room for one notice per child and one stop, so that nobody waits to tell. */
  readonly #notices: Chan<Notice>;
  readonly #alive = new Map<string, Chan<never>>();
  /** Times of the latest restarts, not older than `withinMs`. */
  #restartsNs: number[] = [];
  #restarts = 0;
  #isStopping = false;

  constructor(children: Readonly<Record<string, Child>>, options: SupervisorOptions = {}) {
    this.#children = new Map(Object.entries(children));
    this.#isOneForAll = options.restart === "all";
    this.#isAlways = options.when === "always";
    this.#maxRestarts = integer("Supervisor", "maxRestarts", options.maxRestarts ?? 3, 0);
    this.#withinMs = atLeast("Supervisor", "withinMs", options.withinMs ?? 5000, 0);
    this.#delayMs = atLeast("Supervisor", "delayMs", options.delayMs ?? 0, 0);
    this.#onFailure = options.onFailure;
    this.#notices = new Chan<Notice>(this.#children.size + 1);
  }

  /** How many restarts there were. */
  get restarts(): number {
    return this.#restarts;
  }

  /** How many children run. */
  get running(): number {
    return this.#alive.size;
  }

  /** Asks all children to stop and `run` to return when they have. A second one does nothing. */
  stop(): Step {
    const isFirst = !this.#isStopping;
    this.#isStopping = true;
    const notices = this.#notices;
    return go(function* stop() {
      if (isFirst) yield* notices.send("stop");
    });
  }

  /** Starts the children and looks after them until all have done their work, or `stop`, or too many failures. */
  *run(): Go {
    for (const [name, child] of this.#children) yield* this.#start(name, child);
    while (this.#alive.size > 0) {
      const notice = (yield* this.#notices.recv()) as Notice;
      if (notice === "stop") return yield* this.#stopAll();
      this.#alive.delete(notice.name);
      if (notice.hasFailed) this.#onFailure?.(notice.name, notice.error);
      if (this.#isStopping || !(notice.hasFailed || this.#isAlways)) continue;
      const isTooOften = this.#countRestart();
      if (isTooOften || this.#isOneForAll) yield* this.#stopAll();
      if (isTooOften) throw this.#gaveUp(notice);
      yield* sleep(this.#delayMs);
      if (this.#isStopping) continue;
      for (const [name, child] of this.#children) {
        if (this.#isOneForAll || name === notice.name) yield* this.#start(name, child);
      }
    }
  }

  #start(name: string, child: Child): Step {
    const stop = new Chan<never>();
    this.#alive.set(name, stop);
    const notices = this.#notices;
    return go(function* supervised() {
      let notice: Notice = { name, hasFailed: false };
      try {
        yield* begin("Supervisor", child, [stop]);
      } catch (error) {
        if (error instanceof FatalError || error instanceof MisuseError) throw error;
        notice = { name, hasFailed: true, error };
      }
      yield* notices.send(notice);
    });
  }

  /** Closes every child's stop channel and waits until all have ended (I1, I3). */
  *#stopAll(): Go {
    for (const stop of this.#alive.values()) yield* stop.close();
    while (this.#alive.size > 0) {
      const notice = (yield* this.#notices.recv()) as Notice;
      if (notice === "stop") continue;
      this.#alive.delete(notice.name);
      if (notice.hasFailed) this.#onFailure?.(notice.name, notice.error);
    }
  }

  /** Notes a restart; true when there are too many (I2). */
  #countRestart(): boolean {
    const { nowNs } = running("run").rt;
    this.#restartsNs = this.#restartsNs.filter((atNs) => nowNs - atNs < this.#withinMs * 1e6);
    if (this.#restartsNs.push(nowNs) > this.#maxRestarts) return true;
    this.#restarts++;
    return false;
  }

  #gaveUp({ name, error }: Exclude<Notice, "stop">): SupervisorError {
    const why = error instanceof Error ? error.message : String(error ?? "it returned");
    return new SupervisorError(
      `supervisor: more than ${this.#maxRestarts} restarts within ${this.#withinMs} ms; the last one to fail was ${name}: ${why}`,
      { cause: error },
    );
  }
}
