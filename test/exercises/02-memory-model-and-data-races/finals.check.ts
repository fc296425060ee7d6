// The check of 02-memory-model-and-data-races/finals: the list against what all interleavings show.
import { AtomicInt32, type Exploration, type Go, type Program, WaitGroup } from "happens-before";
import { exercise } from "happens-before/check";

type Submission = typeof import("../../../exercises/02-memory-model-and-data-races/finals.js");

interface Counting {
  readonly counter: AtomicInt32;
  readonly both: WaitGroup;
}

/** One ending of the counter, and what was named. */
interface Ending {
  readonly value: number;
  readonly named: readonly number[];
}

// A read and a write of their own, as `counter++` has them. Both are atomic here, so that a lost update stays what it
// is, a wrong number, and is not told as a race.
function* increment(counter: AtomicInt32): Go {
  const seen = yield* counter.load();
  yield* counter.store(seen + 1);
}

function* twice(counter: AtomicInt32): Go {
  yield* increment(counter);
  yield* increment(counter);
}

/** Two goroutines, two increments each. */
function counting({ finals }: Submission): Program<Counting, Ending> {
  return {
    setup: () => ({ counter: new AtomicInt32(), both: new WaitGroup() }),
    *main({ counter, both }) {
      if (finals.length === 0) throw new Error("not implemented: finals names no value yet");
      yield* both.go(twice, counter);
      yield* both.go(twice, counter);
      yield* both.wait();
      return { value: yield* counter.load(), named: [...finals] };
    },
  };
}

/** The same, failing where it ends with a value that was not named. */
function missing(x: Submission): Program<Counting, Ending> {
  return {
    ...counting(x),
    after(_counting, { value, named }) {
      if (named.includes(value)) return;
      throw new Error(`the counter can end with ${value}, and finals does not name it`);
    },
  };
}

const list = (values: readonly unknown[]): string => values.map(String).join(", ");

function impossible({ verdict, outcomes, failure }: Exploration<unknown>): string | undefined {
  if (verdict !== "ok") return failure?.error?.message.split("\n")[0] ?? verdict;
  const endings = outcomes.map(({ result }) => result as Ending);
  const seen = new Set(endings.map(({ value }) => value));
  const wrong = [...new Set(endings[0]?.named)].filter((value) => !seen.has(value));
  if (wrong.length === 0) return undefined;
  return `finals names ${list(wrong)}, and no interleaving ends with ${wrong.length === 1 ? "it" : "them"}`;
}

const NOT_IMPLEMENTED: [string, string, string] = [
  "The list is still empty. What does the counter say when the two goroutines run one after the other?",
  "Then let an update get lost: both read the same value, and both write one more. How often can that happen?",
  "Play it on the board of the notebook: each time you come to an end, add what the counter says.",
];

export default exercise<Submission>({
  id: "02-memory-model-and-data-races/finals",
  properties: [
    {
      name: "every value that the counter can end with is named",
      points: 2,
      lab: missing,
      schedules: 500,
      expect: ({ verdict, failure }) =>
        verdict === "ok" ? undefined : (failure?.error?.message.split("\n")[0] ?? verdict),
      hints: {
        "not-implemented": NOT_IMPLEMENTED,
        "wrong-result": [
          "The lanes show one way to that value. Where does a goroutine write although the other one has written since its read?",
          "An update is lost when both read the same value. Count: with no update lost, with one, with as many as can be.",
          "Let both goroutines go in step: read, read, write, write, and once more. That is the smallest that this way gives.",
        ],
      },
      go: "counter++ // a load, an addition, a store",
    },
    {
      name: "no value is named that it cannot end with",
      points: 1,
      lab: counting,
      schedules: 500,
      expect: impossible,
      hints: {
        "not-implemented": NOT_IMPLEMENTED,
        "wrong-result": [
          "For the value that is named above: who would have to write it last, and what must that goroutine have read before?",
          "A goroutine's own steps keep their order: its second read comes after its own first write.",
          "The last write is somebody's second. Its read came after its own first write of at least 1, so it saw 1 or more.",
        ],
      },
    },
  ],
});
