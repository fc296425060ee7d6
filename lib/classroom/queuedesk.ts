// openQueueDesk: grading through a queue on Redis; the work is done by `hb worker` on any machine.
import type { Desk } from "./desk.js";
import { announceCourse, connect } from "./queue.js";

export interface QueueDeskOptions {
  /** `redis://[:password@]host[:port][/db]`, or `rediss://`. */
  readonly url: string;
  /** `Course.hash`. */
  readonly course: string;
  /** How often the state of open jobs is asked for, besides events. Default 5,000. */
  readonly sweepMs?: number;
}

/**
 * Opens the queue of a course. Closing the desk leaves what was handed in on the queue.
 *
 * **Cost:** loads BullMQ, some 200 ms; then two connections.
 * @throws {QueueError} `cannot reach Redis at redis://…: …`
 */
export async function openQueueDesk(options: QueueDeskOptions): Promise<Desk> {
  const redis = await connect(options.url);
  await announceCourse(redis, options.course);
  const { BullmqDesk } = await import("./bullmqdesk.js");
  return new BullmqDesk(redis, options);
}
