// What to do after an error of Go's runtime: the programs that make them, and the line at the end of the head.
import { expect, test } from "vitest";
import "../../lib/detect/index.js";
import { type Body, Chan, explore, type Go, GoMap, go, gosched, Mutex, WaitGroup } from "../../lib/index.js";
import { headLines } from "../../lib/plot/verdicts.js";

async function last(main: Body): Promise<string | undefined> {
  const { failure } = await explore(main, { schedules: 50, detect: ["closed"] });
  return failure === undefined ? "nothing wrong" : headLines(failure).at(-1)?.trim();
}

test.each<[error: string, main: Body, step: RegExp]>([
  [
    "one done too many",
    function* (): Go {
      yield* new WaitGroup().done();
    },
    /^next: see that each done has an add of its own/,
  ],
  [
    "an unlock too many",
    function* (): Go {
      yield* new Mutex().unlock();
    },
    /^next: unlock once for each lock/,
  ],
  [
    "a map used by two",
    function* (): Go {
      const map = new GoMap<string, number>();
      yield* map.set("a", 1);
      yield* go(function* () {
        yield* map.forEach(function* () {
          yield* gosched();
        });
      });
      for (let i = 0; i < 9; i++) yield* map.set("b", i);
    },
    /^next: hold one Mutex around every use of the map/,
  ],
  [
    "a send on a closed channel, whose detector advises by itself",
    function* (): Go {
      const chan = new Chan<number>(1);
      yield* chan.close();
      yield* chan.send(1);
    },
    /^next: let who sends close it/,
  ],
])("%s", async (_, main, step) => {
  expect(await last(main)).toMatch(step);
});

test("an error of one's own gets no advice", async () => {
  expect(
    await last(function* () {
      throw new Error("no such account");
    }),
  ).not.toContain("next: ");
});
