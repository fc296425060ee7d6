// The check of 05-the-rwmutex-incident/reload: nobody waits for a fetch, nobody sees half of a reload, a reload counts
// once it has returned, and one that fails changes nothing.
import {
  Chan,
  type Exploration,
  type Go,
  go,
  gosched,
  type Program,
  type Verdict,
  WaitGroup,
} from "happens-before";
import { exercise, type Hints } from "happens-before/check";

type Submission = typeof import("../../../exercises/05-the-rwmutex-incident/reload.js");
type Config = import("../../../exercises/05-the-rwmutex-incident/reload.js").Config;
type Part = import("../../../exercises/05-the-rwmutex-incident/reload.js").Part;
type Centre = InstanceType<Submission["OrderCentre"]>;

/** What one reader found in the configuration that it was given. */
interface Seen {
  readonly rules: number;
  readonly discounts: number;
}

interface Disk {
  readonly centre: Centre;
  /** The version that a fetch returns now. */
  version: number;
}

function makeDisk(x: Submission): () => Disk {
  return () => ({ centre: new x.OrderCentre(), version: 0 });
}

/** Fetches what lies on the disk; other goroutines run meanwhile. */
function fetchFrom(disk: Disk) {
  return function* fetch(name: Part["name"]): Go<Part> {
    yield* gosched();
    return { name, version: disk.version };
  };
}

/** Reads, and looks at the two parts as a request does: one after the other, while others run. */
function* look(centre: Centre): Go<Seen> {
  const config: Config = yield* centre.read();
  const rules = config.rules.version;
  yield* gosched();
  return { rules, discounts: config.discounts.version };
}

interface Gates {
  readonly centre: Centre;
  /** A fetch says here that it has begun, and the reload that it has returned. */
  readonly news: Chan<string>;
  /** A fetch ends when it gets something from here, or when it is closed. */
  readonly gate: Chan<string>;
}

const RETURNED = "reload has returned";

/** Every fetch takes until main has read once more: whoever lets main wait for the fetch has stopped the clock. */
function readsDuringFetches(x: Submission): Program<Gates, number> {
  return {
    setup: () => ({ centre: new x.OrderCentre(), news: new Chan(64), gate: new Chan() }),
    *main({ centre, news, gate }) {
      go(function* reload() {
        yield* centre.reload(function* (name) {
          yield* news.send(`fetch ${name}`);
          yield* gate.recv();
          return { name, version: 1 };
        });
        yield* news.send(RETURNED);
      });
      let fetches = 0;
      while ((yield* news.recv()) !== RETURNED) {
        yield* centre.read();
        fetches++;
        yield* gate.send("the fetch is over");
      }
      gate.close(); // for a reload that goes on in the background
      return fetches;
    },
  };
}

/** Two readers look three times each while two reloads go by. */
function readsBesideReloads(x: Submission): Program<Disk, Seen[]> {
  return {
    setup: makeDisk(x),
    *main(disk) {
      const seen: Seen[] = [];
      const readers = new WaitGroup();
      const reader = function* () {
        for (let i = 0; i < 3; i++) seen.push(yield* look(disk.centre));
      };
      readers.go(reader);
      readers.go(reader);
      for (disk.version = 1; disk.version <= 2; disk.version++) yield* disk.centre.reload(fetchFrom(disk));
      yield* readers.wait();
      return seen;
    },
    after(_disk, seen) {
      for (const { rules, discounts } of seen) {
        if (rules === discounts) continue;
        throw new Error(`a reader saw rules of version ${rules} beside discounts of version ${discounts}`);
      }
    },
  };
}

/** After each of two reloads, main and another goroutine read; two readers are about all the time. */
function readsAfterReloads(x: Submission): Program<Disk, { version: number; seen: Seen }[]> {
  return {
    setup: makeDisk(x),
    *main(disk) {
      const results: { version: number; seen: Seen }[] = [];
      const others = new WaitGroup();
      const reader = function* () {
        for (let i = 0; i < 3; i++) yield* look(disk.centre);
      };
      others.go(reader);
      others.go(reader);
      for (const version of [1, 2]) {
        disk.version = version;
        yield* disk.centre.reload(fetchFrom(disk));
        const late = new WaitGroup();
        late.go(function* lateReader() {
          results.push({ version, seen: yield* look(disk.centre) });
        });
        results.push({ version, seen: yield* look(disk.centre) });
        yield* late.wait();
      }
      yield* others.wait();
      return results;
    },
    after(_disk, results) {
      for (const { version, seen } of results) {
        if (seen.rules === version && seen.discounts === version) continue;
        throw new Error(
          `reload had returned with version ${version}, and a read after it saw rules of version ${seen.rules} and discounts of version ${seen.discounts}`,
        );
      }
    },
  };
}

/** The disk fails at the second part. Then main reads. */
function readsAfterFailure(x: Submission): Program<Disk, Seen> {
  return {
    setup: makeDisk(x),
    *main(disk) {
      const fetch = fetchFrom(disk);
      disk.version = 1;
      try {
        yield* disk.centre.reload(function* (name) {
          if (name === "discounts") throw new Error("the disk failed");
          return yield* fetch(name);
        });
      } catch {
        // What a reload that failed tells its caller is its own business.
      }
      return yield* look(disk.centre);
    },
    after(_disk, { rules, discounts }) {
      if (rules === 0 && discounts === 0) return;
      throw new Error(
        `the reload failed, and a read after it saw rules of version ${rules} and discounts of version ${discounts}`,
      );
    },
  };
}

/** Says `waits` when goroutines wait for ever, else what the explorer found. */
function judgedBy(waits: string): (seen: Exploration<unknown>) => string | undefined {
  const stuck: readonly Verdict[] = ["global-deadlock", "partial-deadlock", "livelock", "out-of-steps"];
  return ({ verdict, failure }) => {
    if (verdict === "ok") return undefined;
    if (stuck.includes(verdict)) return waits;
    if (verdict === "leak") return "a goroutine is left behind that waits for ever";
    return failure?.error?.message.split("\n")[0] ?? verdict;
  };
}

/** Somebody runs for ever; proved (livelock), or seen for as long as one looked. */
const SPINS: Hints["livelock"] = [
  "A goroutine goes round and round and nothing changes. Which loop is it?",
  "A loop around `tryLock` or `tryRLock` is a wait as well; it only burns the processor while it waits.",
  "Let the reader need no lock: `return yield* this.#current.load();`.",
];

/** What can happen to each of the four. */
const COMMON: Hints = {
  "global-deadlock": [
    "Somebody holds what all others wait for. The lines above say who waits, and in which call.",
    "Follow each lock from `lock` to `unlock`: is there a way out of the method that leaves it locked?",
    "Between a `lock` and its `unlock` there should be nothing that waits or throws: two assignments, no more.",
  ],
  diverged: [
    "Two runs of the same schedule differ: something of the first is still there in the second.",
    "Every schedule begins with a new OrderCentre. What does your code change that lies outside of it?",
    "Keep all that changes in private fields of the class; a variable of the module lives on into the next schedule.",
  ],
  leak: [
    "Main returned, and a goroutine that your code started still waits. For what?",
    "Whoever starts a goroutine says how it ends. Here the simplest way is to start none.",
    "Fetch in `reload` itself, one part after the other, and publish at its end.",
  ],
  livelock: SPINS,
  "out-of-steps": SPINS,
  panic: [
    "Something was thrown that nobody caught. The line is named above.",
    "An error that is thrown in a goroutine of its own ends the program: its starter cannot catch it.",
    'Fetch in `reload` itself, one part after the other: `const rules = yield* fetch("rules");`.',
  ],
};

export default exercise<Submission>({
  id: "05-the-rwmutex-incident/reload",
  hiddenPoints: 2,
  properties: [
    {
      name: "no reader waits for the reload's I/O",
      points: 2,
      lab: readsDuringFetches,
      schedules: 200,
      expect: judgedBy(
        "a reader had to wait for a fetch, and here a fetch ends only after the reader has read",
      ),
      hints: {
        ...COMMON,
        "global-deadlock": [
          "Look at the last rows: what does main wait for, who holds it, and what does that one wait for?",
          "The two fetches need nothing of what the lock protects. What does? Only the moment when the new takes the old one's place.",
          'Fetch first, into two local constants; no lock is held meanwhile: `const rules = yield* fetch("rules");`, the discounts likewise. Then put both in their place at once.',
        ],
      },
      go: 'rules, err := fetch(ctx, "rules") // no lock is held here',
    },
    {
      name: "no reader sees half of a reload",
      points: 2,
      lab: readsBesideReloads,
      schedules: 500,
      expect: judgedBy("somebody waits for ever while reads and reloads go on"),
      hints: {
        ...COMMON,
        "wrong-result": [
          "In the lanes, find the two reads of the reader that was fooled. What did the reload do in between?",
          "Either the reload changes the parts one by one where readers look, or a reader was given an object that is changed later. An object that nobody ever changes cannot be seen half changed.",
          "Build a new `{ rules, discounts }` and replace one reference: `yield* this.#current.store({ rules, discounts });` with `#current = new AtomicPointer(first())`.",
        ],
      },
      go: "current.Store(&Config{rules, discounts}) // current is an atomic.Pointer[Config]",
    },
    {
      name: "after reload has returned, every read sees the new configuration",
      points: 1,
      lab: readsAfterReloads,
      schedules: 500,
      expect: judgedBy("somebody waits for ever after a reload"),
      hints: {
        ...COMMON,
        "wrong-result": [
          "The reload had returned. Where was the new configuration then?",
          "Does something of the reload go on after it returns (a goroutine of its own), or does it give up when it does not get the lock at once?",
          "The last line of `reload` is the one that publishes, and it is not in a `go`: `yield* this.#current.store({ rules, discounts });`.",
        ],
      },
    },
    {
      name: "a reload that fails leaves the old configuration, and leaves it readable",
      points: 1,
      lab: readsAfterFailure,
      schedules: 200,
      expect: judgedBy("after a reload that failed nobody can read any more"),
      hints: {
        ...COMMON,
        "global-deadlock": [
          "The second fetch threw. Which line was not reached any more?",
          "The lock was taken before the fetch, and its `unlock` stands after it. A throw in between skips it.",
          "Take no lock before everything is fetched; or unlock in a `finally`.",
        ],
        "wrong-result": [
          "The second fetch threw. What had been changed by then?",
          "A part that is put in its place before the other one has come stays there when the other never comes.",
          "Fetch both into local constants first, and change what readers see in one step at the end.",
        ],
      },
    },
  ],
});
