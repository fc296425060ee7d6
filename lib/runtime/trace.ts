// Trace: what every goroutine did, step by step. Attached to a run only when somebody asked for events.

import { inspect } from "node:util";
import type { EventData, Position, TurnData } from "../event/index.js";
import type { G } from "./g.js";
import { Listener } from "./listener.js";
import { ObjectNames } from "./objectnames.js";
import type { Operable, OpKind } from "./opkind.js";
import { captureStack } from "./stack.js";

const SHORT = 40;

function short(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, compact: true });
  return text.length <= SHORT ? text : `${text.slice(0, SHORT - 1)}…`;
}

export class Trace extends Listener {
  readonly events: EventData[] = [];
  /** Told by the scheduler `gmp`. */
  readonly turns: TurnData[] = [];
  readonly names = new ObjectNames();
  readonly #sites = new WeakMap<G, Position>();
  readonly #callers = new WeakMap<G, readonly Position[]>();
  readonly #spawnSites = new WeakMap<G, Position>();
  readonly #wokenBy = new WeakMap<G, number>();
  #tasks = 0;

  /** `mutex#1`: the class of an object and its number in order of first use. */
  nameOf(object: Operable): string {
    return this.names.nameOf(object);
  }

  /** Called when `g` creates an operation: keeps the line it stands on. */
  override site(g: G, _kind: OpKind | null = null): void {
    const [at, ...callers] = captureStack();
    if (at !== undefined) this.#sites.set(g, at);
    this.#callers.set(g, callers);
  }

  /** Where `g` created its last operation. */
  siteOf(g: G): Position | undefined {
    return this.#sites.get(g);
  }

  override spawned(g: G, by: G | null): void {
    const at = by === null ? undefined : this.#sites.get(by);
    if (at !== undefined) this.#spawnSites.set(g, at);
  }

  spawnSite(g: G): Position | undefined {
    return this.#spawnSites.get(g);
  }

  /** Called when somebody makes a waiting goroutine runnable. */
  override woke(g: G, by: G | null): void {
    if (by !== null) this.#wokenBy.set(g, by.id);
  }

  override start(g: G): void {
    this.add(g, "start", null, null);
  }

  override done(g: G, kind: OpKind, object: Operable, arg: unknown, value: unknown): void {
    this.add(g, "done", kind, object, value ?? arg);
  }

  override park(g: G, arg: unknown): void {
    this.add(g, "park", g.kind, g.object, arg);
  }

  override wake(g: G): void {
    this.add(g, "wake", g.kind, g.object, g.value);
  }

  override panic(g: G, thrown: unknown): void {
    this.add(g, "panic", g.kind, g.object, thrown);
  }

  override exit(g: G, result: unknown): void {
    this.add(g, "exit", null, null, result);
  }

  /** The number of a new task of the user's. */
  newTask(): number {
    return ++this.#tasks;
  }

  /** What the program says about its own work: no operation, nobody else can run meanwhile. */
  annotate(g: G, op: string, value: string, task: number): void {
    this.site(g);
    const at = this.#sites.get(g);
    this.push({
      step: g.rt.steps,
      g: g.id,
      what: "done",
      op,
      value,
      ...(task === 0 ? {} : { task }),
      atNs: g.rt.nowNs,
      ...(at === undefined ? {} : { at }),
    });
  }

  push(event: EventData): void {
    this.events.push(event);
  }

  add(g: G, what: EventData["what"], kind: OpKind | null, object: Operable | null, value?: unknown): void {
    const at = this.#sites.get(g);
    const shown = short(value);
    const peer = what === "wake" ? this.#wokenBy.get(g) : undefined;
    if (peer !== undefined) this.#wokenBy.delete(g);
    const hasCallers = what === "park" || kind?.name === "unlock" || kind?.name === "rUnlock";
    const callers = hasCallers ? this.#callers.get(g) : undefined;
    this.push({
      step: g.rt.steps,
      g: g.id,
      what,
      op: kind?.name ?? what,
      ...(object === null ? {} : { object: this.nameOf(object) }),
      ...(shown === undefined ? {} : { value: shown }),
      ...(peer === undefined ? {} : { peer }),
      atNs: g.rt.nowNs,
      ...(at === undefined ? {} : { at }),
      ...(callers === undefined || callers.length === 0 ? {} : { callers }),
    });
  }
}
