// startWorker: takes submissions from a queue on Redis and grades them on this machine.
//
// Invariants:
//  I1. A worker grades only for its own course: the same checks, the same library, else the same text might get
//      another verdict.
//  I2. A worker that dies holds its job's lock no longer than `lockMs`; then another one takes the job over.
//  I3. A worker that is asked to end gives back what it has at once, and no attempt is counted.
import { availableParallelism } from "node:os";
import type { Job } from "bullmq";
import { boundaryFor, coursePlaces, type IsolationWish, type Places } from "../grade/index.js";
import type { Desk } from "./desk.js";
import { Course } from "./identity.js";
import { LocalDesk } from "./localdesk.js";
import {
  announcedCourses,
  connect,
  type JobData,
  type JobResult,
  PREFIX,
  QueueError,
  queueName,
} from "./queue.js";

export interface WorkerOptions {
  readonly url: string;
  readonly places?: Places;
  /** How many at a time, >= 1. Default: the cores. */
  readonly jobs?: number;
  /** What must hold each submission on this machine. Default `strict`: a queue brings the code of others. */
  readonly isolation?: IsolationWish;
  /** Who grades, in place of this machine's processes; ended with the worker. */
  readonly desk?: Desk;
  /** How long a dead worker's job stays taken. Default 30,000. */
  readonly lockMs?: number;
  readonly onGraded?: (graded: { readonly exercise: string; readonly result: JobResult }) => void;
  /** Told about what does not end the worker: Redis went away, a job failed. */
  readonly onTrouble?: (message: string) => void;
}

/** A worker that runs. */
export interface RunningWorker {
  readonly course: string;
  /** Ends it. What it was grading goes back to the queue. */
  close(): Promise<void>;
}

const LOCK_MS = 30_000;
/** A submission that takes its worker down so often is given up: it is the one that does it. */
const MOST_STALLS = 2;

/**
 * Starts a worker; it waits for work until it is closed.
 *
 * @throws {QueueError} `cannot reach Redis at …`
 * @throws {QueueError} `the queue at … is for another course …`
 * @throws {IsolationError} on a machine without a real boundary; says how to get one, or to go on without
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { jobs = availableParallelism(), lockMs = LOCK_MS, isolation = "strict" } = options;
  const course = new Course(options.places ?? coursePlaces());
  if (options.desk === undefined) await boundaryFor(isolation);
  const redis = await connect(options.url);
  const others = await announcedCourses(redis);
  if (others.length > 0 && !others.includes(course.hash)) {
    redis.disconnect();
    throw new QueueError(
      `the queue is for another course (${others.map((hash) => hash.slice(0, 12)).join(", ")}); this one is ${course.hash.slice(0, 12)}. Give both machines the same files and run \`npm run build\` on them.`,
    );
  }
  const { Worker } = await import("bullmq"); // only who wants a queue loads it
  const desk = options.desk ?? new LocalDesk({ places: course.places, jobs, isolation });
  const worker = new Worker<JobData, JobResult>(
    queueName(course.hash),
    (job, token) => graded(job, token, course, desk),
    {
      connection: redis,
      prefix: PREFIX,
      concurrency: jobs,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: MOST_STALLS,
    },
  );
  worker.on("completed", ({ data }, result) => options.onGraded?.({ exercise: data.exercise, result }));
  worker.on("failed", (job, error) =>
    options.onTrouble?.(`${job?.data.exercise ?? "a job"}: ${error.message}`),
  );
  worker.on("error", (error) => options.onTrouble?.(error.message));
  return {
    course: course.hash,
    async close() {
      await worker.pause(true); // takes no more
      await desk.close();
      await worker.close();
      redis.disconnect();
    },
  };
}

async function graded(
  job: Job<JobData, JobResult>,
  token: string | undefined,
  course: Course,
  desk: Desk,
): Promise<JobResult> {
  const { UnrecoverableError, WaitingError } = await import("bullmq");
  const { exercise, text, seed, isMeasured } = job.data;
  const isOurs = job.data.course === course.hash && course.ids.includes(exercise);
  if (!isOurs) throw new UnrecoverableError("it was handed in for another course than the worker's"); // I1
  try {
    return await desk.grade({ key: job.id ?? "", exercise, text, seed, isMeasured });
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
    await job.moveToWait(token); // I3
    throw new WaitingError();
  }
}
