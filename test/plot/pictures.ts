// One of each diagram, from made-up plain data that is small enough to check by eye.
import type {
  EventData,
  OrderPoint,
  Position,
  Report,
  TurnData,
  WaitData,
  WakerData,
} from "../../lib/event/index.js";
import { checkLinearizable, drawLinear, models } from "../../lib/linear/index.js";
import {
  blockFlame,
  type Diagram,
  flameGraph,
  happensBefore,
  linearDiagram,
  lockGraph,
  procLanes,
  timeline,
  waitGraph,
} from "../../lib/plot/index.js";
import { abba, leak } from "./reports.js";

const at = (line: number, name = "worker"): Position => ({
  file: "/home/ana/course/orders.ts",
  line,
  column: 5,
  name,
});

const EMPTY = { seed: "1", schedule: "", steps: 0, virtualNs: 0, goroutines: [], metrics: {}, findings: [] };

function waker(goroutine: number, object: string, why: WakerData["why"], line?: number): WakerData {
  const name = goroutine === 1 ? "main" : `philosopher${goroutine - 1}`;
  const place = line === undefined ? {} : { at: at(line) };
  return { goroutine, name, object, why, state: "waits", ...place };
}

/** `n` goroutines in a circle, each waiting for the lock of the next; main waits for all of them. */
export function philosophers(n: number): Report {
  const waits: WaitData[] = [
    {
      goroutine: 1,
      name: "main",
      op: "wait",
      reason: "sync.WaitGroup.Wait",
      objects: ["waitgroup#1"],
      at: at(40, "main"),
      wakers: Array.from({ length: n }, (_, i) => waker(i + 2, "waitgroup#1", "used")),
    },
  ];
  for (let i = 0; i < n; i++) {
    const object = `mutex#${((i + 1) % n) + 1}`;
    waits.push({
      goroutine: i + 2,
      name: `philosopher${i + 1}`,
      op: "lock",
      reason: "sync.Mutex.Lock",
      objects: [object],
      at: at(22),
      wakers: [waker(((i + 1) % n) + 2, object, "holds", 21)],
    });
  }
  const message = "all goroutines are asleep";
  return {
    ...EMPTY,
    verdict: "global-deadlock",
    findings: [
      { verdict: "global-deadlock", message, goroutines: waits.map((w) => w.goroutine), at: [], waits },
    ],
  };
}

/** A reader asks again while a writer is in line, somebody who has ended held a lock, a select has no partner. */
export function mixed(): Report {
  const waits: WaitData[] = [
    {
      goroutine: 2,
      name: "reader",
      op: "rLock",
      reason: "sync.RWMutex.RLock",
      objects: ["rwmutex#1"],
      at: at(12),
      wakers: [
        { goroutine: 3, name: "writer", object: "rwmutex#1", why: "in line", state: "waits", at: at(30) },
      ],
    },
    {
      goroutine: 3,
      name: "writer",
      op: "lock",
      reason: "sync.RWMutex.Lock",
      objects: ["rwmutex#1"],
      at: at(30),
      wakers: [
        { goroutine: 2, name: "reader", object: "rwmutex#1", why: "reads", state: "waits", at: at(11) },
      ],
    },
    {
      goroutine: 4,
      name: "loser",
      op: "lock",
      reason: "sync.Mutex.Lock",
      objects: ["mutex#1"],
      wakers: [{ goroutine: 7, name: "gone", object: "mutex#1", why: "holds", state: "ended" }],
    },
    {
      goroutine: 5,
      name: "chooser",
      op: "select",
      reason: "select",
      objects: ["chan#1", "chan#2"],
      at: at(50),
      wakers: [{ goroutine: 8, name: "ticker", object: "chan#2", why: "used", state: "goes on" }],
    },
    { goroutine: 6, name: "nobody", op: "recv", reason: "chan receive (nil chan)", objects: [], wakers: [] },
  ];
  return {
    ...EMPTY,
    verdict: "partial-deadlock",
    findings: [{ verdict: "partial-deadlock", message: "", goroutines: [2, 3, 4, 5, 6], at: [], waits }],
  };
}

/** Two locks in opposite orders; the third one is taken inside, in order. */
export function lockOrders(): Report {
  const step = (goroutine: number, name: string, holds: string, takes: string, line: number) => ({
    goroutine,
    name,
    holds,
    takes,
    isReading: false,
    at: at(line + 1),
    heldSince: at(line),
  });
  const steps = [step(2, "alice", "mutex#1", "mutex#2", 11), step(3, "bob", "mutex#2", "mutex#1", 21)];
  const event = (g: number, op: string, object: string, line: number): EventData => ({
    step: 0,
    g,
    what: "done",
    op,
    object,
    atNs: 0,
    at: at(line),
  });
  const advice =
    "take these locks in one order everywhere, e.g. mutex#1 before mutex#2; or hold one more lock around them all.";
  return {
    ...EMPTY,
    verdict: "lock-order",
    findings: [
      {
        verdict: "lock-order",
        message: "lock order",
        goroutines: [2, 3],
        at: [],
        lockOrder: { steps, writers: [], advice },
      },
    ],
    events: [
      event(2, "lock", "mutex#1", 11),
      event(2, "lock", "mutex#2", 12),
      event(2, "lock", "mutex#3", 13),
    ],
  };
}

/** A goroutine that reads under its own read lock, and a writer who may come between. */
export function recursiveRead(): Report {
  const common = { takes: "rwmutex#1", at: at(12) };
  const steps = [
    {
      ...common,
      goroutine: 2,
      name: "reader",
      isReading: true,
      holds: "rwmutex#1",
      isHeldForReading: true,
      heldSince: at(11),
    },
  ];
  const writers = [{ ...common, goroutine: 3, name: "writer", isReading: false, at: at(30) }];
  const lockOrder = { steps, writers, advice: "lock for reading once." };
  return {
    ...EMPTY,
    verdict: "lock-order",
    findings: [{ verdict: "lock-order", message: "", goroutines: [2, 3], at: [], lockOrder }],
  };
}

/** A value that is read without the lock under which it is written. */
export function seats(): Report {
  let order = 0;
  const point = (goroutine: number, op: string, line: number, object?: string): OrderPoint => ({
    goroutine,
    step: ++order,
    order,
    op,
    ...(object === undefined ? {} : { object }),
    ...(op === "start" ? {} : { at: at(line) }),
  });
  const [go2, start2] = [point(1, "go", 6), point(2, "start", 6)];
  const [go3, start3] = [point(1, "go", 7), point(3, "start", 7)];
  const [unlock, lock] = [point(3, "unlock", 15, "mutex#1"), point(2, "lock", 10, "mutex#1")];
  const before = point(3, "read", 16, "cell#1");
  const released = point(3, "exit", 17);
  const now = point(2, "write", 11, "cell#1");
  const access = { stack: [], createdBy: 1, hasEnded: false };
  return {
    ...EMPTY,
    verdict: "race",
    findings: [
      {
        verdict: "race",
        message: "data race on cell#1",
        goroutines: [2, 3],
        at: [],
        race: {
          variable: "cell#1",
          accesses: [
            { ...access, isWrite: true, goroutine: 2, name: "alice", op: "write", locks: ["mutex#1"] },
            { ...access, isWrite: false, goroutine: 3, name: "bob", op: "read", locks: [] },
          ],
          advice: 'Only one of them holds mutex#1: goroutine 3 "bob" must hold it too.',
          order: {
            accesses: [now, before],
            edges: [
              { from: go2, to: start2 },
              { from: go3, to: start3 },
              { from: unlock, to: lock },
            ],
            released,
          },
        },
      },
    ],
  };
}

/** A reload that holds a lock for 30 ms while two readers come, and one who waits for ever. */
export function reload(): Report {
  const event = (
    ms: number,
    g: number,
    what: EventData["what"],
    op: string,
    more: Partial<EventData> = {},
  ): EventData => ({ step: 0, g, what, op, atNs: ms * 1e6, ...more });
  const mu = (name: string): Partial<EventData> => ({
    object: "rwmutex#1",
    at: at(20, name),
    callers: [at(50, "handle"), at(80, "serve")],
  });
  const chan = { object: "chan#1", at: at(31, "sink") };
  return {
    ...EMPTY,
    verdict: "leak",
    virtualNs: 50e6,
    findings: [{ verdict: "leak", message: "", goroutines: [5], at: [] }],
    events: [
      event(0, 1, "start", "start"),
      event(0, 2, "start", "start"),
      event(0, 2, "done", "lock", mu("reload")),
      event(0, 2, "park", "sleep", { object: "#1", at: at(9, "reload") }),
      event(5, 3, "start", "start"),
      event(5, 3, "park", "rLock", mu("reader")),
      event(6, 5, "start", "start"),
      event(6, 5, "park", "recv", chan),
      event(12, 4, "start", "start"),
      event(12, 4, "park", "rLock", mu("reader")),
      event(30, 2, "wake", "sleep"),
      event(30, 2, "exit", "exit"),
      event(30, 3, "wake", "rLock", mu("reader")),
      event(30, 4, "wake", "rLock", mu("reader")),
      event(35, 3, "exit", "exit"),
      event(41, 4, "panic", "rLock"),
      event(50, 1, "exit", "exit"),
    ],
  };
}

/** Two Ps and four goroutines that compute 3 ms, one after the other. */
export function twoProcs(): Report {
  const turn = (ms: number, proc: number, g: number | null, queued: number[], global = 0): TurnData => ({
    step: ms,
    atNs: ms * 1e6,
    proc,
    ...(g === null ? {} : { g }),
    queued,
    global,
  });
  return {
    ...EMPTY,
    verdict: "ok",
    virtualNs: 9e6,
    turns: [
      turn(0, 0, 1, [0, 0]),
      turn(0, 0, 5, [2, 1], 1),
      turn(0, 1, 2, [2, 0], 1),
      turn(3, 1, 3, [1, 0], 1),
      turn(3, 0, 4, [0, 0], 1),
      turn(6, 1, 6, [0, 0]),
      turn(6, 0, null, [0, 0]),
      turn(9, 1, null, [0, 0]),
    ],
  };
}

function history(): Diagram {
  const all = [
    { client: 0, input: { op: "write" as const, value: 1 }, call: 0, return: 30 },
    { client: 1, input: { op: "write" as const, value: 2 }, call: 5, return: 20 },
    { client: 2, input: { op: "read" as const }, output: 2, call: 22, return: 28 },
    { client: 1, input: { op: "read" as const }, output: 1, call: 40, return: 50 },
    { client: 2, input: { op: "read" as const }, output: 2, call: 55, return: 60 },
    { client: 3, input: { op: "write" as const, value: 9 }, call: 52 },
  ];
  const register = models.register(0);
  return linearDiagram(drawLinear(all, checkLinearizable(all, register), register));
}

/** Every diagram that is drawn from plain data, by a name that is also that of its golden file. */
export function pictures(): Record<string, Diagram> {
  const { events: _, ...bare } = abba();
  return {
    waitForAbba: waitGraph(abba()),
    waitForLeak: waitGraph(leak()),
    waitForBare: waitGraph(bare),
    waitForPhilosophers: waitGraph(philosophers(4)),
    waitForMany: waitGraph(philosophers(14)),
    waitForMixed: waitGraph(mixed()),
    lockOrder: lockGraph(lockOrders()),
    lockOrderRecursive: lockGraph(recursiveRead()),
    happensBefore: happensBefore(seats()),
    timeline: timeline(reload()),
    timelineOfEvents: timeline(abba()),
    procLanes: procLanes(twoProcs()),
    blockFlame: blockFlame(reload(), { countUnended: true }),
    flame: flameGraph(
      [
        { stack: ["main", "serve", "handle", "mutex.lock"], value: 30 },
        { stack: ["main", "serve", "handle", "chan.send"], value: 12 },
        { stack: ["main", "serve", "a function with a name that is far too long for its frame"], value: 3 },
        { stack: ["main", "flush"], value: 9 },
      ],
      { title: "Waits by call <&>", unit: "count" },
    ),
    linear: history(),
  };
}
