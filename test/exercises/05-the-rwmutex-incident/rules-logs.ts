// What the visible and the hidden check of 05-the-rwmutex-incident/rules share: logs as text, a program that runs a rule
// over logs, and the judgement. Expectations stand in the check files, in `expect` only.
import { type Exploration, gosched, type Program } from "happens-before";

type Line = import("../../../exercises/05-the-rwmutex-incident/rules.js").Line;
type Log = readonly Line[];

/** A log of lines such as `0 g1 lock prices`: ms, goroutine, what, lock. */
export function log(...lines: string[]): Log {
  return lines.map((line): Line => {
    const [atMs, goroutine, what, lock] = line.split(" ") as [string, string, Line["what"], string?];
    const moment = { atMs: Number(atMs), goroutine: Number(goroutine.slice(1)), what };
    return lock === undefined ? moment : { ...moment, lock };
  });
}

/** Runs one rule over all logs. They are read, not explored: one schedule is enough. */
export function answersOf(logs: readonly Log[], rule: (log: Log) => string[]): Program<null, string[][]> {
  return {
    setup: () => null,
    *main() {
      yield* gosched();
      return logs.map((each) => [...rule(each)].sort());
    },
  };
}

const listed = (names: readonly string[]) =>
  names.length === 0 ? "nothing" : names.map((name) => name || "a lock without a name").join(", ");
const shown = ({ atMs, goroutine, what, lock = "" }: Line) =>
  `  ${atMs} ms  goroutine ${goroutine}  ${what} ${lock}`.trimEnd();

/** Says which log was answered otherwise than `expected`, and shows it. */
export function judgedBy(
  rule: string,
  logs: readonly Log[],
  expected: readonly (readonly string[])[],
): (seen: Exploration<unknown>) => string | undefined {
  return ({ failure, outcomes }) => {
    if (failure !== undefined) return failure.error?.message.split("\n")[0] ?? failure.verdict;
    const answers = (outcomes[0]?.result ?? []) as string[][];
    const wrong = expected.findIndex(
      (names, i) => JSON.stringify(answers[i]) !== JSON.stringify([...names].sort()),
    );
    if (wrong < 0) return undefined;
    const [named, wanted] = [answers[wrong] ?? [], expected[wrong] ?? []].map(listed);
    const what = `${rule} named ${named}, where ${wanted} was to be named`;
    return [`${what}, in this log:`, ...(logs[wrong] ?? []).map(shown)].join("\n");
  };
}
