// Admission: who may be inside a lock with several modes, and in which order the others get in. A part of
// FairRWMutex and UpgradableRWMutex.
//
// Invariants:
//  I1. A writer is inside alone; an upgradable holder is inside with readers, but with no second one.
//  I2. Nobody overtakes: while somebody waits, whoever comes queues behind.
//  I3. Who is woken is inside already (hand-off), so nobody can take its place.
//  I4. An upgrade goes before the queue: it holds what those in line wait for. Readers inside finish first.

import { type G, WaitQueue } from "../runtime/index.js";

export const Mode = { READ: 0, UPGRADABLE: 1, WRITE: 2 } as const;
export type Mode = (typeof Mode)[keyof typeof Mode];

export class Admission {
  readonly #queue = new WaitQueue();
  #readers = 0;
  #hasUpgradable = false;
  #hasWriter = false;
  #upgrading: G | null = null;

  /** True when somebody is inside with `mode`. */
  holds(mode: Mode): boolean {
    if (mode === Mode.READ) return this.#readers > 0;
    return mode === Mode.WRITE ? this.#hasWriter : this.#hasUpgradable;
  }

  /** Goroutines in line. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Gets in if that is possible without waiting and overtakes nobody (I2). */
  tryEnter(mode: Mode): boolean {
    if (this.#queue.length > 0 || this.#upgrading !== null || !this.#fits(mode)) return false;
    this.#take(mode);
    return true;
  }

  /** Gets in, or queues `g` and returns false. */
  enter(g: G, mode: Mode): boolean {
    if (this.tryEnter(mode)) return true;
    g.aux = mode;
    this.#queue.pushBack(g);
    g.rt.block(g);
    return false;
  }

  /** Leaves; the caller has checked that somebody is inside with `mode`. */
  exit(mode: Mode): void {
    if (mode === Mode.READ) this.#readers--;
    else if (mode === Mode.UPGRADABLE) this.#hasUpgradable = false;
    else this.#hasWriter = false;
    this.#admit();
  }

  /** Turns an upgradable hold into a writer's if no reader is inside. */
  tryUpgrade(): boolean {
    if (this.#readers > 0) return false;
    this.#hasUpgradable = false;
    this.#hasWriter = true;
    return true;
  }

  /** Turns an upgradable hold into a writer's, or parks `g` until the readers inside have left (I4). */
  upgrade(g: G): boolean {
    if (this.tryUpgrade()) return true;
    this.#upgrading = g;
    g.rt.block(g);
    return false;
  }

  /** Turns a writer's hold into an upgradable one; readers in line get in. */
  downgrade(): void {
    this.#hasWriter = false;
    this.#hasUpgradable = true;
    this.#admit();
  }

  /** Takes a waiter that gives up out of the line; those behind it may get in. False when it was woken already. */
  leave(g: G): boolean {
    if (this.#upgrading === g)
      this.#upgrading = null; // it keeps its upgradable hold
    else if (g.queue === this.#queue) this.#queue.remove(g);
    else return false;
    this.#admit();
    return true;
  }

  #fits(mode: Mode): boolean {
    if (this.#hasWriter) return false; // I1
    if (mode === Mode.READ) return true;
    return !this.#hasUpgradable && (mode === Mode.UPGRADABLE || this.#readers === 0);
  }

  #take(mode: Mode): void {
    if (mode === Mode.READ) this.#readers++;
    else if (mode === Mode.UPGRADABLE) this.#hasUpgradable = true;
    else this.#hasWriter = true;
  }

  /** Lets in whom the state allows, from the head of the line on. O(those let in). */
  #admit(): void {
    const upgrading = this.#upgrading;
    if (upgrading !== null) {
      if (!this.tryUpgrade()) return; // I4
      this.#upgrading = null;
      upgrading.rt.wake(upgrading);
    }
    for (let head = this.#queue.head; head !== null; head = this.#queue.head) {
      const g = head.goroutine;
      const mode = g.aux as Mode;
      if (!this.#fits(mode)) return;
      this.#queue.remove(g);
      this.#take(mode);
      g.rt.wake(g); // I3
    }
  }
}
