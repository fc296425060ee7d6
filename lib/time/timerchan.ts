// TimerChan: the channel of a Timer or Ticker, and the clockwork behind it.
//
// Invariants:
//  I1. Lazy: the deadline is among the run's timers only while somebody waits for the channel. A timer that nobody
//      waits for costs nothing, hides no deadlock, and needs no Stop to be collected. When it is due is found out when
//      somebody asks.
//  I2. At most one tick is kept; while one is kept, nothing is pending among the run's timers.
//  I3. After `stop` and `restart` no older tick can be received (not in the form before Go 1.23).
//
// On the clock `free`, where time may pass at any moment, and in the form before Go 1.23, a deadline is pending without
// a waiter, too.
//
// Source: Go src/runtime/time.go (blockTimerChan, maybeRunChan, unlockAndRun), src/time/sleep.go. Differs: in the form
// before Go 1.23 a ticker with a full channel is not pending, so that it, too, hides no deadlock.

import { type Received, Source } from "../chan/index.js";
import {
  Timer as Deadline,
  inBubble,
  type Runtime,
  releases,
  type Waiter,
  WaitQueue,
} from "../runtime/index.js";

/** No tick is kept. */
const NONE = -1;

/** Tells the clockwork when the first waiter has come and the last one has gone. */
class TimerQueue extends WaitQueue {
  owner: TimerChan | null = null;

  override pushBack(w: Waiter): void {
    super.pushBack(w);
    if (this.length === 1) this.owner?.adjust();
  }

  override remove(w: Waiter): void {
    super.remove(w);
    if (this.length === 0) this.owner?.adjust();
  }
}

export class TimerChan extends Source<number> {
  readonly #rt: Runtime;
  readonly #isAsync: boolean;
  readonly #isEager: boolean;
  #isActive = true;
  #whenNs: number;
  #periodNs: number;
  #keptNs = NONE;
  #deadline: Deadline | null = null;
  /** The synctest bubble that it was made in, on whose clock it runs. */
  readonly #home: Runtime["bubble"];

  /** With `periodNs` 0 it ticks once. `isAsync`: the form before Go 1.23. */
  constructor(rt: Runtime, whenNs: number, periodNs: number, isAsync: boolean) {
    const queue = new TimerQueue();
    super(queue);
    queue.owner = this;
    this.#rt = rt;
    this.#isAsync = isAsync;
    this.#home = rt.bubble;
    this.#isEager = isAsync || (rt.config.clock === "free" && rt.bubble === null);
    this.#whenNs = whenNs;
    this.#periodNs = periodNs;
    releases(this);
    if (this.#isEager) this.adjust();
  }

  get len(): number {
    return this.#isAsync && this.canRecv ? 1 : 0;
  }

  get cap(): number {
    return this.#isAsync ? 1 : 0;
  }

  get canRecv(): boolean {
    if (this.#rt.bubble !== this.#home) return this.#atHome(() => this.canRecv);
    this.#fireIfDue();
    return this.#keptNs !== NONE;
  }

  takeCase(): Received<number> {
    if (this.#rt.bubble !== this.#home) return this.#atHome(() => this.takeCase());
    const value = this.#keptNs / 1e6;
    this.#keptNs = NONE;
    if (this.#isEager) {
      if (this.#isActive && this.#whenNs <= this.#rt.nowNs) this.#skipMissed(); // they were dropped
      this.adjust();
    }
    return { value, ok: true };
  }

  /** Stops. False when it had run out (before Go 1.23: also when its tick was not received yet). */
  stop(): boolean {
    if (this.#rt.bubble !== this.#home) return this.#atHome(() => this.stop());
    if (this.#isAsync) this.#fireIfDue();
    const wasActive = this.#isActive || (!this.#isAsync && this.#keptNs !== NONE);
    this.#isActive = false;
    if (!this.#isAsync) this.#keptNs = NONE; // I3
    this.adjust();
    return wasActive;
  }

  /** Stops and starts anew. */
  restart(whenNs: number, periodNs: number): boolean {
    if (this.#rt.bubble !== this.#home) {
      const leftNs = whenNs - this.#rt.nowNs;
      return this.#atHome(() => this.restart(this.#rt.nowNs + leftNs, periodNs));
    }
    const wasActive = this.stop();
    this.#isActive = true;
    this.#whenNs = whenNs;
    this.#periodNs = periodNs;
    releases(this);
    this.adjust();
    return wasActive;
  }

  /** Puts the deadline among the run's timers, or takes it away, as I1 and I2 say. */
  adjust(): void {
    if (this.#rt.bubble === this.#home) this.#adjust();
    else this.#atHome(() => this.#adjust());
  }

  #adjust(): void {
    const isWanted = this.#isActive && (this.waiters.length > 0 || (this.#isEager && this.#keptNs === NONE));
    const isPending = this.#deadline !== null && this.#deadline.heap !== null;
    if (isWanted === isPending) return;
    if (isWanted) {
      this.#deadline ??= new Deadline(() => this.#fire());
      this.#rt.timers.add(this.#deadline, this.#whenNs);
    } else {
      this.#rt.timers.remove(this.#deadline as Deadline);
    }
  }

  /** A goroutine of a bubble uses a timer from outside, or a timer of a bubble lets somebody go. */
  #atHome<T>(f: () => T): T {
    return inBubble(this.#rt, this.#home, f);
  }

  #fireIfDue(): void {
    if (!this.#isActive || this.#keptNs !== NONE || this.#whenNs > this.#rt.nowNs) return;
    if (this.#deadline !== null) this.#rt.timers.remove(this.#deadline);
    this.#fire();
  }

  #fire(): void {
    const atNs = this.#whenNs;
    if (this.#periodNs > 0) this.#skipMissed();
    else this.#isActive = false;
    if (!this.deliver(atNs / 1e6, true) && this.#keptNs === NONE) this.#keptNs = atNs;
    this.adjust();
  }

  /** Moves to the first tick that is still to come. */
  #skipMissed(): void {
    const lateNs = Math.max(0, this.#rt.nowNs - this.#whenNs);
    this.#whenNs += this.#periodNs * (1 + Math.floor(lateNs / this.#periodNs));
  }
}
