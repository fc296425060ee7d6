// update: watch mode as a pure function: a model and an event give the next model and what is to be done.
//
// Invariants:
//  I1. While a check runs, or another program has the window, keys do nothing, but for Ctrl-C.
//  I2. At most one check runs at a time; a save during one leads to exactly one more.
//  I3. `n` leads on only from an exercise that is done; after the last one everything is run again.
//
// Source: rustlings (watch mode, v6) for keys and habits: n, r, h, l, c, x, q. Added: s, p and ?.
import { hintsOf } from "../grade/index.js";
import { listKey } from "./listkeys.js";
import {
  currentOf,
  type Effect,
  isDone,
  type Model,
  nextPending,
  type Step,
  type View,
  type WatchEvent,
} from "./model.js";

const EXERCISE: View = { kind: "exercise" };

/** Moves the model by one event. */
export function update(model: Model, event: WatchEvent): Step {
  switch (event.kind) {
    case "key":
      return onKey(model, event.key);
    case "saved":
      return onSaved(model, event.id, event.note ?? "");
    case "removed":
      if (event.id !== currentOf(model).id) return stay(model);
      return stay({ ...model, note: "Its file is gone. x brings the starter back." });
    case "progress":
      return stay({ ...model, progress: event.text });
    case "checked":
      return onChecked(model, event);
    case "checked-all":
      return onCheckedAll(model, event);
    case "failed":
      return again({ ...model, phase: "idle", progress: "", note: event.message });
    case "done":
      return again({
        ...model,
        phase: "idle",
        note: event.note,
        state: event.state ?? model.state,
        view: event.view ?? EXERCISE,
      });
    case "state":
      return stay({ ...model, state: event.state });
    case "resized":
      return stay(model);
  }
}

/** Begins with exercise `at`: checks it. */
export function begin(model: Model): Step {
  return check(model);
}

function stay(model: Model): Step {
  return { model, effects: [] };
}

function does(model: Model, ...effects: Effect[]): Step {
  return { model, effects };
}

function check(model: Model, ...before: Effect[]): Step {
  const checking = {
    ...model,
    phase: "checking",
    view: EXERCISE,
    note: "",
    progress: "",
    isStale: false,
  } as const;
  return does(checking, ...before, { kind: "check", id: currentOf(model).id });
}

/** I2: what was saved meanwhile is checked now. */
function again(model: Model): Step {
  return model.isStale ? check(model) : stay(model);
}

function onSaved(model: Model, id: string, note: string): Step {
  if (id !== currentOf(model).id) return stay(model);
  if (model.phase !== "idle") return stay({ ...model, isStale: true });
  const step = check(model);
  return { ...step, model: { ...step.model, note } };
}

function onChecked(model: Model, { result, state }: WatchEvent & { kind: "checked" }): Step {
  const isSame = verdictOf(model) === verdictOf({ ...model, result });
  const hint = isSame && result.status !== "pass" ? model.hint : 0;
  return again({ ...model, result, state, hint, phase: "idle", progress: "", isFinished: false });
}

/** The verdict that hints belong to. */
function verdictOf({ result }: Model): string | undefined {
  return result?.properties.find(({ status }) => status !== "pass")?.verdict;
}

function onCheckedAll(model: Model, { results, state }: WatchEvent & { kind: "checked-all" }): Step {
  const after: Model = { ...model, state, phase: "idle", progress: "", view: EXERCISE };
  const own = results.find(({ id }) => id === currentOf(model).id);
  const known = own === undefined ? after : { ...after, result: own, hint: 0 };
  const pending = model.exercises.filter(({ id }) => !isDone(after, id));
  if (pending.length === 0) return again({ ...known, isFinished: true, note: "" });
  const names = pending.length === 1 ? "1 exercise is" : `${pending.length} exercises are`;
  const note = `All were checked: ${names} not done yet.`;
  if (!isDone(after, currentOf(model).id)) return again({ ...known, note });
  const next = nextPending(after, model.at) ?? model.at;
  return goTo({ ...after, isStale: false }, next, note);
}

function goTo(model: Model, at: number, note = ""): Step {
  const { result: _, ...rest } = model;
  const there: Model = { ...rest, at, hint: 0, isFinished: false };
  const step = check(there, { kind: "remember-current", id: currentOf(there).id });
  return { ...step, model: { ...step.model, note } };
}

function onKey(model: Model, key: string): Step {
  if (key === "interrupt") return does(model, { kind: "quit", code: "interrupted" });
  if (model.phase !== "idle") return stay(model); // I1
  if (key === "suspend") return does(model, { kind: "suspend" });
  if (key === "end-of-input") return does(model, { kind: "quit", code: "done" });
  switch (model.view.kind) {
    case "confirm-reset":
      return onConfirm(model, model.view.id, model.view.back, key);
    case "list":
      return onListKey(model, key);
    case "exercise":
      return onExerciseKey(model, key);
    default: // the list of keys, the difference to the solution: any key leads back
      return onExerciseKey({ ...model, view: EXERCISE }, key);
  }
}

function onListKey(model: Model, key: string): Step {
  if (model.view.kind !== "list") return stay(model);
  const action = listKey(model, model.view, key);
  if (action.kind === "view") return stay({ ...model, view: action.view });
  if (action.kind === "close") return stay({ ...model, view: EXERCISE });
  if (action.kind === "reset") {
    return stay({ ...model, view: { kind: "confirm-reset", id: action.id, back: model.view } });
  }
  return goTo(
    model,
    model.exercises.findIndex(({ id }) => id === action.id),
  );
}

function onConfirm(model: Model, id: string, back: View, key: string): Step {
  if (key !== "y") return stay({ ...model, view: back, note: "" });
  return does({ ...model, view: back, phase: "away" }, { kind: "reset", id });
}

function onExerciseKey(model: Model, key: string): Step {
  const { id } = currentOf(model);
  switch (key) {
    case "n":
      return onNext(model);
    case "r":
      return check(model);
    case "h":
      return onHint(model);
    case "l":
      return stay({ ...model, note: "", view: listAt(model) });
    case "c":
      return checkAll(model);
    case "x":
      return stay({ ...model, note: "", view: { kind: "confirm-reset", id, back: EXERCISE } });
    case "s":
      return onSolution(model);
    case "p":
      return does({ ...model, phase: "away", note: "" }, { kind: "player", id });
    case "?":
      return stay({ ...model, note: "", view: { kind: "keys" } });
    case "q":
      return does(model, { kind: "quit", code: "done" });
    default:
      return stay(model);
  }
}

function listAt(model: Model): View {
  return { kind: "list", filter: "all", query: "", isTyping: false, at: model.at };
}

function checkAll(model: Model): Step {
  const checking: Model = { ...model, phase: "checking-all", view: EXERCISE, note: "", isFinished: false };
  return does(checking, { kind: "check-all" });
}

/** I3 */
function onNext(model: Model): Step {
  if (!isDone(model, currentOf(model).id)) {
    return stay({
      ...model,
      note: "Not done yet: it has to pass first. h gives a hint, l another exercise.",
    });
  }
  const next = nextPending(model, model.at);
  return next === undefined ? checkAll(model) : goTo(model, next);
}

function onHint(model: Model): Step {
  const { result } = model;
  const hints = result === undefined ? [] : hintsOf(result);
  if (hints.length === 0) {
    const note =
      result?.status === "pass" ? "It passes; there is nothing to hint at." : "No hint for this one.";
    return stay({ ...model, note });
  }
  const hint = Math.min(model.hint + 1, hints.length);
  const note = model.hint === hints.length ? "Those were all the hints." : "";
  return does({ ...model, hint, note }, { kind: "remember-hint", id: currentOf(model).id, stage: hint });
}

/** The solution is shown to those who do not need it any more. */
function onSolution(model: Model): Step {
  const { id } = currentOf(model);
  if (model.state.exercises[id]?.firstPassedAt === undefined) {
    return stay({ ...model, note: "The solution can be compared with yours once yours has passed." });
  }
  return does({ ...model, phase: "away", note: "" }, { kind: "diff", id });
}
