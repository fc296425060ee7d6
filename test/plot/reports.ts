// Made-up reports and explorations of the laboratory, type-correct and small enough to check by eye.
import type { EventData, Exploration, GoroutineData, Position, Report } from "../../lib/event/index.js";

function at(line: number, name: string): Position {
  return { file: "/home/ana/course/transfer.ts", line, column: 5, name };
}

function waiting(
  id: number,
  name: string,
  waitReason: string,
  waitingOn: string,
  line: number,
  waitMs = 0,
): GoroutineData {
  const created = id === 1 ? {} : { createdAt: at(line - 10, "main") };
  return {
    id,
    name,
    status: "waiting",
    waitReason,
    waitingOn,
    waitMs,
    createdBy: id === 1 ? 0 : 1,
    ...created,
    stack: [at(line, name)],
  };
}

type Short = [
  step: number,
  g: number,
  what: EventData["what"],
  op: string,
  rest?: Partial<Pick<EventData, "object" | "value" | "peer" | "at">>,
];

function events(list: readonly Short[]): EventData[] {
  return list.map(([step, g, what, op, rest]) => ({ step, g, what, op, atNs: 0, ...rest }));
}

const EMPTY = { findings: [], seed: "1", steps: 0, virtualNs: 0, goroutines: [], metrics: {} } as const;

/** Two transfers that lock the same two accounts in opposite orders. */
export function abba(): Report {
  const [a, b] = [{ object: "mutex#1" }, { object: "mutex#2" }];
  return {
    ...EMPTY,
    verdict: "global-deadlock",
    error: {
      name: "DeadlockError",
      message: "fatal error: all goroutines are asleep - deadlock!\n\n…",
      stack: [],
    },
    findings: [
      {
        verdict: "global-deadlock",
        message: "all goroutines are asleep - deadlock! …",
        goroutines: [1, 2, 3],
        at: [at(12, "alice")],
      },
    ],
    schedule: "1.2-3-1-2-3-2.0c18",
    steps: 8,
    goroutines: [
      waiting(1, "main", "sync.WaitGroup.Wait", "waitgroup#1", 30),
      waiting(2, "alice", "sync.Mutex.Lock", "mutex#2", 12),
      waiting(3, "bob", "sync.Mutex.Lock", "mutex#1", 12),
    ],
    events: events([
      [1, 1, "start", "start"],
      [1, 1, "done", "go", { value: "2", at: at(2, "main") }],
      [1, 1, "done", "go", { value: "3", at: at(2, "main") }],
      [2, 2, "start", "start"],
      [3, 3, "start", "start"],
      [4, 1, "park", "wait", { object: "waitgroup#1", at: at(30, "main") }],
      [5, 2, "done", "lock", { ...a, at: at(11, "alice") }],
      [6, 3, "done", "lock", { ...b, at: at(11, "bob") }],
      [7, 2, "park", "lock", { ...b, at: at(12, "alice") }],
      [8, 3, "park", "lock", { ...a, at: at(12, "bob") }],
    ]),
  };
}

/** Two workers read the same balance; one update is lost. */
export function lostUpdate(): Report<number> {
  const cell = { object: "cell#1" };
  return {
    ...EMPTY,
    verdict: "wrong-result",
    result: 1,
    error: { name: "Error", message: "expected 2, got 1", stack: [at(40, "after")] },
    findings: [
      { verdict: "wrong-result", message: "expected 2, got 1", goroutines: [], at: [at(40, "after")] },
    ],
    schedule: "1.2-3-2-3.77aa",
    steps: 7,
    events: events([
      [1, 1, "start", "start"],
      [1, 1, "done", "go", { value: "2" }],
      [1, 1, "done", "go", { value: "3" }],
      [2, 1, "park", "wait", { object: "waitgroup#1" }],
      [3, 2, "done", "load", { ...cell, value: "0", at: at(21, "worker") }],
      [4, 3, "done", "load", { ...cell, value: "0", at: at(21, "worker") }],
      [5, 2, "done", "store", { ...cell, value: "1", at: at(22, "worker") }],
      [5, 2, "exit", "exit"],
      [6, 3, "done", "store", { ...cell, value: "1", at: at(22, "worker") }],
      [6, 3, "exit", "exit"],
      [7, 1, "wake", "wait", { object: "waitgroup#1", peer: 3 }],
      [7, 1, "exit", "exit"],
    ]),
  };
}

/** A sender that nobody receives from. */
export function leak(): Report<string> {
  return {
    ...EMPTY,
    verdict: "leak",
    result: "early",
    findings: [
      {
        verdict: "leak",
        message: "main returned and one goroutine is blocked for ever",
        goroutines: [2],
        at: [],
      },
    ],
    schedule: "1.1-2.4711",
    steps: 3,
    virtualNs: 125_000_000_000,
    goroutines: [waiting(2, "sender", "chan send", "chan#1", 17, 125_000)],
    events: events([
      [1, 1, "start", "start"],
      [1, 1, "done", "go", { value: "2" }],
      [2, 2, "park", "send", { object: "chan#1", value: "{ price: 42 }", at: at(17, "sender") }],
      [3, 1, "exit", "exit"],
    ]),
  };
}

/** A run of many goroutines and steps, to be cut. */
export function long(goroutines: number, steps: number): Report {
  const list: Short[] = [[0, 1, "start", "start"]];
  for (let g = 2; g <= goroutines; g++) list.push([0, 1, "done", "go", { value: String(g) }]);
  for (let step = 1; step < steps; step++) {
    list.push([step, 1 + (step % goroutines), "done", "send", { object: "chan#1", value: String(step) }]);
  }
  return {
    ...EMPTY,
    verdict: "out-of-steps",
    findings: [
      { verdict: "out-of-steps", message: `stopped after ${steps} steps`, goroutines: [goroutines], at: [] },
    ],
    schedule: "1.1.long",
    steps,
    events: events(list),
  };
}

/** Many schedules of the lost update. */
export function lostUpdates(): Exploration<number> {
  return {
    verdict: "wrong-result",
    failure: lostUpdate(),
    outcomes: [
      { result: 2, count: 153, witness: "1.1-3X2.77aa" },
      { result: 1, count: 47, witness: "1.2-3-2-3.77aa" },
    ],
    schedules: 200,
    claim: "wrong-result found within 200 schedules (random, seed 1)",
  };
}
