import { type ExploreOptions, explore, programFile } from "happens-before";
import { expect, test } from "vitest";
import { runParallel } from "../../lib/explore/parallel.js";

const BANK = new URL("./files/bank.mjs", import.meta.url);

/** What a search says with 1, 2 and 4 threads. */
async function withThreads(name: string, options: ExploreOptions) {
  const seen = [];
  for (const threads of [1, 2, 4]) seen.push(await explore(programFile(BANK, name), { ...options, threads }));
  return seen;
}

test("parallel: one, two and four threads say the same of a search that goes through its whole budget", async () => {
  const [one, two, four] = await withThreads("lostUpdate", {
    schedules: 1500,
    stopAt: "never",
    coverage: true,
  });
  expect(one?.outcomes.map((o) => o.result).sort()).toEqual([1, 2]);
  expect(one?.schedules).toBe(1500);
  expect(two).toEqual(one);
  expect(four).toEqual(one);
});

test("parallel: the failing schedule with the lowest index is reported, whoever found one first", async () => {
  const [one, two, four] = await withThreads("default", {
    schedules: 2000,
    seed: "2",
    strategies: ["random"],
  });
  expect(one?.verdict).toBe("panic");
  expect(one?.schedules).toBeGreaterThan(200); // else one stretch would hold it
  expect(two).toEqual(one);
  expect(four).toEqual(one);
});

test("parallel: a search goes on where one with another number of threads has ended", async () => {
  const half = await explore(programFile(BANK, "lostUpdate"), {
    schedules: 100,
    stopAt: "never",
    threads: 3,
  });
  const options = { schedules: 100, stopAt: "never", resume: half.resume ?? "" } as const;
  const [one, two] = await withThreads("lostUpdate", options);
  expect(two).toEqual(one);
  expect(one?.resume).not.toBe(half.resume);
});

test("parallel: a deadlock is shrunk and replayed as by one thread", async () => {
  const [one, two] = await withThreads("deadlock", { schedules: 300 });
  expect(one?.verdict).toBe("global-deadlock");
  expect(two?.failure?.schedule).toBe(one?.failure?.schedule);
});

test("parallel: while it runs, the first failure's verdict is told", async () => {
  const said = new Set<string>();
  const options = { schedules: 3000, stopAt: "never" } as const;
  const seen = await runParallel({
    job: { program: programFile(BANK, "deadlock"), source: "", options },
    threads: 2,
    range: [0, 3000],
    goesOn: (_ran, verdict) => {
      said.add(verdict);
      return null;
    },
  });
  expect(seen.verdict).toBe("global-deadlock");
  expect([...said].filter((verdict) => verdict !== "ok")).toEqual(["global-deadlock"]);
});

test("parallel: a function cannot travel, and the error says what can", async () => {
  await expect(explore(function* () {}, { threads: 2 })).rejects.toThrow(
    'threads: a function cannot travel to other threads. Export the program from a file and explore programFile(new URL("./bank.js", import.meta.url), "transfer"), or leave `threads` out',
  );
});

test("parallel: results that cannot travel are an error that says so", async () => {
  await expect(explore(programFile(BANK, "returnsAFunction"), { threads: 2, schedules: 10 })).rejects.toThrow(
    "explore: with `threads`, the program's results have to be plain data that can travel:",
  );
});

test("parallel: an export that is no program is an error that lists what there is", async () => {
  await expect(explore(programFile(BANK, "notAProgram"))).rejects.toThrow(
    /exports no program "notAProgram"; it exports: .*lostUpdate/,
  );
});

test("parallel: a thread that ends by itself ends the search with an error, not with silence", async () => {
  Object.assign(globalThis, { isTheTest: true });
  await expect(explore(programFile(BANK, "dies"), { threads: 2, schedules: 10 })).rejects.toThrow(
    "explore: a thread of the search ended by itself (exit code 3)",
  );
});

test("parallel: an aborted search rejects with the signal's reason", async () => {
  const abort = new AbortController();
  const search = explore(programFile(BANK, "lostUpdate"), {
    threads: 2,
    schedules: 10_000_000,
    stopAt: "never",
    signal: abort.signal,
  });
  abort.abort(new Error("enough"));
  await expect(search).rejects.toThrow("enough");
});

test.each([
  [0, "threads: expected an integer from 1 to 64, got 0"],
  [1.5, "threads: expected an integer from 1 to 64, got 1.5"],
  [65, "threads: expected an integer from 1 to 64, got 65"],
])("parallel: %s threads are refused", async (threads, message) => {
  await expect(explore(programFile(BANK, "lostUpdate"), { threads })).rejects.toThrow(message);
});

test("parallel: an exhaustive search on several threads is refused", async () => {
  await expect(explore(programFile(BANK, "lostUpdate"), { threads: 2, exhaustive: true })).rejects.toThrow(
    "threads: expected no `exhaustive` beside it",
  );
});

test("parallel: what is no URL of a file is refused", () => {
  expect(() => programFile("./bank.js" as unknown as URL)).toThrow(
    'programFile: expected the URL of a file, as new URL("./bank.js", import.meta.url); got "./bank.js"',
  );
});
