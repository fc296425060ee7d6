// The queue: names, job data and connection that the desk behind a queue and its workers agree on.
//
// BullMQ on Redis. A queue belongs to one course: its name carries the course's hash, so a worker with another course
// never sees its jobs. Which courses have work is written beside the queues, so that such a worker can say so.
import type { Redis } from "ioredis";
import type { CheckResult } from "../grade/index.js";

/** What a job carries. Its id is the task's key, so the same work is one job. */
export interface JobData {
  /** `Course.hash`; a worker with another one refuses. */
  readonly course: string;
  readonly exercise: string;
  readonly text: string;
  readonly seed: string;
  readonly isMeasured: boolean;
}

/** What a job leaves behind. */
export type JobResult = CheckResult;

/** Of all keys that the course keeps in Redis. */
export const PREFIX = "happens-before";

const COURSES = `${PREFIX}:courses`;
/** A course whose last class was so long ago is not waited for. */
const COURSE_AGE_MS = 24 * 60 * 60_000;
const CONNECT_MS = 5_000;

/** The queue's name for a course. */
export function queueName(course: string): string {
  return `grade-${course.slice(0, 16)}`;
}

/** Redis cannot be reached, or its queue belongs to another course; the message says what to do. */
export class QueueError extends Error {
  override readonly name = "QueueError";
}

/**
 * Connects to Redis, or says why not.
 *
 * @throws {QueueError} `cannot reach Redis at redis://…: …`
 */
export async function connect(url: string): Promise<Redis> {
  const shown = withoutPassword(url);
  if (!/^rediss?:\/\//.test(url)) {
    throw new QueueError(`expected the queue as redis://host:port, got ${JSON.stringify(shown)}`);
  }
  const { Redis: Client } = await import("ioredis"); // only who wants a queue loads it
  let hasConnected = false;
  let why: Error | undefined;
  const redis = new Client(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: null, // BullMQ wants it: a worker waits for a Redis that restarts
    retryStrategy: (times) => (hasConnected ? Math.min(times * 200, 5_000) : null),
  });
  redis.on("error", (error: Error) => {
    why = error;
  });
  try {
    await redis.connect();
    hasConnected = true;
    await redis.ping();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw new QueueError(`cannot reach Redis at ${shown}: ${(why ?? (error as Error)).message}`);
  }
}

/** Says that a course has work here. */
export async function announceCourse(redis: Redis, course: string): Promise<void> {
  await redis.hset(COURSES, course, Date.now());
}

/** The courses that had work here lately. */
export async function announcedCourses(redis: Redis): Promise<string[]> {
  const all = await redis.hgetall(COURSES);
  return Object.keys(all).filter((course) => Date.now() - Number(all[course]) < COURSE_AGE_MS);
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//***@");
}
