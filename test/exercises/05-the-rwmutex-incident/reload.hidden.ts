// The hidden part of 05-the-rwmutex-incident/reload: what was read stays as it is, and one failure is not the end.
import { type Go, go, gosched, type Program, WaitGroup } from "happens-before";
import { exercise } from "happens-before/check";

type Submission = typeof import("../../../exercises/05-the-rwmutex-incident/reload.js");
type Part = import("../../../exercises/05-the-rwmutex-incident/reload.js").Part;
type Centre = InstanceType<Submission["OrderCentre"]>;

interface Disk {
  readonly centre: Centre;
  version: number;
}

function* fetchFrom(disk: Disk, name: Part["name"]): Go<Part> {
  yield* gosched();
  return { name, version: disk.version };
}

/** A request keeps what it has read while two reloads go by; it tells what it saw first and last. */
function keepsWhatItRead(x: Submission): Program<Disk, string> {
  return {
    setup: () => ({ centre: new x.OrderCentre(), version: 0 }),
    *main(disk) {
      let seen = "";
      const done = new WaitGroup();
      done.go(function* slowRequest() {
        const config = yield* disk.centre.read();
        const first = `${config.rules.version} ${config.discounts.version}`;
        for (let i = 0; i < 6; i++) yield* gosched();
        seen = `${first} then ${config.rules.version} ${config.discounts.version}`;
      });
      for (disk.version = 1; disk.version <= 2; disk.version++) {
        yield* disk.centre.reload((name) => fetchFrom(disk, name));
      }
      yield* done.wait();
      return seen;
    },
  };
}

/** A reload fails at its second part, the next one does not. Then main reads. */
function goesOnAfterFailure(x: Submission): Program<Disk, string> {
  return {
    setup: () => ({ centre: new x.OrderCentre(), version: 1 }),
    *main(disk) {
      yield* go(function* reader() {
        for (let i = 0; i < 3; i++) yield* disk.centre.read();
      });
      try {
        yield* disk.centre.reload(function* (name) {
          if (name === "discounts") throw new Error("the disk failed");
          return yield* fetchFrom(disk, name);
        });
      } catch {
        // What a reload that failed tells its caller is its own business.
      }
      disk.version = 2;
      yield* disk.centre.reload((name) => fetchFrom(disk, name));
      const { rules, discounts } = yield* disk.centre.read();
      return `${rules.version} ${discounts.version}`;
    },
  };
}

export default exercise<Submission>({
  id: "05-the-rwmutex-incident/reload",
  properties: [
    {
      name: "what a request has read stays as it is while reloads go by",
      points: 1,
      lab: keepsWhatItRead,
      schedules: 300,
      expect({ verdict, outcomes }) {
        if (verdict !== "ok") return "somebody waits for ever while a request keeps its configuration";
        const changed = outcomes
          .map(({ result }) => String(result))
          .find((seen) => {
            const [first, last] = seen.split(" then ");
            return first !== last;
          });
        return changed === undefined
          ? undefined
          : `a request read one configuration and found it changed: ${changed}`;
      },
      hints: {
        "wrong-result": [
          "A request was given an object, and later something else stood in it. Who else has that object?",
          "What was given to a reader must never be changed. Two buffers that take turns are not enough: a slow reader still has the first one when its turn comes again.",
          "Build a new `{ rules, discounts }` for every reload, and replace the reference only.",
        ],
      },
    },
    {
      name: "a reload after one that failed works as always",
      points: 1,
      lab: goesOnAfterFailure,
      schedules: 200,
      expect({ verdict, outcomes }) {
        if (verdict !== "ok") return "after a reload that failed, somebody waits for ever";
        const wrong = outcomes.find(({ result }) => result !== "2 2");
        return wrong === undefined
          ? undefined
          : `the second reload brought version 2, and a read after it saw ${wrong.result}`;
      },
      hints: {
        panic: [
          "Something was thrown that nobody caught. The line is named above.",
          "An error that is thrown in a goroutine of its own ends the program: its starter cannot catch it.",
          "Fetch in `reload` itself, one part after the other, and let what it throws go to the caller.",
        ],
        "global-deadlock": [
          "The first reload threw. What did it hold then?",
          "Between a `lock` and its `unlock` there should be nothing that throws, or the `unlock` belongs into a `finally`.",
          "Fetch both parts before you take any lock.",
        ],
        "wrong-result": [
          "The first reload failed halfway. What had it left behind for the second?",
          "Whatever a reload collects must be its own until it publishes: two local constants, no field of the class.",
          'Begin with `const rules = yield* fetch("rules");` and change nothing before both are there.',
        ],
      },
    },
  ],
});
