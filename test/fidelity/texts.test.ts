// Every row of the table of Go's exact texts: provoked bare, and inside a recovering function that also catches.
import { explore, FatalError, type Go, goexit, recover, report, synctest, withDefer } from "happens-before";
import { expect, test } from "vitest";
import { ROWS, type Row } from "./texts.js";

const STRATEGIES = ["gmp", "random"] as const;

/** The first line of what a run died with, without its kind. */
function textOf(message: string | undefined): string | undefined {
  return message?.split("\n")[0]?.replace(/^(fatal error|panic): /, "");
}

type Guard = (body: () => Go<unknown>, caught: string[]) => () => Go<unknown>;

/** The two ways to go on after a panic: Go's, and JavaScript's. */
const GUARDS: Readonly<Record<"recover" | "catch", Guard>> = {
  recover: (body, caught) =>
    function* () {
      yield* withDefer(function* (defer) {
        defer(() => {
          const got = recover();
          if (got !== null) caught.push((got as Error).message);
        });
        yield* body();
      });
      return "went on";
    },
  catch: (body, caught) =>
    function* () {
      try {
        yield* body();
      } catch (error) {
        if (!(error instanceof Error)) throw error; // a goexit on its way
        if (!(error instanceof FatalError)) caught.push(error.message);
      }
      return "went on";
    },
};

function placed(row: Row, body: () => Go<unknown>): () => Go<unknown> {
  if (row.isInBubble !== true) return body;
  return function* () {
    return yield* synctest(body);
  };
}

const VERDICTS: Readonly<Record<string, readonly string[]>> = {
  fatal: ["fatal", "global-deadlock"],
  panic: ["panic"],
  argument: ["panic"],
  value: ["ok"],
};

/** Runs `body` in its ways; for a row that needs an order, until a schedule shows it. */
async function provoke(
  row: Row,
  body: () => Go<unknown>,
): Promise<{ verdict: string; text: unknown; result: unknown }[]> {
  if (row.schedules !== undefined) {
    const seen = await explore(body, { schedules: row.schedules });
    const { failure } = seen;
    return [
      { verdict: seen.verdict, text: textOf(failure?.error?.message), result: seen.outcomes[0]?.result },
    ];
  }
  const ways = STRATEGIES.map(async (strategy) => {
    const r = await report(body, { strategy });
    return { verdict: r.verdict, text: textOf(r.error?.message), result: r.result };
  });
  return Promise.all(ways);
}

for (const row of ROWS) {
  const { where, kind, text, body } = row;
  if (typeof body !== "function") {
    test(`texts: ${where}: "${text}" cannot happen: ${body.reason}`, () => {
      expect(body.reason.length).toBeGreaterThan(20);
    });
    continue;
  }
  test(`texts: ${where} (${kind}): ${text}`, async () => {
    for (const seen of await provoke(row, placed(row, body))) {
      expect(VERDICTS[kind]).toContain(seen.verdict);
      expect(kind === "value" ? seen.result : seen.text).toBe(text);
    }
  });
  if (kind === "value") continue;
  for (const [how, guard] of Object.entries(GUARDS)) {
    test(`texts: ${where}: ${how} ${kind === "fatal" ? "does not help" : "helps"}`, async () => {
      const caught: string[] = [];
      const guarded = placed(row, guard(body, caught));
      if (row.schedules !== undefined) {
        const seen = await explore(guarded, { schedules: row.schedules, stopAt: "never" });
        if (kind === "fatal") expect([caught, seen.verdict]).toEqual([[], "fatal"]);
        else expect(caught.length > 0 || seen.failure?.error?.message.includes(text)).toBe(true);
        return;
      }
      for (const strategy of STRATEGIES) {
        caught.length = 0;
        const r = await report(guarded, { strategy });
        expect(caught).toEqual(kind === "fatal" ? [] : [text]);
        expect(r.result).toBe(kind === "fatal" ? undefined : "went on");
        if (kind === "fatal") expect(textOf(r.error?.message)).toBe(text);
      }
    });
  }
}

const reached = ROWS.filter((row) => typeof row.body === "function").length;

test(`texts: ${ROWS.length} rows, ${reached} provoked, ${ROWS.length - reached} with a reason`, () => {
  console.log(
    `Go's exact texts: ${reached} of ${ROWS.length} provoked, ${ROWS.length - reached} with a reason`,
  );
  expect([ROWS.length, reached]).toEqual([49, 47]);
  expect(new Set(ROWS.map((row) => row.where)).size).toBe(ROWS.length);
});

test("texts: a run that only blocks dies with Go's text [TestSimpleDeadlock]", async () => {
  const r = await report(ROWS[0]?.body as () => Go);
  expect(r.error?.message).toMatch(
    /^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[chan receive\]:/,
  );
});

test("texts: go of nothing dies with Go's text [TestGoNil]", async () => {
  const row = ROWS.find(({ text }) => text === "go of nil func value");
  const r = await report(row?.body as () => Go);
  expect(r).toMatchObject({ verdict: "fatal", error: { name: "FatalError" } });
});

test("texts: the guard lets a goexit through, so it hides nothing", async () => {
  const caught: string[] = [];
  const r = await report(
    GUARDS.recover(function* () {
      yield* goexit();
    }, caught),
  );
  expect([caught, r.verdict]).toEqual([[], "global-deadlock"]);
});
