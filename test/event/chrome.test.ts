import { describe, expect, test } from "vitest";
import {
  type Body,
  Chan,
  type ChromeEvent,
  type ChromeTrace,
  chromeTrace,
  type EventData,
  type Go,
  go,
  gosched,
  Mutex,
  RWMutex,
  report,
  schedtrace,
  select,
  sleep,
  WaitGroup,
  work,
} from "../../lib/index.js";

/** What Perfetto would complain about: slices of one track that overlap, arrows that begin or end outside all slices. */
function complaints({ traceEvents }: ChromeTrace): string[] {
  const found: string[] = [];
  const ns = (us: number | undefined) => Math.round((us ?? Number.NaN) * 1000);
  const tracks = new Map<string, ChromeEvent[]>();
  for (const e of traceEvents.filter((one) => one.ph === "X")) {
    const key = `${e.pid}/${e.tid}`;
    tracks.set(key, [...(tracks.get(key) ?? []), e]);
    if (!(ns(e.dur) > 0)) found.push(`${e.name}: a slice of ${ns(e.dur)} ns`);
  }
  for (const [key, slices] of tracks) {
    slices.sort((a, b) => ns(a.ts) - ns(b.ts));
    slices.forEach((e, i) => {
      const before = slices[i - 1];
      if (before !== undefined && ns(before.ts) + ns(before.dur) > ns(e.ts))
        found.push(`${key}: ${before.name} overlaps ${e.name}`);
    });
  }
  for (const e of traceEvents.filter((one) => one.ph === "s" || one.ph === "f")) {
    const slices = tracks.get(`${e.pid}/${e.tid}`) ?? [];
    if (!slices.some((x) => ns(x.ts) <= ns(e.ts) && ns(e.ts) < ns(x.ts) + ns(x.dur)))
      found.push(`${e.name} ${e.ph} outside all slices of ${e.tid}`);
  }
  return found;
}

function* workers(): Go {
  const mu = new Mutex();
  const rw = new RWMutex();
  const wg = new WaitGroup();
  const c = new Chan<number>(1);
  for (let i = 0; i < 4; i++) {
    wg.go(function* worker() {
      yield* mu.lock();
      yield* sleep(i);
      yield* mu.unlock();
      yield* rw.rLock();
      yield* gosched();
      yield* rw.rUnlock();
      yield* c.send(i);
    });
  }
  for (let i = 0; i < 4; i++) yield* select(c.onRecv());
  yield* wg.wait();
}

function* stuck(): Go {
  const c = new Chan<number>(0);
  go(function* lost() {
    yield* c.recv();
  });
  yield* sleep(3);
}

const PROGRAMS: [name: string, body: Body, options: object][] = [
  ["workers", workers, {}],
  ["workers on two Ps", workers, { strategy: "gmp", procs: 2 }],
  ["workers in a random schedule", workers, { strategy: "random", clock: "jump" }],
  ["a goroutine that waits for ever", stuck, {}],
];
for (const [name, body, options] of PROGRAMS) {
  test(`${name}: no slice overlaps another one of its track, and every arrow has both ends in a slice`, async () => {
    const trace = chromeTrace(await report(body, { ...options, trace: true }));
    expect(complaints(trace)).toEqual([]);
    expect(trace.traceEvents.filter((e) => e.ph === "s").length).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(trace))).toEqual(trace);
  });
}

test("the check of this file finds planted mistakes", () => {
  const slice = { name: "a", ph: "X", pid: 1, tid: 1, ts: 0, dur: 2 } as const;
  const traceEvents: ChromeEvent[] = [
    slice,
    { ...slice, name: "b", ts: 1 },
    { ...slice, name: "c", ts: 9, dur: 0 },
    { name: "wakes", ph: "s", pid: 1, tid: 1, ts: 3 },
  ];
  expect(complaints({ traceEvents, displayTimeUnit: "ns" })).toHaveLength(3);
});

test("tracks are named, a lock's track shows who held it, and arrows go from who woke to whom", async () => {
  const seen = await report(
    function* main() {
      const mu = new Mutex();
      const wg = new WaitGroup();
      for (const name of ["a", "b"])
        wg.go(function* () {
          yield* mu.lock();
          yield* sleep(name === "a" ? 5 : 7);
          yield* mu.unlock();
        });
      yield* wg.wait();
    },
    { trace: true },
  );
  const { traceEvents } = chromeTrace(seen);
  const names = traceEvents
    .filter((e) => e.name === "thread_name")
    .map((e) => `${e.pid}/${e.tid} ${e.args?.["name"]}`);
  expect(names).toEqual([
    "1/1 goroutine 1 main",
    "1/3 goroutine 3",
    "2/1 mutex#1",
    "1/2 goroutine 2",
    "3/0 P0",
  ]);
  const held = traceEvents.filter((e) => e.pid === 2 && e.ph === "X");
  expect(held.map((e) => e.name)).toEqual(["held by goroutine 3", "held by goroutine 2"]);
  expect(held.map((e) => Math.round((e.dur as number) / 1000))).toEqual([7, 5]);
  const ends = traceEvents.filter((e) => e.ph === "s" || e.ph === "f");
  const arrows = ends
    .filter((e) => e.ph === "s")
    .map((e) => `${e.name} ${e.tid}→${ends.find((f) => f.ph === "f" && f.id === e.id)?.tid}`);
  expect(arrows.sort()).toEqual(["starts 1→2", "starts 1→3", "wakes 2→1", "wakes 3→2"]);
});

test("events at one virtual time keep their order, each 2 ns after the one before", async () => {
  const seen = await report(workers, { trace: true });
  const events = seen.events as EventData[];
  const marks = chromeTrace(seen).traceEvents.filter((e) => e.ph === "i");
  expect(marks).toHaveLength(events.filter((e) => e.what === "done" || e.what === "wake").length);
  marks.forEach((e, i) => {
    const before = marks[i - 1];
    if (before !== undefined) expect((e.ts as number) - (before.ts as number)).toBeGreaterThan(0.0019);
  });
});

test("a report without events is refused", async () => {
  const seen = await report(workers);
  expect(() => chromeTrace(seen)).toThrow(
    new TypeError("chromeTrace: expected a report with events; ask for them with `trace: true`"),
  );
});

describe("the tracks of Ps", () => {
  const busy = function* main(): Go {
    const wg = new WaitGroup();
    for (let i = 0; i < 5; i++)
      wg.go(function* worker() {
        yield* work(4);
      });
    yield* wg.wait();
  };
  /** Milliseconds that each P ran goroutines whose name is `worker`. */
  const busyMs = (trace: ChromeTrace): number[] => {
    const sums: number[] = [];
    for (const e of trace.traceEvents.filter(
      (one) => one.ph === "X" && one.pid === 3 && one.name.endsWith("worker"),
    ))
      sums[e.tid] = (sums[e.tid] ?? 0) + (e.dur ?? 0) / 1000;
    return sums.map((ms) => Math.round(ms));
  };

  test("add up to the work that was done, with its last one on one P alone", async () => {
    const seen = await report(busy, { trace: true, procs: 2 });
    expect(busyMs(chromeTrace(seen)).sort()).toEqual([12, 8].sort());
    expect(complaints(chromeTrace(seen))).toEqual([]);
  });

  test("say of each queue what schedtrace says in the same turn", async () => {
    const lines: string[] = [];
    const seen = await report(
      function* main() {
        const wg = new WaitGroup();
        for (let i = 0; i < 6; i++)
          wg.go(function* worker() {
            lines.push(schedtrace());
            yield* work(1);
          });
        yield* wg.wait();
      },
      { trace: true, procs: 2 },
    );
    const told = lines.map((line) => {
      const [, global, queues = ""] = /runqueue=(\d+) \[ ([\d ]+) \]/.exec(line) ?? [];
      return `${global} | ${queues}`;
    });
    const first = new Map(
      (seen.turns ?? [])
        .slice()
        .reverse()
        .map((turn) => [turn.g, turn]),
    );
    const begun = (seen.events ?? []).filter((e) => e.what === "start" && e.g > 1);
    expect(begun.map((e) => `${first.get(e.g)?.global} | ${first.get(e.g)?.queued.join(" ")}`)).toEqual(told);
    const curves = chromeTrace(seen).traceEvents.filter((e) => e.ph === "C");
    expect(curves.length).toBeGreaterThan(3);
  });

  test("planted: a turn that is dropped changes the sums", async () => {
    const seen = await report(busy, { trace: true, procs: 2 });
    const { turns = [] } = seen;
    const at = turns.findIndex((turn) => turn.g !== undefined && turn.g > 1);
    const without = { ...seen, turns: turns.filter((_, i) => i !== at) };
    expect(busyMs(chromeTrace(without))).not.toEqual(busyMs(chromeTrace(seen)));
  });
});
