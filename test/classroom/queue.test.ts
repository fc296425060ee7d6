// Grading over a queue: a real redis-server of the test's own, workers in this process and in others, and a kill -9 in
// the middle. Needs redis-server in the path (or HB_REDIS); CI has it, elsewhere this says loudly that it did not run.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  Course,
  type Desk,
  DeskError,
  gradeClass,
  openQueueDesk,
  type RunningWorker,
  startWorker,
  summarise,
  type Task,
} from "../../lib/classroom/index.js";
import type { CheckResult } from "../../lib/grade/index.js";
import { buildCourse, solution, starter, TRANSFER } from "../grade/course.js";
import { findRedis, RedisServer } from "./redis.js";
import { type Files, folderOf } from "./tree.js";

const program = findRedis();
/** Real checks, perhaps on a busy machine. */
const LONG_MS = 180_000;
const isRequired = process.env["CI"] !== undefined;
if (program === undefined) {
  process.stderr.write(
    "\n!! The queue is NOT TESTED: there is no redis-server. apt-get install redis-server\n\n",
  );
}

test.skipIf(program === undefined && !isRequired)("redis-server is installed", () => {
  expect(program, "apt-get install redis-server").toBeDefined();
});

describe.skipIf(program === undefined)("a queue on Redis", { timeout: LONG_MS }, () => {
  const places = buildCourse("queue");
  const folders: { remove(): void }[] = [];
  const workers: RunningWorker[] = [];
  const processes: ChildProcess[] = [];
  let redis: RedisServer;
  let url = "";

  beforeAll(async () => {
    redis = await RedisServer.start(program!);
    url = redis.url;
  });
  let database = 0;
  afterEach(async () => {
    for (const child of processes.splice(0)) child.kill("SIGKILL");
    for (const worker of workers.splice(0)) await worker.close();
    url = `${redis.url}/${++database}`; // each test has an empty one
  });
  afterAll(async () => {
    await redis?.stop();
    places.remove();
    for (const folder of folders) folder.remove();
  });

  function folder(files: Files = {}): string {
    const made = folderOf(files);
    folders.push(made);
    return made.path;
  }

  /** `n` right submissions that differ in a comment. */
  const class_ = (n: number): string =>
    folder(
      Object.fromEntries(
        Array.from({ length: n }, (_, i) => [
          `student ${i}/transfer.ts`,
          `${solution(TRANSFER)}// by ${i}\n`,
        ]),
      ),
    );

  async function worker(more: Partial<Parameters<typeof startWorker>[0]> = {}): Promise<RunningWorker> {
    const started = await startWorker({ url, places, jobs: 1, isolation: "auto", ...more });
    workers.push(started);
    return started;
  }

  /** A worker in a process of its own; resolves with it when it has taken its first job. */
  function workerProcess(lockMs: number): Promise<ChildProcess> {
    const module = pathToFileURL(join(places.root, ".build", "lib", "classroom", "index.js")).href;
    const { remove: _, ...data } = places;
    const script = `
      const { startWorker, LocalDesk } = await import(${JSON.stringify(module)});
      const places = ${JSON.stringify(data)};
      const inner = new LocalDesk({ places, jobs: 1 });
      const desk = { grade: (task) => { console.log("took"); return inner.grade(task); }, close: () => inner.close() };
      await startWorker({ url: ${JSON.stringify(url)}, places, jobs: 1, lockMs: ${lockMs}, desk });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    processes.push(child);
    return new Promise((resolve, reject) => {
      child.stdout!.setEncoding("utf8").on("data", (text: string) => {
        if (text.includes("took")) resolve(child);
      });
      child.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
    });
  }

  const grade = (submissions: string, out: string, more: object = {}) =>
    gradeClass({
      submissions: [submissions],
      out,
      places,
      desk: ({ hash }) => openQueueDesk({ url, course: hash, sweepMs: 1_000 }),
      ...more,
    });

  class CountingDesk implements Desk {
    readonly graded: string[] = [];
    readonly #answer: (task: Task, attempt: number) => CheckResult;

    constructor(answer: (task: Task, attempt: number) => CheckResult) {
      this.#answer = answer;
    }

    async grade(task: Task): Promise<CheckResult> {
      this.graded.push(task.key);
      return this.#answer(task, this.graded.filter((key) => key === task.key).length);
    }

    async close(): Promise<void> {}
  }

  const passed = ({ exercise }: Task): CheckResult => {
    const nothing = { properties: [], notes: [], output: "", isolation: [] };
    return { id: exercise, status: "pass", points: 2, maxPoints: 2, ...nothing, elapsedMs: 1 };
  };

  test(
    "workers grade what is handed in, as this machine alone would",
    async () => {
      const submissions = folder({
        "ada/transfer.ts": solution(TRANSFER),
        "bob/transfer.ts": starter(TRANSFER),
      });
      const [out, alone] = [folder(), folder()];
      await worker();
      expect(await grade(submissions, out)).toMatchObject({ graded: 2, failed: 0, isInterrupted: false });
      await gradeClass({ submissions: [submissions], out: alone, places, jobs: 1, isolation: "auto" });
      const seen = (of: string) =>
        summarise(of, places).report.rows.map(({ student, verdict, result }) => [
          student,
          verdict,
          result?.points,
        ]);
      expect(seen(out)).toEqual(seen(alone));
      expect(seen(out)).toEqual([
        ["ada", "", 4],
        ["bob", "not-implemented", 0],
      ]);
    },
    LONG_MS,
  );

  test(
    "a worker that is killed in the middle of a submission loses nothing: another takes it over",
    async () => {
      const [submissions, out] = [class_(4), folder()];
      const run = grade(submissions, out);
      const child = await workerProcess(2_000);
      child.removeAllListeners("exit");
      child.kill("SIGKILL");
      await worker({ lockMs: 2_000 });
      expect(await run).toMatchObject({ graded: 4, failed: 0, isInterrupted: false });
      expect(summarise(out, places).report.rows.every(({ result }) => result?.status === "pass")).toBe(true);
    },
    LONG_MS,
  );

  test("the same work is one job: handed in again, its result is there without a worker", async () => {
    const submissions = class_(3);
    const desk = new CountingDesk(passed);
    const one = await worker({ desk });
    await grade(submissions, folder());
    await one.close();
    workers.splice(workers.indexOf(one), 1);
    expect(await grade(submissions, folder())).toMatchObject({ graded: 3 });
    expect(desk.graded).toHaveLength(3);
  });

  test("who handed in may go: the next run takes the results that came meanwhile", async () => {
    const [submissions, out] = [class_(3), folder()];
    const stop = new AbortController();
    const first = grade(submissions, out, { signal: stop.signal });
    const desk = new CountingDesk((task) => {
      stop.abort();
      return passed(task);
    });
    const one = await worker({ desk });
    expect((await first).isInterrupted).toBe(true);
    expect(await grade(submissions, out)).toMatchObject({ isInterrupted: false, total: 3 });
    expect(new Set(desk.graded).size).toBe(desk.graded.length);
    expect(one.course).toBe(new Course(places).hash);
  });

  test(
    "a worker that fails is tried again, later; one that fails each time costs one submission only",
    async () => {
      const [submissions, out] = [class_(3), folder()];
      const desk = new CountingDesk((task, attempt) => {
        if (task.text.includes("by 1\n") && attempt < 3) throw new DeskError("out of luck");
        if (task.text.includes("by 2\n")) throw new DeskError("never");
        return passed(task);
      });
      await worker({ desk });
      expect(await grade(submissions, out)).toMatchObject({ graded: 3, failed: 1 });
      const rows = summarise(out, places).report.rows;
      expect(rows.map(({ result }) => result?.status)).toEqual(["pass", "pass", "unknown"]);
      expect(rows[2]?.result?.problem?.message).toBe("The grader failed, which is not about the code: never");
      expect(desk.graded).toHaveLength(1 + 3 + 3);
    },
    LONG_MS,
  );

  test("a worker that is asked to end gives back what it has, at once", async () => {
    const [submissions, out] = [class_(1), folder()];
    let took = (): void => {};
    const hasTaken = new Promise<void>((resolve) => {
      took = resolve;
    });
    let drop = (_: unknown): void => {};
    const slow: Desk = {
      grade: () =>
        new Promise((_, reject) => {
          drop = reject;
          took();
        }),
      close: async () => drop(new DOMException("closed", "AbortError")),
    };
    const one = await worker({ desk: slow });
    const run = grade(submissions, out);
    await hasTaken;
    workers.splice(workers.indexOf(one), 1);
    await one.close();
    const desk = new CountingDesk(passed);
    await worker({ desk });
    expect(await run).toMatchObject({ graded: 1, failed: 0 });
    expect(desk.graded).toHaveLength(1);
  });

  test("a worker with another course refuses", async () => {
    const stop = new AbortController();
    const other = ({ hash }: Course) => openQueueDesk({ url, course: hash.replaceAll(/./g, "0") });
    const waiting = grade(class_(1), folder(), { signal: stop.signal, desk: other });
    await expect
      .poll(
        () =>
          worker().then(
            () => "started",
            (error: Error) => error.message,
          ),
        { timeout: 10_000 },
      )
      .toMatch(
        /^the queue is for another course \(0{12}\); this one is \w{12}\. Give both machines the same files/,
      );
    stop.abort();
    await waiting;
  });

  test("a Redis that is not there is one clear sentence, without the password", async () => {
    const desk = openQueueDesk({ url: "redis://:secret@127.0.0.1:1", course: "c" });
    await expect(desk).rejects.toThrow(
      /^cannot reach Redis at redis:\/\/\*\*\*@127\.0\.0\.1:1: .*ECONNREFUSED/,
    );
    await expect(openQueueDesk({ url: "localhost", course: "c" })).rejects.toThrow(
      'expected the queue as redis://host:port, got "localhost"',
    );
  });
});
