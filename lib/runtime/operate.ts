// operate and step: the one way from a primitive's method into the scheduler.
//
// Direct run: an operation is performed at the call; `yield*` then finds READY or parks.
// Controlled run: an operation is noted at the call, announced by `yield*`, performed when it is chosen. A noted
// step that is not iterated is performed at this goroutine's next runtime call or at its end.

import type { Op, Step } from "../op/index.js";
import { current } from "./current.js";
import { FatalError, MisuseError, PanicError } from "./errors.js";
import { DONE, type G, Phase, READY, STEP_DONE } from "./g.js";
import type { Operable, OpKind } from "./opkind.js";

// A local name: V8 folds it, while an imported binding is loaded at every use.
const here = current;
const instant = READY;

const { IDLE, ARMED } = Phase;

/**
 * Says that `kind` was created and never yielded, and ends the run. It is found when the goroutine does something else;
 * only a traced run, such as the replay of what `explore` found, knows where the operation was created.
 */
export function unyielded(g: G, kind: OpKind): never {
  instant.armed = null;
  const at = g.rt.trace?.siteOf(g);
  const where =
    at === undefined
      ? " It stands before the line named here; with the option `trace: true` that is its own."
      : "";
  return g.rt.misuse(
    `${kind.name}: the operation was created and never yielded, so it had no effect to wait for. Write \`yield*\` before it.${where}`,
    at,
  );
}

/**
 * Returns the goroutine that runs now.
 *
 * @throws {MisuseError} `lock: called outside a goroutine. …`
 */
export function running(name: string): G {
  const g = here.g;
  if (g === null) {
    throw new MisuseError(
      `${name}: called outside a goroutine. Call it from a body that run(), report() or explore() started.`,
    );
  }
  g.isKnown = true;
  return g;
}

/** The goroutine that runs now, for a fast path that does not keep it: it may be used again when it is dead. */
export function borrowed(name: string): G {
  return here.g ?? running(name);
}

/** Returns the iterable of an operation that was performed on a fast path, with its value. */
export function ready<T>(kind: OpKind, value: T): Op<T> {
  if (instant.armed !== null) unyielded(here.g as G, instant.armed);
  instant.armed = kind;
  instant.result.value = value;
  return instant as unknown as Op<T>;
}

/** Returns the iterable of an operation without a value that was performed on a fast path. */
export function done(kind: OpKind): Op<void> {
  if (instant.armed !== null) unyielded(here.g as G, instant.armed);
  instant.armed = kind;
  return DONE as unknown as Op<void>;
}

/**
 * Marks the running goroutine as waiting in an operation of a fast path, and returns it: put it into a queue, then
 * return it as the operation's iterable.
 */
export function parking(kind: OpKind, object: Operable): G {
  const g = arming(kind, object);
  g.rt.block(g);
  return g;
}

/** As `parking`, without saying that it waits: for who gives way and can run on. */
export function arming(kind: OpKind, object: Operable): G {
  const g = borrowed(kind.name);
  if (instant.armed !== null || g.phase !== IDLE) settle(g);
  g.kind = kind;
  g.object = object;
  g.phase = ARMED;
  return g;
}

/** Returns the iterable of a step that was performed on a fast path. */
export function happened(): Step {
  if (instant.armed !== null) unyielded(here.g as G, instant.armed);
  return STEP_DONE;
}

/** Creates an operation. */
export function operate<T>(kind: OpKind, object: Operable, arg: unknown): Op<T> {
  const g = running(kind.name);
  settle(g);
  g.rt.listener?.site(g, kind);
  if (g.rt.isControlled) return note(g, kind, object, arg, false) as unknown as Op<T>;
  if (perform(g, kind, object, arg)) {
    instant.armed = kind;
    instant.result.value = g.value;
    g.value = undefined;
    return instant as unknown as Op<T>;
  }
  g.phase = ARMED;
  return g as unknown as Op<T>;
}

/** Creates a step. A permanent error is thrown at the call, before anything is noted. */
export function step(kind: OpKind, object: Operable, arg: unknown): Step {
  const g = running(kind.name);
  settle(g);
  if (object.check !== undefined) {
    g.object = object; // who asks why it threw
    object.check(g, kind, arg);
  }
  g.rt.listener?.site(g, kind);
  if (g.rt.isControlled) return note(g, kind, object, arg, true) as unknown as Step;
  perform(g, kind, object, arg);
  g.value = undefined;
  return STEP_DONE;
}

function note(g: G, kind: OpKind, object: Operable, arg: unknown, isStep: boolean): G {
  g.phase = Phase.NOTED;
  g.kind = kind;
  g.object = object;
  g.arg = arg;
  g.isStep = isStep;
  return g;
}

function perform(g: G, kind: OpKind, object: Operable, arg: unknown): boolean {
  g.isKnown = true;
  g.kind = kind;
  g.object = object;
  if (g.rt.bubbles !== null) g.rt.bubbles.before(g, kind, object, arg);
  const isDone = object.perform(g, kind, arg);
  const { listener } = g.rt;
  if (listener !== null) {
    if (isDone) listener.done(g, kind, object, arg, g.value);
    else listener.park(g, arg);
  }
  return isDone;
}

/** Performs the step that `g` noted and did not yield; refuses an operation that it created and did not yield. */
export function settle(g: G): void {
  if (instant.armed !== null) unyielded(g, instant.armed);
  if (g.phase === IDLE) return;
  const kind = g.kind as OpKind;
  if (!g.isStep || g.phase !== Phase.NOTED) unyielded(g, kind);
  g.phase = IDLE;
  perform(g, kind, g.object as Operable, g.arg);
  g.value = undefined;
}

/**
 * Lets the step that the running goroutine noted and did not yield happen now. For plain functions that must see its
 * effect; may also be called while an operation is performed, and outside goroutines.
 */
export function catchUp(): void {
  const { g } = here;
  if (g === null) return;
  if (g.phase === Phase.NOTED) settle(g);
  g.rt.listener?.looked(g);
}

/** Performs what `g` announced, now that it was chosen. Returns false when `g` has to wait. */
export function performAnnounced(g: G): boolean {
  const { rt } = g;
  let isDone = true;
  try {
    isDone = perform(g, g.kind as OpKind, g.object as Operable, g.arg);
  } catch (error) {
    if (error instanceof FatalError || error instanceof MisuseError) return false; // the run is stopped already
    g.throws = error instanceof PanicError ? error.message : error;
    rt.listener?.panic(g, g.throws);
  }
  g.arg = undefined;
  g.phase = isDone ? Phase.FINISHED : Phase.PARKED;
  return isDone;
}
