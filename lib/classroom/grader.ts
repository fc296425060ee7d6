// grader: the process of one desk: grades a text at a time for its parent. Started by `LocalDesk`, never imported.
//
// A process of its own, because judging happens beside the submission's data: what takes the grader down with it
// (memory, a regular expression that never ends) costs one verdict, not the class.
import { checkText, type IsolationWish, type Places } from "../grade/index.js";

/** What the parent sends. */
export interface Order {
  readonly exercise: string;
  readonly text: string;
  readonly seed: string;
  readonly places: Places;
  readonly isolation: IsolationWish;
}

/** What comes back. */
export type Answer = { readonly result: Awaited<ReturnType<typeof checkText>> } | { readonly error: string };

process.on("SIGINT", () => {}); // a terminal sends it to all; the parent decides
process.on("disconnect", () => process.exit(0)); // the parent is gone
process.on("message", (order: Order) => {
  void answerTo(order).then((answer) => process.send?.(answer));
});

async function answerTo({ exercise, text, ...how }: Order): Promise<Answer> {
  try {
    return { result: await checkText(exercise, text, how) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
