// The flight recorder: the last events of a run, at any moment.
import { describe, expect, test } from "vitest";
import {
  Chan,
  chromeTrace,
  FlightRecorder,
  go,
  Mutex,
  type Report,
  report,
  run,
  sleep,
} from "../../lib/index.js";

function* forever(turns: number, look: () => void) {
  const mu = new Mutex();
  for (let i = 0; i < turns; i++) {
    yield* mu.lock();
    yield* sleep(1);
    yield* mu.unlock();
  }
  look();
}

describe("FlightRecorder", () => {
  test("keeps the last events and counts those that it has forgotten", async () => {
    const recorder = new FlightRecorder({ maxEvents: 10 });
    const full = await report(() => forever(100, () => {}), { trace: true });
    const seen = await report(() => forever(100, () => {}), { trace: recorder });
    const { events = [], metrics } = recorder.snapshot();
    expect(events).toHaveLength(10);
    const bare = full.events?.slice(-10).map(({ at: _, callers: __, ...event }) => event);
    expect(events).toEqual(bare);
    expect(metrics["eventsLost"]).toBe((full.events?.length ?? 0) - 10);
    expect(seen.events?.length).toBeLessThan(20);
  });

  test("a snapshot in the middle of a run shows who waits for what, and leaves the run as it was", async () => {
    const recorder = new FlightRecorder();
    let seen: Report | undefined;
    const result = await run(
      function* main() {
        const c = new Chan<number>();
        go(function* reader() {
          yield* c.recv();
        });
        yield* sleep(1);
        seen = recorder.snapshot();
        yield* c.send(1);
        return "went on";
      },
      { trace: recorder, clock: "jump" },
    );
    expect(result).toBe("went on");
    expect(seen?.goroutines.map((g) => `${g.id} ${g.waitReason ?? g.status} ${g.waitingOn ?? ""}`)).toEqual([
      "1 running ",
      "2 chan receive chan#1",
    ]);
    expect(chromeTrace(seen as Report).traceEvents.some((e) => e.name === "waits: recv chan#1")).toBe(true);
  });

  test("minAgeMs leaves out what is older", async () => {
    const recorder = new FlightRecorder({ minAgeMs: 3 });
    await report(() => forever(100, () => {}), { trace: recorder });
    const { events = [], virtualNs } = recorder.snapshot();
    expect(events.length).toBeGreaterThan(5);
    expect(events.every((e) => e.atNs >= virtualNs - 3e6)).toBe(true);
  });

  test("after a failure it holds what led to it", async () => {
    const recorder = new FlightRecorder({ maxEvents: 5, stacks: true });
    const failing = run(
      function* main() {
        yield* forever(20, () => {
          throw new Error("too late");
        });
      },
      { trace: recorder, clock: "jump" },
    );
    await expect(failing).rejects.toThrow("too late");
    const events = recorder.snapshot().events ?? [];
    expect(events.at(-1)).toMatchObject({ what: "panic" });
    expect(events.some((e) => e.at?.file.endsWith("flightrecorder.test.ts") === true)).toBe(true);
  });

  test("a window that begins in the middle of everything is a trace that nests well", async () => {
    const recorder = new FlightRecorder({ maxEvents: 7 });
    await report(
      function* main() {
        for (let i = 0; i < 4; i++) go(() => forever(9, () => {}));
        yield* forever(9, () => {});
      },
      { trace: recorder, procs: 2 },
    );
    const { traceEvents } = chromeTrace(recorder.snapshot());
    const slices = traceEvents.filter((e) => e.ph === "X" && e.pid === 1);
    for (const one of slices)
      for (const other of slices)
        if (one !== other && one.tid === other.tid)
          expect(
            (one.ts ?? 0) + (one.dur ?? 0) <= (other.ts ?? 0) + 1e-6 ||
              (other.ts ?? 0) + (other.dur ?? 0) <= (one.ts ?? 0) + 1e-6,
          ).toBe(true);
  });

  test("a second run begins a new window", async () => {
    const recorder = new FlightRecorder();
    await report(() => forever(50, () => {}), { trace: recorder });
    await report(() => forever(1, () => {}), { trace: recorder });
    expect(recorder.snapshot().events?.length).toBeLessThan(10);
  });

  test("says what it needs", () => {
    expect(() => new FlightRecorder({ maxEvents: 0 })).toThrow(
      "FlightRecorder: expected maxEvents to be an integer >= 1, got 0",
    );
    expect(() => new FlightRecorder({ minAgeMs: -1 })).toThrow(RangeError);
    expect(new FlightRecorder().isEnabled).toBe(false);
    expect(() => new FlightRecorder().snapshot()).toThrow(
      "FlightRecorder.snapshot: no run has begun with it; give it to one as the option trace",
    );
  });
});
