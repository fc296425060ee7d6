// Mixed: threads that push and pop freely, at the same time, on a structure of sequences, with a history of it all.
import type { DequeInput, Model } from "happens-before";
import { carry, type MSQueue, type TreiberStack, team } from "happens-before/threads";
import { judge, newLog, recorder, SEQUENCE } from "./histories.js";

const EACH = 8;

/**
 * Runs rounds of eight operations each and judges them. At the end of a round all wait for each other and the structure is
 * empty, so that the history stays easy to judge, however long it is.
 */
export async function mixed<S>(
  it: MSQueue | TreiberStack,
  model: Model<S, DequeInput<number>, number | boolean | undefined>,
  threads: number,
  rounds: number,
  seed: number,
): Promise<ReturnType<typeof judge>> {
  const log = newLog(threads, rounds * EACH);
  await team(threads, rounded, { args: [it, recorder, log, rounds, EACH, seed], deadlineMs: 60_000 });
  return judge(log, SEQUENCE, model);
}

const rounded = carry(
  (
    t: { readonly id: number; barrier(): void },
    it: MSQueue | TreiberStack,
    makeRecorder: typeof recorder,
    log: Parameters<typeof recorder>[0],
    rounds: number,
    each: number,
    seed: number,
  ) => {
    const record = makeRecorder(log, t.id);
    let state = Math.imul(seed * 31 + t.id + 1, 0x9e3779b1) | 1;
    const choose = (below: number) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % below;
    };
    for (let round = 0; round < rounds; round++) {
      t.barrier();
      for (let i = 0, inside = 0; i < each; i++) {
        if (inside === 0 || (inside < each - i && choose(2) === 0)) {
          const value = t.id * 1e9 + round * each + i;
          record.begin(0, value);
          it.push(value);
          record.end(true);
          inside++;
        } else {
          record.begin(1); // each thread takes no more than it has pushed: nobody waits for ever
          record.end(it.take());
          inside--;
        }
      }
    }
  },
);
