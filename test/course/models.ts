// Models for tests of watch mode: a course of three exercises, and results to show.
import type { CourseExercise } from "../../lib/course/course.js";
import type { Model } from "../../lib/course/model.js";
import { type CheckResult, type CourseState, NEW_STATE, withCheck } from "../../lib/grade/index.js";

export const IDS = ["01-first/a", "01-first/b", "02-second/c"] as const;

export const EXERCISES: readonly CourseExercise[] = IDS.map((id) => ({
  id,
  unit: id.slice(0, id.indexOf("/")),
  about: `What ${id} is about.`,
  file: `/course/workspace/exercises/${id}.ts`,
  starter: `/course/exercises/${id}.ts`,
  solution: `/course/solutions/${id}.ts`,
}));

export const HINTS = ["Look closely.", "Think of the order.", "The lower id first."];

const REPORT = `GLOBAL DEADLOCK: all goroutines are asleep

  main                    left                    right                    a very long lane that is wider than a window
  ●                       lock(a)                 lock(b)                  and goes on and on and on`;

export function result(id: string, status: "pass" | "fail"): CheckResult {
  const passed = {
    status: "pass",
    points: 2,
    verdict: "ok",
    message: "",
    hints: [],
    shown: "300 schedules",
  } as const;
  const failed = {
    status: "fail",
    points: 0,
    verdict: "global-deadlock",
    message: "two transfers in opposite directions must both finish, whatever the scheduler does with them",
    hints: HINTS,
    schedule: "1.0-1.7be1",
    report: { text: REPORT, ansi: REPORT, svg: "" },
  } as const;
  return {
    id,
    status,
    points: status === "pass" ? 2 : 0,
    maxPoints: 2,
    properties: [
      {
        name: "no pair of transfers blocks for ever",
        maxPoints: 2,
        elapsedMs: 1,
        ...(status === "pass" ? passed : failed),
      },
    ],
    notes: [],
    output: "",
    isolation: [],
    elapsedMs: 10,
  };
}

export function state(...done: string[]): CourseState {
  return done.reduce<CourseState>(
    (before, id) => withCheck(before, { id, status: "pass", where: "file", at: "2026-01-02T03:04:05.000Z" }),
    NEW_STATE,
  );
}

export function model(more: Partial<Model> = {}): Model {
  return {
    exercises: EXERCISES,
    state: NEW_STATE,
    at: 0,
    phase: "idle",
    view: { kind: "exercise" },
    hint: 0,
    note: "",
    progress: "",
    isStale: false,
    isFinished: false,
    ...more,
  };
}
