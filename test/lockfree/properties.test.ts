// Random programs under random schedules: whatever goroutines do to a structure, its history is that of the model.
import fc from "fast-check";
import { type Go, MSQueue, report, TreiberStack, WaitGroup, WorkDeque } from "happens-before";
import { expect, test } from "vitest";
import { deque, History, judge, type Model, queue, stack } from "./linear.js";

type Word = "push" | "pop" | "steal";
type Calls = { [word in Word]?: (value: string) => Go<unknown> };

interface Subject {
  readonly name: string;
  readonly model: Model;
  /** What the first goroutine may do, and what all others may. */
  readonly words: readonly [readonly Word[], readonly Word[]];
  make(): Calls;
}

const SUBJECTS: Subject[] = [
  {
    name: "TreiberStack",
    model: stack,
    words: [
      ["push", "pop"],
      ["push", "pop"],
    ],
    make() {
      const s = new TreiberStack<string>();
      return { push: (value) => s.push(value), pop: () => s.pop() };
    },
  },
  {
    name: "MSQueue",
    model: queue,
    words: [
      ["push", "pop"],
      ["push", "pop"],
    ],
    make() {
      const q = new MSQueue<string>();
      return { push: (value) => q.push(value), pop: () => q.pop() };
    },
  },
  {
    name: "WorkDeque",
    model: deque,
    words: [["push", "pop"], ["steal"]],
    make() {
      const d = new WorkDeque<string>(1);
      return { push: (value) => d.push(value), pop: () => d.pop(), steal: () => d.steal() };
    },
  },
];

/** Runs `plan`, one list of calls a goroutine, and judges the history. */
async function outcome(subject: Subject, plan: readonly (readonly Word[])[], seed: string): Promise<unknown> {
  const seen = await report(
    {
      setup: () => ({ calls: subject.make(), history: new History() }),
      *main({ calls, history }): Go<string> {
        const wg = new WaitGroup();
        for (const [i, words] of plan.entries())
          wg.go(function* () {
            for (const [k, word] of words.entries()) {
              const call = calls[word] as (value: string) => Go<unknown>;
              const value = `${i}.${k}`;
              yield* history.call(word, word === "push" ? value : undefined, call(value));
            }
          });
        yield* wg.wait();
        return judge(history, subject.model);
      },
    },
    { strategy: "random", seed, maxSteps: 10_000 },
  );
  return seen.verdict === "ok" ? seen.result : seen.verdict;
}

for (const subject of SUBJECTS) {
  test(`${subject.name}: every history of every program is that of its model`, async () => {
    const list = (words: readonly Word[]) =>
      fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 });
    const plan = fc.tuple(list(subject.words[0]), list(subject.words[1]), list(subject.words[1]));
    await fc.assert(
      fc.asyncProperty(plan, fc.nat(1_000_000), async (calls, seed) => {
        expect(await outcome(subject, calls, String(seed))).toBe("linear");
      }),
      { numRuns: 300, seed: 1 },
    );
  });
}

test("judged by the wrong model the queue is found out, so the tests above can fail", async () => {
  const wrong = { ...(SUBJECTS[1] as Subject), model: stack };
  expect(await outcome(wrong, [["push", "push", "pop"]], "1")).toContain('pop() = "0.0"');
});
