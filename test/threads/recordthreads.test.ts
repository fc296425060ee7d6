// Events of real threads in the laboratory's trace model: waits, holds, hand-overs; profiles and pictures from them.
import { gunzipSync } from "node:zlib";
import { blockProfile, chromeTrace, mutexProfile, type Report } from "happens-before";
import {
  Chan,
  DistributedRWMutex,
  FairRWMutex,
  Mutex,
  RWMutex,
  recordThreads,
  Semaphore,
  type ThreadRecording,
  team,
  UpgradableRWMutex,
} from "happens-before/threads";
import { Profile } from "pprof-format";
import { afterEach, describe, expect, test } from "vitest";
import { timeline } from "../../lib/plot/index.js";

const deadlineMs = 20_000;
let recording: ThreadRecording | undefined;

afterEach(() => void recording?.stop());

/** Thread 0 holds `mu` until thread 1 waits for it, as the lock word says, `rounds` times. */
async function convoy(mu: Mutex, rounds = 1): Promise<void> {
  await team(
    2,
    (t, mu, rounds) => {
      const word = new Int32Array(mu.handle.buffer, mu.handle.offset, 2);
      for (let i = 0; i < rounds; i++) {
        if (t.id === 0) mu.lock();
        t.barrier();
        if (t.id === 0) {
          while ((Atomics.load(word, 1) & 1) === 0);
          mu.unlock();
        } else {
          mu.lock();
          mu.unlock();
        }
        t.barrier();
      }
    },
    { args: [mu, rounds], deadlineMs },
  );
}

function words(report: Report, object: string): string[] {
  const lanes = new Map<number, string>();
  return (report.events ?? [])
    .filter((e) => e.object === object)
    .map((e) => {
      if (!lanes.has(e.g)) lanes.set(e.g, "AB"[lanes.size] ?? "?");
      return `${lanes.get(e.g)} ${e.what} ${e.op}`;
    });
}

/** Function, line and values of each sample. */
function samplesOf(file: Uint8Array): { stack: string[]; values: number[] }[] {
  const profile = Profile.decode(gunzipSync(file));
  const text = (index: number | bigint) => profile.stringTable.strings[Number(index)] ?? "";
  const names = new Map(profile.function.map((f) => [Number(f.id), text(f.name)]));
  const places = new Map(
    profile.location.map((l) => [Number(l.id), names.get(Number(l.line[0]?.functionId)) ?? ""]),
  );
  return profile.sample.map((s) => ({
    stack: s.locationId.map((id) => places.get(Number(id)) ?? ""),
    values: s.value.map(Number),
  }));
}

describe("recordThreads", () => {
  test("a lock that one thread holds and another waits for: held, waited for, freed, taken, in this order", async () => {
    recording = recordThreads();
    await convoy(new Mutex());
    const report = recording.stop();
    expect(words(report, "mutex#1")).toEqual([
      "A done lock",
      "B park lock",
      "A done unlock",
      "B wake lock",
      "B done unlock",
    ]);
    const wake = report.events?.find((e) => e.what === "wake" && e.object === "mutex#1");
    const unlock = report.events?.find((e) => e.op === "unlock");
    expect(wake?.peer).toBe(unlock?.g);
    expect(report.isOfThreads).toBe(true);
    expect(report.metrics).toMatchObject({ eventsLost: 0, stacksLost: 0, sampleEvery: 1 });
  });

  test("events name the line of the source, and who called it", async () => {
    recording = recordThreads();
    const mu = new Mutex();
    await team(
      1,
      (_t, mu) => {
        function inner(): void {
          mu.withLock(() => {});
        }
        function outer(): void {
          inner();
        }
        outer();
      },
      { args: [mu], deadlineMs },
    );
    const held = recording.stop().events?.find((e) => e.op === "lock");
    expect(held?.at?.name).toBe("inner");
    expect(held?.at?.file).toMatch(/recordthreads\.test\.ts$/);
    expect(held?.callers?.[0]?.name).toBe("outer");
  });

  test("waits at channels, semaphores and reader-writer locks have the names of their calls", async () => {
    recording = recordThreads();
    const [chan, permits, rw] = [new Chan<number>({ capacityItems: 1 }), new Semaphore(1), new RWMutex()];
    await team(
      2,
      (t, chan, permits, rw) => {
        const pause = new Int32Array(new SharedArrayBuffer(4));
        if (t.id === 0) {
          permits.acquire();
          rw.lock();
          t.barrier();
          Atomics.wait(pause, 0, 0, 30); // the other one comes to wait meanwhile; if not, it waits for the second
          permits.release();
          Atomics.wait(pause, 0, 0, 30);
          rw.unlock();
          Atomics.wait(pause, 0, 0, 30);
          chan.send(1);
        } else {
          t.barrier();
          permits.acquire();
          rw.rLock();
          rw.rUnlock();
          chan.recv();
        }
      },
      { args: [chan, permits, rw], deadlineMs },
    );
    const { events = [] } = recording.stop();
    const waits = events
      .filter((e) => e.what === "park")
      .map((e) => `${e.op} ${e.object?.replace(/#.*/, "")}`);
    const known = ["acquire semaphore", "rLock rwmutex", "recv chan", "barrier barrier", "wait barrier"];
    expect(waits.filter((wait) => !known.includes(wait))).toEqual([]);
  });

  /** A reader that holds the lock until a writer waits, recorded. */
  async function readerBeforeWriter(rw: RWMutex | FairRWMutex | DistributedRWMutex) {
    recording = recordThreads();
    await team(
      2,
      (t, rw) => {
        const word = new Int32Array(rw.handle.buffer, rw.handle.offset, 2);
        if (t.id === 0) rw.rLock();
        t.barrier();
        if (t.id === 1) return rw.withWrite(() => {});
        while ((Atomics.load(word, 1) & 0xfff9) === 0); // until the writer waits
        rw.rUnlock();
      },
      { args: [rw], deadlineMs },
    );
    return recording.stop();
  }

  for (const Variant of [RWMutex, FairRWMutex, DistributedRWMutex]) {
    test(`${Variant.name}: readers' holds, a writer's wait for the last of them, and who let it in`, async () => {
      const object = `${Variant.name.toLowerCase()}#1`;
      let report = await readerBeforeWriter(new Variant());
      // The writer of a DistributedRWMutex says that it waits before it sleeps: the reader may be gone by then.
      for (let i = 0; i < 50 && words(report, object)[1] !== "B park lock"; i++)
        report = await readerBeforeWriter(new Variant());
      expect(words(report, object)).toEqual([
        "A done rLock",
        "B park lock",
        "A done rUnlock",
        "B wake lock",
        "B done unlock",
      ]);
      const wake = report.events?.find((e) => e.what === "wake" && e.object === object);
      expect(wake?.peer).toBe(report.events?.find((e) => e.op === "rUnlock")?.g);
      const [charged, ...others] = samplesOf(mutexProfile(report));
      expect([charged?.stack[0], others]).toEqual([`${Variant.name.toLowerCase()}.rUnlock`, []]);
      expect(charged?.values[1]).toBeGreaterThan(0);
    });
  }

  test("a writer that lets in the readers which waited hands the lock over", async () => {
    recording = recordThreads({ stacks: false });
    const rw = new RWMutex();
    await rw.lockAsync();
    const reading = rw.rLockAsync();
    rw.unlock();
    await reading;
    rw.rUnlock();
    const events = recording.stop().events?.filter((e) => e.object === "rwmutex#1" && e.what === "done");
    expect(events?.map(({ op, value }) => [op, value])).toEqual([
      ["lock", undefined],
      ["unlock", "handed over"],
      ["rUnlock", undefined],
    ]);
  });

  test("a lock that is read twice at once tells both ends", async () => {
    recording = recordThreads({ stacks: false });
    const rw = new UpgradableRWMutex();
    expect([rw.tryRLock(), rw.tryRLock(), rw.tryULock()]).toEqual([true, true, true]);
    rw.rUnlock();
    rw.rUnlock();
    rw.uUnlock();
    const events = recording.stop().events?.filter((e) => e.object === "upgradablerwmutex#1");
    expect(events?.map(({ op }) => op)).toEqual(["rLock", "rLock", "uLock", "rUnlock", "rUnlock", "uUnlock"]);
  });

  test("awaited waits are lanes of their own, so that two at once are not mixed up", async () => {
    recording = recordThreads();
    const mu = new Mutex();
    await mu.lockAsync();
    const waits = [1, 2].map(async () => {
      await mu.lockAsync();
      mu.unlock();
    });
    mu.unlock();
    await Promise.all(waits);
    const report = recording.stop();
    const parks = report.events?.filter((e) => e.what === "park") ?? [];
    expect(new Set(parks.map((e) => e.g)).size).toBe(parks.length);
    for (const park of parks) {
      const name = report.goroutines.find((g) => g.id === park.g)?.name;
      expect(name).toMatch(/^main thread, task \d$/);
    }
  });

  test("a wait that is given up says so", async () => {
    recording = recordThreads({ stacks: false });
    const mu = new Mutex();
    await mu.lockAsync();
    expect(await mu.lockAsync({ timeoutMs: 1 })).toBe(false);
    mu.unlock();
    const wake = recording.stop().events?.find((e) => e.what === "wake");
    expect(wake).toMatchObject({ op: "lock, given up", value: "false" });
  });

  test("a full ring keeps the last events, and the report counts what went", async () => {
    recording = recordThreads({ eventsPerThread: 8, stacks: false });
    const mu = new Mutex();
    await team(
      1,
      (_t, mu) => {
        for (let i = 0; i < 50; i++) mu.withLock(() => {});
      },
      { args: [mu], deadlineMs },
    );
    const { events = [], metrics } = recording.stop();
    expect(events).toHaveLength(8);
    expect(events.at(-1)?.what).toBe("exit");
    expect(metrics["eventsLost"]).toBe(102 - 8);
  });

  test("sampled: one of so many holds, each with its end", async () => {
    recording = recordThreads({ sampleEvery: 10, stacks: false });
    const mu = new Mutex();
    await team(
      1,
      (_t, mu) => {
        for (let i = 0; i < 50; i++) mu.withLock(() => {});
      },
      { args: [mu], deadlineMs },
    );
    expect(words(recording.stop(), "mutex#1")).toEqual(
      Array(5).fill(["A done lock", "A done unlock"]).flat(),
    );
  });

  test("a lock is as fast as before once the recording is over and it was freed once more", async () => {
    recording = recordThreads({ stacks: false });
    const mu = new Mutex();
    const word = new Int32Array(mu.handle.buffer, mu.handle.offset, 2);
    expect(word[1]).not.toBe(0);
    recording.stop();
    await mu.lockAsync();
    mu.unlock();
    expect(word[1]).toBe(0);
  });

  test("nothing is written after the end, and a second recording begins empty", async () => {
    recording = recordThreads();
    await convoy(new Mutex());
    recording.stop();
    await convoy(new Mutex());
    const again = recordThreads();
    recording = again;
    expect(again.report().events).toEqual([]);
    expect(() => recordThreads()).toThrow("recordThreads: a recording goes on already; stop it first");
    expect(() => recordThreads({ sampleEvery: 0 })).toThrow(RangeError);
  });
});

describe("from a recording of threads", () => {
  test("the block profile charges who waited, the mutex profile the unlock that let them wait", async () => {
    recording = recordThreads();
    await convoy(new Mutex(), 3);
    const report = recording.stop();
    const waited = (report.events ?? []).reduce((sum, e, i, all) => {
      if (e.what !== "park" || e.object !== "mutex#1") return sum;
      const end = all.slice(i).find((w) => w.g === e.g && w.what === "wake");
      return sum + (end?.atNs ?? 0) - e.atNs;
    }, 0);
    const locks = samplesOf(blockProfile(report)).filter(({ stack }) => stack[0] === "mutex.lock");
    expect(locks.reduce((sum, { values }) => sum + (values[1] ?? 0), 0)).toBeCloseTo(waited, -1);
    const [unlock] = samplesOf(mutexProfile(report));
    expect(unlock?.stack[0]).toBe("mutex.unlock");
    expect(unlock?.values[1]).toBeGreaterThan(0);
    expect(unlock?.values[1]).toBeLessThanOrEqual(waited);
  });

  test("profiles of a sample are multiplied", () => {
    const event = { step: 0, g: 1, op: "lock", object: "mutex#1" } as const;
    const report: Report = {
      verdict: "ok",
      findings: [],
      seed: "",
      schedule: "",
      steps: 2,
      virtualNs: 9,
      goroutines: [],
      metrics: { sampleEvery: 10 },
      isOfThreads: true,
      events: [
        { ...event, what: "park", atNs: 0 },
        { ...event, what: "done", op: "unlock", g: 2, atNs: 5 },
        { ...event, what: "wake", atNs: 7 },
      ],
    };
    expect(samplesOf(blockProfile(report))[0]?.values).toEqual([10, 70]);
    expect(samplesOf(mutexProfile(report))[0]?.values).toEqual([10, 50]);
  });

  test("Chrome's trace has a track for each thread and one for the lock", async () => {
    recording = recordThreads();
    await convoy(new Mutex());
    const report = recording.stop();
    const names = chromeTrace(report)
      .traceEvents.filter((e) => e.name === "thread_name")
      .map((e) => String(e.args?.["name"]).replace(/\d+$/, "n"));
    expect(names).toEqual(expect.arrayContaining(["thread n", "mutex#n"]));
    expect(chromeTrace(report).traceEvents.some((e) => e.name === "waits: lock mutex#1")).toBe(true);
  });

  test("the timeline has a row for each thread, with what it waited for", async () => {
    recording = recordThreads();
    await convoy(new Mutex());
    const { text } = timeline(recording.stop());
    expect(text).toMatch(/thread \d+: waits .* for a lock/);
  });

  test("planted: without the note of who freed the lock, the mutex profile has nobody to charge", async () => {
    recording = recordThreads();
    await convoy(new Mutex());
    const report = recording.stop();
    const dropped = report.events?.filter((e) => e.op !== "unlock") ?? [];
    expect(samplesOf(mutexProfile(report))).toHaveLength(1);
    expect(samplesOf(mutexProfile({ ...report, events: dropped }))).toHaveLength(0);
  });
});
