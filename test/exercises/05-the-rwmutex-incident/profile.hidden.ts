// The hidden part of 05-the-rwmutex-incident/profile: a fetch that fails gives every lock back and changes nothing.
import { type Role, type Scenario, scenario } from "happens-before/bench";
import { exercise } from "happens-before/check";
import { type Carried, carry, Mutex, RWMutex } from "happens-before/threads";

type Submission = typeof import("../../../exercises/05-the-rwmutex-incident/profile.js");
type Centre = import("../../../exercises/05-the-rwmutex-incident/profile.js").Centre;
type State = [Centre, Submission["order"] & Carried, Submission["reload"] & Carried];

/** One thread, one order after each fetch that failed: a lock that was left locked by this thread is an error at once. */
function afterFailures(x: Submission): Scenario {
  const shared = (length: number) => new SharedArrayBuffer(8 * length);
  const clerk: Role<State> = {
    threads: 1,
    thinkNs: 1e6,
    op(_t, centre, order, reload) {
      let told = "";
      try {
        reload(centre, () => {
          throw new Error("the disk failed");
        });
      } catch (error) {
        told = (error as Error).message;
      }
      if (told !== "" && told !== "the disk failed") throw new Error(`after a fetch that failed: ${told}`);
      for (const name of ["stats", "prices", "journal"] as const) {
        if (!centre[name].tryLock()) throw new Error(`a fetch failed, and \`${name}\` stayed locked`);
        centre[name].unlock();
      }
      if (order(centre) !== 0) throw new Error("a fetch failed, and the list was changed");
    },
  };
  return scenario<State>({
    share: () => [
      {
        stats: new Mutex(),
        taken: new Int32Array(shared(1)),
        prices: new RWMutex(),
        list: new Float64Array(shared(1000)),
        journal: new Mutex(),
      },
      carry(x.order),
      carry(x.reload),
    ],
    roles: { clerk },
  }) as unknown as Scenario;
}

export default exercise<Submission>({
  id: "05-the-rwmutex-incident/profile",
  properties: [
    {
      name: "a fetch that fails leaves every lock free and the list as it was",
      points: 1,
      race: (x) => ({ failures: afterFailures(x) }),
      measure: { warmupMs: 0, durationMs: 100, rounds: 1 },
      expect: () => undefined, // what is wrong is thrown
      hints: {
        panic: [
          "`fetch` may throw. Which lines of `reload` are not reached any more then?",
          "An `unlock` that stands after the fetch is skipped by a throw. `withLock` and `withWrite` unlock in any case.",
          "`journal.withLock(() => { const next = fetch(); prices.withWrite(() => list.set(next)); });`",
        ],
      },
      go: "defer journal.Unlock()",
    },
  ],
});
