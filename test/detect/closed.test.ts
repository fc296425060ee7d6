import { describe, expect, test } from "vitest";
import {
  type Body,
  Chan,
  explore,
  go,
  onDefault,
  type Report,
  report,
  select,
  sleep,
  WaitGroup,
} from "../../lib/index.js";

const OPTIONS = { detect: ["closed"], clock: "jump" } as const;

function textOf(seen: Report): string {
  const found = seen.findings.find((f) => f.verdict === "panic");
  return (found?.message ?? "no panic").replaceAll(/ at \/[^\n]*?:\d+:\d+/g, " at HERE");
}

function* closer(ch: Chan<number>) {
  yield* ch.close();
}

const planted: [what: string, body: () => Body, rows: [string, string, string]][] = [
  [
    "two goroutines that close one channel",
    () =>
      function* main() {
        const ch = new Chan<number>();
        yield* go(closer, ch);
        yield* sleep(1);
        yield* ch.close();
      },
    [
      "panic: close of closed channel",
      '  goroutine 1 "main" closes chan#1 at HERE',
      '  goroutine 2 "closer" had closed it at HERE',
    ],
  ],
  [
    "one that closes twice",
    () =>
      function* main() {
        const ch = new Chan<number>();
        yield* ch.close();
        yield* ch.close();
      },
    [
      "panic: close of closed channel",
      '  goroutine 1 "main" closes chan#1 at HERE',
      "  it had closed it at HERE",
    ],
  ],
  [
    "a send after the close",
    () =>
      function* main() {
        const ch = new Chan<number>(1);
        yield* go(closer, ch);
        yield* sleep(1);
        yield* ch.send(1);
      },
    [
      "panic: send on closed channel",
      '  goroutine 1 "main" sends on chan#1 at HERE',
      '  goroutine 2 "closer" had closed it at HERE',
    ],
  ],
  [
    "a send that waits while the channel is closed",
    () =>
      function* main() {
        const ch = new Chan<number>();
        yield* go(function* () {
          yield* sleep(1);
          yield* closer(ch);
        });
        yield* ch.send(1);
      },
    [
      "panic: send on closed channel",
      '  goroutine 1 "main" sends on chan#1 at HERE',
      '  goroutine 2 "func" had closed it at HERE',
    ],
  ],
  [
    "a select with one case that sends on a closed channel",
    () =>
      function* main() {
        const [open, closed] = [new Chan<number>(), new Chan<number>()];
        yield* go(closer, closed);
        yield* sleep(1);
        yield* select(open.onSend(1), closed.onSend(2), onDefault());
      },
    [
      "panic: send on closed channel",
      '  goroutine 1 "main" sends on chan#1 at HERE',
      '  goroutine 2 "closer" had closed it at HERE',
    ],
  ],
  [
    "a select that waits to send while the channel is closed",
    () =>
      function* main() {
        const [open, closed] = [new Chan<number>(), new Chan<number>()];
        yield* go(function* () {
          yield* sleep(1);
          yield* closer(closed);
        });
        yield* select(open.onSend(1), closed.onSend(2));
      },
    [
      "panic: send on closed channel",
      '  goroutine 1 "main" sends on chan#1 at HERE',
      '  goroutine 2 "func" had closed it at HERE',
    ],
  ],
];

describe.each(["gmp", "random"] as const)("planted, under %s", (strategy) => {
  test.each(planted)("%s: both sides are told", async (_, body, rows) => {
    const seen = await report(body(), { ...OPTIONS, strategy });
    expect(seen.verdict).toBe("panic");
    expect(seen.findings).toHaveLength(1);
    expect(textOf(seen).split("\n").slice(0, -1)).toEqual(rows);
    expect(textOf(seen).split("\n").at(-1)).toMatch(/^next: /);
    expect(seen.findings[0]?.at).toHaveLength(2);
  });
});

test("two closers are found and told while exploring, by default", async () => {
  const found = await explore(function* main() {
    const ch = new Chan<number>();
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) {
      yield* wg.go(function* closer() {
        yield* ch.close();
      });
    }
    yield* wg.wait();
  });
  expect(textOf(found.failure as Report)).toMatch(
    /^panic: close of closed channel\n {2}goroutine \d "closer" closes chan#1 at HERE\n {2}goroutine \d "closer" had closed it at HERE\nnext: /,
  );
});

test("two that have announced their close before either of them has its turn", async () => {
  const program: Body = function* main() {
    const ch = new Chan<number>();
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) {
      yield* wg.go(function* closer() {
        yield* ch.close();
      });
    }
    yield* wg.wait();
  };
  for (let seed = 0; seed < 20; seed++) {
    const seen = await report(program, { ...OPTIONS, strategy: "random", seed: `${seed}` });
    expect(textOf(seen).split("\n").slice(1, 3).join()).toMatch(/closes chan#1.*had closed it/);
  }
});

test("silent: another panic, and one that was recovered from", async () => {
  const other = await report(function* () {
    yield* new Chan<number>().close();
    throw new Error("no");
  }, OPTIONS);
  expect(other.findings.map((f) => f.message)).toEqual(["panic: no"]);
  const caught = await report(function* () {
    const ch = new Chan<number>();
    yield* ch.close();
    try {
      yield* ch.close();
    } catch {}
  }, OPTIONS);
  expect(caught.verdict).toBe("ok");
});
