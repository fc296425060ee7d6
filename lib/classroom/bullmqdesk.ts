// BullmqDesk: a desk behind a queue on Redis; the work is done by `hb worker` on any machine.
//
// Invariants:
//  I1. A job's id is the key of its task. Handing in the same work again, by whomever, finds the job that is there:
//      its result is taken, nobody grades twice.
//  I2. Results are believed from the queue's state, not from its events: a lost event costs seconds, no result.
//  I3. What was handed in stays when this process ends; the next run takes the results that came meanwhile.

import { setTimeout } from "node:timers/promises";
import { Queue, QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import type { CheckResult } from "../grade/index.js";
import { closedError, type Desk, DeskError, type Task } from "./desk.js";
import { type JobData, type JobResult, PREFIX, queueName } from "./queue.js";
import type { QueueDeskOptions } from "./queuedesk.js";

interface Open {
  readonly resolve: (result: CheckResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Results are kept so long, for a run that comes back later. */
const KEPT_S = 7 * 24 * 60 * 60;
/** Attempts at a job whose worker failed, and the time before the second one; it doubles. */
const ATTEMPTS = 3;
const BACKOFF_MS = 1_000;

const CLOSE_MS = 3_000;

type GradeQueue = Queue<JobData, JobResult>;

/** Made by `openQueueDesk`, which loads this file and BullMQ with it when a queue is wanted. */
export class BullmqDesk implements Desk {
  readonly #redis: Redis;
  readonly #eventsRedis: Redis;
  readonly #course: string;
  readonly #queue: GradeQueue;
  readonly #events: QueueEvents;
  readonly #open = new Map<string, Open>();
  readonly #sweep: NodeJS.Timeout;
  #isClosed = false;

  constructor(redis: Redis, { course, sweepMs = 5_000 }: QueueDeskOptions) {
    this.#redis = redis;
    this.#eventsRedis = redis.duplicate();
    this.#course = course;
    const name = queueName(course);
    this.#queue = new Queue(name, { connection: redis, prefix: PREFIX });
    this.#events = new QueueEvents(name, { connection: this.#eventsRedis, prefix: PREFIX });
    this.#queue.on("error", () => {}); // the sweep goes on trying
    this.#events.on("error", () => {});
    this.#events.on("completed", ({ jobId }) => void this.#look(jobId));
    this.#events.on("failed", ({ jobId }) => void this.#look(jobId));
    this.#sweep = setInterval(() => {
      for (const key of this.#open.keys()) void this.#look(key); // I2
    }, sweepMs);
  }

  grade({ key, exercise, text, seed, isMeasured }: Task): Promise<CheckResult> {
    if (this.#isClosed) return Promise.reject(closedError());
    const data: JobData = { course: this.#course, exercise, text, seed, isMeasured };
    return new Promise((resolve, reject) => {
      this.#open.set(key, { resolve, reject });
      this.#handIn(key, data).catch((error: unknown) => this.#fail(key, error));
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    for (const { reject } of this.#open.values()) reject(closedError());
    this.#open.clear();
    const isClosed = Promise.allSettled([this.#queue.close(), this.#events.close()]);
    await Promise.race([isClosed, setTimeout(CLOSE_MS, undefined, { ref: false })]); // Redis may be away
    this.#redis.disconnect();
    this.#eventsRedis.disconnect();
  }

  /** I1. A job that failed for good in an earlier run gets another chance. */
  async #handIn(key: string, data: JobData): Promise<void> {
    const before = await this.#queue.getJob(key);
    if (before !== undefined && (await before.isFailed())) await before.remove();
    await this.#queue.add("grade", data, {
      jobId: key,
      attempts: ATTEMPTS,
      backoff: { type: "exponential", delay: BACKOFF_MS },
      removeOnComplete: { age: KEPT_S },
      removeOnFail: { age: KEPT_S },
    });
    await this.#look(key);
  }

  /** Takes the result of a job, if it has one. */
  async #look(key: string): Promise<void> {
    if (!this.#open.has(key) || this.#isClosed) return;
    try {
      // State first: a job that is read before it ends has no result yet.
      const state = await this.#queue.getJobState(key);
      if (state !== "completed" && state !== "failed") return;
      const job = await this.#queue.getJob(key);
      const open = this.#open.get(key);
      if (job === undefined || open === undefined) return;
      this.#open.delete(key);
      if (state === "completed") open.resolve(job.returnvalue);
      else open.reject(new DeskError(job.failedReason));
    } catch {
      // Redis is away; the next sweep asks again.
    }
  }

  #fail(key: string, error: unknown): void {
    const open = this.#open.get(key);
    this.#open.delete(key);
    if (!this.#isClosed) open?.reject(error);
  }
}
