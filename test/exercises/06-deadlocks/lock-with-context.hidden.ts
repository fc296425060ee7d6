// The hidden part of 06-deadlocks/lock-with-context: several wait, with deadlines, and most of them give up.
import { background, type Go, go, type Program, sleep, WaitGroup, withTimeout } from "happens-before";
import { exercise } from "happens-before/check";

type Submission = typeof import("../../../exercises/06-deadlocks/lock-with-context.js");
type Lock = InstanceType<Submission["ContextMutex"]>;

function deadlines(x: Submission): Program<Lock, string> {
  return {
    setup: () => new x.ContextMutex(),
    *main(mu): Go<string> {
      const wg = new WaitGroup();
      let inside = 0;
      let most = 0;
      let refused = 0;
      yield* go(function* slow() {
        yield* mu.lock();
        inside++;
        yield* sleep(5);
        inside--;
        yield* mu.unlock();
      });
      for (const timeoutMs of [1, 2, 3]) {
        yield* wg.go(function* waiter() {
          const [ctx, cancel] = withTimeout(background(), timeoutMs);
          const error = yield* mu.lockWithContext(ctx);
          if (error === null) {
            most = Math.max(most, ++inside);
            inside--;
            yield* mu.unlock();
          } else if (error !== ctx.err()) refused += 100;
          else refused++;
          yield* cancel();
        });
      }
      yield* wg.wait();
      yield* mu.lock(); // slow unlocks some time
      most = Math.max(most, inside + 1);
      yield* mu.unlock();
      return most > 1 ? "two inside" : refused > 3 ? "another error than the context's" : "well";
    },
  };
}

export default exercise<Submission>({
  id: "06-deadlocks/lock-with-context",
  properties: [
    {
      name: "three that give up at their deadlines leave lock and line in order",
      points: 1,
      lab: deadlines,
      schedules: 300,
      expect({ verdict, outcomes, failure }) {
        if (verdict !== "ok") return failure?.error?.message.split("\n")[0] ?? verdict;
        const wrong = outcomes.find(({ result }) => result !== "well");
        return wrong === undefined ? undefined : String(wrong.result);
      },
      hints: {
        "global-deadlock": [
          "After some have given up at their deadlines, the lock is never free again.",
          "Who has the lock then? Somebody got it for a caller who was not there any more.",
          "Let nobody wait in the caller's place: a `select` of the lock and `ctx.done()`.",
        ],
        leak: [
          "Goroutines are left behind that wait for the lock.",
          "Each call that gave up has left one.",
          "Let nobody wait in the caller's place: a `select` of the lock and `ctx.done()`.",
        ],
        "wrong-result": [
          "Somebody was told that the lock is his, and it was not.",
          "`null` is for who has the lock; everybody else gets `ctx.err()`.",
          "`return index === 0 ? null : ctx.err();`",
        ],
      },
    },
  ],
});
