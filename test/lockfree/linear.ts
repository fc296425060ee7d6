// Histories of the lock-free structures, told as call and argument, for the checker of the package.
import {
  checkLinearizable,
  type DequeInput,
  drawLinear,
  type Go,
  linearText,
  models,
  History as Recorder,
  type Model as SequentialModel,
  type Span,
} from "happens-before";

export type Model = SequentialModel<Span<unknown>, DequeInput<unknown>, unknown>;

/** Records calls. Every call counts as a client of its own. */
export class History {
  readonly recorder = new Recorder<DequeInput<unknown>, unknown>();

  call<T>(op: "push" | "pop" | "steal", value: unknown, body: Go<T>): Go<T> {
    const input = op === "push" ? { op, value } : { op };
    return this.recorder.call(this.recorder.operations.length, input, body);
  }
}

/** push and pop at the end. */
export const stack: Model = models.stack<unknown>();
/** push at the end, pop at the front. */
export const queue: Model = models.queue<unknown>();
/** push and pop at the end, steal at the front. */
export const deque: Model = models.deque<unknown>();
/** A queue whose push tells whether there was room. */
export const boundedQueue = (capacityItems: number): Model => models.queue<unknown>({ capacityItems });

/** What a program returns: "linear", or the history that is not, to be read. */
export function judge({ recorder }: History, model: Model): string {
  const answer = checkLinearizable(recorder.operations, model);
  return answer.verdict === "ok" ? "linear" : linearText(drawLinear(recorder.operations, answer, model));
}
