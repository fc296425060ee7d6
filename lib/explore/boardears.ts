// BoardEars: what a board has to hear of a run, because nobody can look it up later: who holds which lock, who began to
// wait when and with what, what is closed, where operations stand, and what happened since the last choice.

import { inspect } from "node:util";
import {
  bodyName,
  current,
  type Edge,
  type G,
  isOperable,
  Listener,
  markStack,
  type Operable,
  type OpKind,
  positionsOf,
  type Runtime,
  type StackMark,
} from "../runtime/index.js";
import type { BoardEvent } from "./boarddata.js";
import type { RunNames } from "./boardnames.js";

const SHORT = 40;
/** Frames to keep: the library's own come first. */
const FRAMES = 12;
const TAKES: ReadonlySet<Edge | undefined> = new Set<Edge>(["lock", "rLock"]);
const GIVES: ReadonlySet<Edge | undefined> = new Set<Edge>(["unlock", "rUnlock"]);

/** A value in a few characters. */
export function shortValue(value: unknown): string {
  const text = inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY, compact: true });
  return text.length <= SHORT ? text : `${text.slice(0, SHORT - 1)}…`;
}

/** A case of a select, as far as it is told. */
interface CaseLike {
  readonly kind: string;
  readonly chan?: object;
  readonly value?: unknown;
}

/** Somebody who has a lock. */
export interface Holder {
  readonly g: number;
  readonly isReader: boolean;
}

export class BoardEars extends Listener {
  /** Every goroutine of the run, by id. */
  readonly all: G[] = [];
  /** By lock. */
  readonly holders = new Map<object, Holder[]>();
  readonly closed = new Set<object>();
  /** Goroutines that wait, the longest first, with what they passed: the value of a send, the cases of a select. */
  readonly waits = new Map<G, unknown>();
  /** Objects in order of first use. */
  readonly used = new Set<Operable>();
  /** Where a goroutine created its last operation, of those that were created since `isAwake`. */
  readonly #sites = new Map<number, StackMark>();
  readonly #places = new Map<number, string>();
  /** By event of the recording: what the data choices of a select came to. */
  readonly told = new Map<number, string>();
  readonly failed = new Set<number>();
  log: BoardEvent[] = [];
  /** False while the run repeats what is known: nothing is put into words then. */
  isAwake = false;
  rt: Runtime | null = null;
  readonly #names: RunNames;
  readonly #nth: number[] = [];
  readonly #event: () => number;
  readonly #begin: () => void;

  /** `event` returns the index of the recording's last event; `begin` is called when the state is there. */
  constructor(names: RunNames, event: () => number, begin: () => void = () => {}) {
    super();
    this.#names = names;
    this.#event = event;
    this.#begin = begin;
  }

  /** The name of what `g` is about to use, or uses. */
  nameFor(g: G, object: Operable): string {
    return this.#names.used(object, g.id, this.#nth[g.id] ?? 0);
  }

  /** Where `g` created its last operation, `orders.ts:12`; undefined when that was before `isAwake`. */
  placeOf(g: number): string | undefined {
    const mark = this.#sites.get(g);
    if (mark !== undefined && !this.#places.has(g)) {
      const [at] = positionsOf(mark);
      this.#places.set(g, at === undefined ? "" : `${at.file.split(/[\\/]/).at(-1)}:${at.line}`);
    }
    return this.#places.get(g);
  }

  /** An operation in words: `lock a`, `send jobs (3)`, `select: recv a, default`. */
  words(g: G, kind: OpKind, object: Operable, arg: unknown): string {
    if (kind.name === "select" && Array.isArray(arg)) {
      return `select: ${arg.map((c) => this.#caseWords(g, c as CaseLike | null)).join(", ")}`;
    }
    if (kind.name === "sleep" && typeof arg === "number") return `sleep ${arg} ms`;
    if (kind.name === "go") return `go${startedWords(arg)}`;
    const on = object.label === "" ? "" : ` ${this.nameFor(g, object)}`;
    return `${kind.name}${on}${argWords(arg)}`;
  }

  #caseWords(g: G, c: CaseLike | null): string {
    if (c === null) return "nothing";
    if (c.kind === "default") return "default";
    const on = isOperable(c.chan) ? ` ${this.nameFor(g, c.chan)}` : "";
    return c.kind === "send" ? `send${on} (${shortValue(c.value)})` : `${c.kind}${on}`;
  }

  override spawned(g: G): void {
    this.all[g.id] = g;
    this.rt = g.rt;
    if (g.id === 1) this.#begin();
    this.#say(current.g?.id ?? 0, () => (g.id === 1 ? "" : `starts g${g.id} ${g.name}`));
  }

  override site(g: G): void {
    this.#places.delete(g.id);
    if (this.isAwake) this.#sites.set(g.id, markStack(FRAMES));
    else this.#sites.delete(g.id);
    this.#nth[g.id] = (this.#nth[g.id] ?? 0) + 1;
  }

  override done(g: G, kind: OpKind, object: Operable, arg: unknown, value: unknown): void {
    this.#seen(g, kind, object, value);
    if (kind.name === "go") return;
    this.#say(g.id, () => `${this.#doneWords(g, kind, object, arg)}${resultWords(kind, arg, value)}`);
    if (kind.name === "select") this.#tell(value);
  }

  override called(g: G, kind: OpKind, object: Operable, value: unknown): void {
    this.#seen(g, kind, object, value);
    this.#say(g.id, () => `${this.words(g, kind, object, undefined)}, at once`);
  }

  override park(g: G, arg: unknown): void {
    const { kind, object } = g;
    this.waits.delete(g);
    this.waits.set(g, arg);
    if (kind === null || object === null) return;
    this.#use(g, object);
    if (kind.name === "select") this.#tell(undefined);
    this.#say(g.id, () => `waits: ${this.words(g, kind, object, arg)}`);
  }

  override woke(g: G, by: G | null): void {
    const { kind, object } = g;
    if (kind !== null && object !== null && g.again === null && g.value !== false)
      this.#take(g, kind, object);
    this.waits.delete(g);
    this.#say(by?.id ?? 0, () => (by === g ? "" : `wakes g${g.id} ${g.name}`));
  }

  override wake(g: G): void {
    const { kind, object, value } = g;
    if (kind === null || object === null) return;
    if (g.again !== null && value !== false) this.#take(g, kind, object);
    this.#say(
      g.id,
      () => `goes on: ${this.words(g, kind, object, undefined)}${resultWords(kind, undefined, value)}`,
    );
  }

  override panic(g: G, thrown: unknown): void {
    this.failed.add(g.id);
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    this.#say(g.id, () => `panics: ${text}`);
  }

  override start(g: G): void {
    this.#say(g.id, () => (g.id === 1 ? "" : "begins"));
  }

  override exit(g: G, result: unknown): void {
    this.failed.delete(g.id);
    this.#say(g.id, () => (result === undefined ? "ends" : `ends, returns ${shortValue(result)}`));
  }

  #doneWords(g: G, kind: OpKind, object: Operable, arg: unknown): string {
    return kind.name === "select" ? "select" : this.words(g, kind, object, arg);
  }

  #say(g: number, words: () => string): void {
    if (!this.isAwake) return;
    const text = words();
    if (text !== "") this.log.push({ g, text });
  }

  #tell(value: unknown): void {
    const index = (value as { index?: unknown } | undefined)?.index;
    this.told.set(this.#event(), `case ${String(index)}`);
  }

  #use(g: G, object: Operable): void {
    if (object.label === "") return;
    this.used.add(object);
    this.nameFor(g, object);
  }

  #seen(g: G, kind: OpKind, object: Operable, value: unknown): void {
    this.#use(g, object);
    if (kind.name === "close") this.closed.add(object);
    if (value !== false) this.#take(g, kind, object);
    if (GIVES.has(kind.edge)) this.#give(g, object, kind.edge === "rUnlock");
  }

  #take(g: G, { edge }: OpKind, object: Operable): void {
    if (!TAKES.has(edge)) return;
    this.holders.set(object, [...(this.holders.get(object) ?? []), { g: g.id, isReader: edge === "rLock" }]);
  }

  /** Unlocking is not tied to who locked: then the oldest holder's lock is given back. */
  #give(g: G, object: Operable, isReader: boolean): void {
    const all = (this.holders.get(object) ?? []).slice();
    const own = all.findIndex((h) => h.g === g.id && h.isReader === isReader);
    const at = own >= 0 ? own : all.findIndex((h) => h.isReader === isReader);
    if (at >= 0) all.splice(at, 1);
    this.holders.set(object, all);
  }
}

/** The argument of an operation: a value that is sent, a number that is added. */
function argWords(arg: unknown): string {
  if (arg === undefined || typeof arg === "function") return "";
  if (typeof arg === "object" && arg !== null) {
    const { old, value, key } = arg as { old?: unknown; value?: unknown; key?: unknown };
    if ("old" in arg && "value" in arg) return ` (${shortValue(old)} → ${shortValue(value)})`;
    if ("key" in arg && "value" in arg) return `.${String(key)} (${shortValue(value)})`;
    if (!Array.isArray(arg) && Object.getPrototypeOf(arg) !== Object.prototype) return "";
  }
  return ` (${shortValue(arg)})`;
}

/** Operations whose value says nothing new. */
const SILENT: ReadonlySet<string> = new Set(["write", "store", "send", "set", "sleep"]);

function resultWords(kind: OpKind, arg: unknown, value: unknown): string {
  if (value === undefined || SILENT.has(kind.name) || (value === arg && kind.name !== "read")) return "";
  if (kind.name === "select") return selectedWords(value);
  return ` = ${shortValue(value)}`;
}

function selectedWords(selected: unknown): string {
  const { index, value } = (selected ?? {}) as { index?: number; value?: unknown };
  return ` takes case ${String(index)}${value === undefined ? "" : ` = ${shortValue(value)}`}`;
}

/** The name of what a `go` statement starts, as the goroutine will have it. */
function startedWords(arg: unknown): string {
  const body = (arg as { body?: unknown } | undefined)?.body;
  return typeof body === "function" ? ` ${bodyName(body)}` : "";
}
