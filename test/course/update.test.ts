// update: watch mode as a pure function: keys and habits, one by one.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Model, nextPending, type WatchEvent } from "../../lib/course/model.js";
import { begin, update } from "../../lib/course/update.js";
import { EXERCISES, IDS, model, result, state } from "./models.js";

const [A, B, C] = IDS;
const key = (name: string): WatchEvent => ({ kind: "key", key: name });
const later = (start: Model, ...events: WatchEvent[]): Model =>
  events.reduce((now, event) => update(now, event).model, start);
const effects = (start: Model, event: WatchEvent): string[] =>
  update(start, event).effects.map((effect) =>
    [effect.kind, "id" in effect ? effect.id : ""].join(" ").trim(),
  );

test("it begins with a check of the current exercise", () => {
  const { model: now, effects: wanted } = begin(model({ at: 1 }));
  expect(now.phase).toBe("checking");
  expect(wanted).toEqual([{ kind: "check", id: B }]);
});

describe("files", () => {
  test("saving the current exercise checks it; saving another one does not", () => {
    expect(effects(model(), { kind: "saved", id: A })).toEqual([`check ${A}`]);
    expect(effects(model(), { kind: "saved", id: B })).toEqual([]);
  });

  test("however often it is saved during a check, one more check follows", () => {
    let now = later(model(), { kind: "saved", id: A });
    for (let i = 0; i < 3; i++) {
      expect(effects(now, { kind: "saved", id: A })).toEqual([]);
      now = later(now, { kind: "saved", id: A });
    }
    const checked: WatchEvent = { kind: "checked", result: result(A, "fail"), state: state() };
    expect(effects(now, checked)).toEqual([`check ${A}`]);
    now = later(now, checked);
    expect(effects(now, checked)).toEqual([]);
  });

  test("a file that is gone is told, with the way back", () => {
    expect(later(model(), { kind: "removed", id: A }).note).toBe(
      "Its file is gone. x brings the starter back.",
    );
    expect(later(model(), { kind: "removed", id: B }).note).toBe("");
  });
});

describe("keys", () => {
  test("while a check runs, or another program has the window, only Ctrl-C is heard", () => {
    for (const phase of ["checking", "checking-all", "away"] as const) {
      for (const name of ["n", "r", "h", "l", "c", "x", "s", "p", "?", "q", "enter", "end-of-input"]) {
        const busy = model({ phase });
        expect(update(busy, key(name))).toEqual({ model: busy, effects: [] });
      }
      expect(effects(model({ phase }), key("interrupt"))).toEqual(["quit"]);
    }
  });

  test("n leads on from an exercise that is done, to the next that is not, round the course", () => {
    const now = model({ at: 1, state: state(B, C) });
    expect(effects(now, key("n"))).toEqual([`remember-current ${A}`, `check ${A}`]);
    expect(later(now, key("n")).at).toBe(0);
  });

  test("n from one that is not done stays, and says why", () => {
    expect(effects(model(), key("n"))).toEqual([]);
    expect(later(model(), key("n")).note).toMatch(/^Not done yet/);
  });

  test("n from the last one runs everything again; only then is the course finished", () => {
    const now = model({ at: 2, state: state(A, B, C) });
    expect(effects(now, key("n"))).toEqual(["check-all"]);
    const checking = later(now, key("n"));
    const all: WatchEvent = { kind: "checked-all", results: [result(C, "pass")], state: state(A, B, C) };
    expect(later(checking, all)).toMatchObject({ phase: "idle", isFinished: true });
  });

  test("if one of them fails then, that is where it goes on", () => {
    const checking = model({ at: 2, state: state(A, B, C), phase: "checking-all" });
    const all: WatchEvent = { kind: "checked-all", results: [result(B, "fail")], state: state(A, C) };
    expect(later(checking, all)).toMatchObject({ at: 1, isFinished: false });
    expect(later(checking, all).note).toBe("All were checked: 1 exercise is not done yet.");
    expect(effects(checking, all)).toEqual([`remember-current ${B}`, `check ${B}`]);
  });

  test("c checks all, and stays with an exercise that is not done", () => {
    expect(effects(model(), key("c"))).toEqual(["check-all"]);
    const checking = later(model({ at: 1 }), key("c"));
    const all: WatchEvent = { kind: "checked-all", results: [result(B, "fail")], state: state() };
    expect(later(checking, all)).toMatchObject({
      at: 1,
      note: "All were checked: 3 exercises are not done yet.",
    });
  });

  test("h shows one hint after the other and remembers how many; a pass has none", () => {
    const failing = model({ result: result(A, "fail") });
    expect(update(failing, key("h")).effects).toEqual([{ kind: "remember-hint", id: A, stage: 1 }]);
    const thrice = later(failing, key("h"), key("h"), key("h"));
    expect(thrice.hint).toBe(3);
    expect(later(thrice, key("h"))).toMatchObject({ hint: 3, note: "Those were all the hints." });
    expect(later(model({ result: result(A, "pass") }), key("h")).note).toMatch(/nothing to hint at/);
  });

  test("hints stay shown while the verdict stays, and go with it", () => {
    const hinted = model({ result: result(A, "fail"), hint: 2 });
    const checked = (status: "pass" | "fail"): WatchEvent => ({
      kind: "checked",
      result: result(A, status),
      state: state(),
    });
    expect(later(hinted, { kind: "saved", id: A }, checked("fail")).hint).toBe(2);
    expect(later(hinted, { kind: "saved", id: A }, checked("pass")).hint).toBe(0);
  });

  test("s shows the solution to those who have passed, also when it fails again now", () => {
    expect(effects(model(), key("s"))).toEqual([]);
    expect(later(model(), key("s")).note).toMatch(/once yours has passed/);
    expect(effects(model({ state: state(A) }), key("s"))).toEqual([`diff ${A}`]);
  });

  test("x asks; y resets, anything else does not", () => {
    const asking = later(model(), key("x"));
    expect(asking.view).toMatchObject({ kind: "confirm-reset", id: A });
    expect(effects(asking, key("y"))).toEqual([`reset ${A}`]);
    for (const other of ["n", "escape", "enter", "x"]) {
      expect(effects(asking, key(other))).toEqual([]);
      expect(later(asking, key(other)).view.kind).toBe("exercise");
    }
  });

  test("p plays, r checks again, q ends, ? lists the keys and the next key does what it always does", () => {
    expect(effects(model(), key("p"))).toEqual([`player ${A}`]);
    expect(effects(model(), key("r"))).toEqual([`check ${A}`]);
    expect(effects(model(), key("q"))).toEqual(["quit"]);
    const asking = later(model(), key("?"));
    expect(asking.view.kind).toBe("keys");
    expect(effects(asking, key("r"))).toEqual([`check ${A}`]);
    expect(later(asking, key("z")).view.kind).toBe("exercise");
  });
});

describe("the list", () => {
  const list = (more: Partial<Model> = {}): Model => later(model(more), key("l"));
  const selected = ({ view }: Model): number => (view.kind === "list" ? view.at : -1);

  test("opens at the current exercise, moves, and stays inside", () => {
    expect(selected(list({ at: 1 }))).toBe(1);
    expect(selected(later(list(), key("down"), key("j")))).toBe(2);
    expect(selected(later(list(), key("G"), key("down")))).toBe(2);
    expect(selected(later(list(), key("end"), key("home"), key("up"), key("k")))).toBe(0);
  });

  test("enter opens the selected one", () => {
    expect(effects(later(list(), key("down")), key("enter"))).toEqual([
      `remember-current ${B}`,
      `check ${B}`,
    ]);
  });

  test("d and p filter, and keep the selection where it can be", () => {
    const now = later(list({ at: 2, state: state(A) }), key("p"));
    expect(now.view).toMatchObject({ filter: "pending", at: 1 });
    expect(effects(now, key("c"))).toEqual([`remember-current ${C}`, `check ${C}`]);
    expect(later(now, key("d")).view).toMatchObject({ filter: "done", at: 0 });
    expect(later(now, key("p")).view).toMatchObject({ filter: "all" });
  });

  test("/ searches as it is typed; keys are letters then", () => {
    const typed = later(list(), key("/"), key("q"), key("backspace"), key("c"));
    expect(typed.view).toMatchObject({ isTyping: true, query: "c" });
    const found = later(list(), key("/"), ...[..."second"].map(key), key("enter"));
    expect(effects(found, key("enter"))).toEqual([`remember-current ${C}`, `check ${C}`]);
    expect(later(found, key("/"), key("escape")).view).toMatchObject({ query: "", isTyping: false });
  });

  test("where nothing is found, nothing is opened and nothing is reset", () => {
    const none = later(list(), key("/"), key("z"), key("z"), key("enter"));
    expect(effects(none, key("enter"))).toEqual([]);
    expect(later(none, key("x")).view.kind).toBe("list");
  });

  test("x resets the selected one and comes back to the list; q leaves it", () => {
    const asking = later(list(), key("down"), key("x"));
    expect(asking.view).toMatchObject({ kind: "confirm-reset", id: B });
    expect(
      later(asking, key("y"), {
        kind: "done",
        note: "",
        view: asking.view.kind === "confirm-reset" ? asking.view.back : asking.view,
      }).view.kind,
    ).toBe("list");
    expect(later(list(), key("q")).view.kind).toBe("exercise");
  });
});

test("an errand that fails is told, and the keys are heard again", () => {
  const now = later(model({ phase: "checking" }), { kind: "failed", message: "the check is not built" });
  expect(now).toMatchObject({ phase: "idle", note: "the check is not built" });
});

test("whatever is typed and saved, it stays in the course and never runs two checks at once", () => {
  const keys = [
    "n",
    "r",
    "h",
    "l",
    "c",
    "x",
    "y",
    "s",
    "p",
    "?",
    "j",
    "k",
    "G",
    "/",
    "enter",
    "escape",
    "d",
    "z",
  ];
  const happening = fc.oneof(
    fc.constantFrom(...keys).map(key),
    fc.constantFrom(...IDS).map((id): WatchEvent => ({ kind: "saved", id })),
    fc.constant<"finish">("finish"),
  );
  fc.assert(
    fc.property(
      fc.array(happening, { maxLength: 60 }),
      fc.array(fc.boolean(), { maxLength: 60 }),
      (events, outcomes) => {
        let { model: now } = begin(model());
        let running: string | undefined = "check";
        for (const [n, event] of events.entries()) {
          const id = EXERCISES[now.at]?.id ?? "";
          const passes = outcomes[n] === true;
          const known = passes
            ? state(...IDS.filter((i) => now.state.exercises[i]?.isDone || i === id))
            : now.state;
          const finished: WatchEvent =
            running === "check"
              ? { kind: "checked", result: result(id, passes ? "pass" : "fail"), state: known }
              : running === "check-all"
                ? { kind: "checked-all", results: [], state: known }
                : { kind: "done", note: "" };
          if (event === "finish" && running === undefined) continue;
          if (event === "finish") running = undefined;
          const step = update(now, event === "finish" ? finished : event);
          now = step.model;
          for (const effect of step.effects) {
            if (!["check", "check-all", "reset", "diff", "player"].includes(effect.kind)) continue;
            if (running !== undefined) throw new Error(`${effect.kind} while ${running} runs`);
            running = effect.kind;
          }
          if (EXERCISES[now.at] === undefined) throw new Error(`outside of the course: ${now.at}`);
          if ((running === undefined) !== (now.phase === "idle"))
            throw new Error(`${now.phase} with ${running}`);
          if (now.isFinished && nextPending(now, 0) !== undefined)
            throw new Error("finished with one pending");
        }
      },
    ),
    { numRuns: 400, seed: 1 },
  );
});
