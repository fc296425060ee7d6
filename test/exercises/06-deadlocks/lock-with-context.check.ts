// The check of 06-deadlocks/lock-with-context: who is cancelled goes at once, empty-handed and with nobody left behind;
// those behind him in the queue are served; and it is a lock.
import {
  background,
  Chan,
  type Exploration,
  go,
  gosched,
  type Program,
  type Verdict,
  WaitGroup,
  withCancel,
  withTimeout,
} from "happens-before";
import { exercise, type Hints } from "happens-before/check";

type Submission = typeof import("../../../exercises/06-deadlocks/lock-with-context.js");
type Lock = InstanceType<Submission["ContextMutex"]>;

const makeLock = (x: Submission) => (): Lock => new x.ContextMutex();

/** Main holds the lock until the one whom it has cancelled is back. */
function cancelled(x: Submission): Program<Lock, string> {
  return {
    setup: makeLock(x),
    *main(mu) {
      const [ctx, cancel] = withCancel(background());
      const answers = new Chan<string>(1);
      yield* mu.lock();
      go(function* waiter() {
        const error = yield* mu.lockWithContext(ctx);
        yield* answers.send(error === null ? "got the lock" : error.message);
      });
      yield* cancel();
      const answer = yield* answers.recv();
      yield* mu.unlock();
      return answer ?? "";
    },
    after(_mu, answer) {
      if (answer === "got the lock")
        throw new Error("lockWithContext returned null while somebody else held the lock");
      if (answer !== "context canceled") {
        throw new Error(`expected the error of the context, context canceled, got ${answer}`);
      }
    },
  };
}

/** The same; and then somebody else locks. */
function freeAfterwards(x: Submission): Program<Lock, void> {
  return {
    setup: makeLock(x),
    *main(mu) {
      const [ctx, cancel] = withCancel(background());
      const waiting = new WaitGroup();
      yield* mu.lock();
      yield* waiting.go(function* waiter() {
        if ((yield* mu.lockWithContext(ctx)) === null) yield* mu.unlock();
      });
      yield* gosched();
      yield* cancel();
      yield* mu.unlock();
      yield* waiting.wait();
      yield* mu.lock();
      yield* mu.unlock();
    },
  };
}

/** Main never unlocks; all that may wait at its end is nobody. */
function nobodyLeft(x: Submission): Program<Lock, void> {
  return {
    setup: makeLock(x),
    *main(mu) {
      const [ctx, cancel] = withCancel(background());
      const waiting = new WaitGroup();
      yield* mu.lock();
      yield* waiting.go(function* waiter() {
        yield* mu.lockWithContext(ctx);
      });
      yield* cancel();
      yield* waiting.wait();
    },
  };
}

/** One waits with a context that ends, one without; then main unlocks. */
function nextInLine(x: Submission): Program<Lock, void> {
  return {
    setup: makeLock(x),
    *main(mu) {
      const [ctx, cancel] = withCancel(background());
      const waiting = new WaitGroup();
      yield* mu.lock();
      yield* waiting.go(function* givesUp() {
        if ((yield* mu.lockWithContext(ctx)) === null) yield* mu.unlock();
      });
      yield* waiting.go(function* staysInLine() {
        if ((yield* mu.lockWithContext(background())) === null) yield* mu.unlock();
      });
      yield* gosched();
      yield* cancel();
      yield* mu.unlock();
      yield* waiting.wait();
    },
  };
}

interface Inside {
  readonly mu: Lock;
  now: number;
  most: number;
}

/** Three want in, two of them for a while only. */
function contended(x: Submission): Program<Inside, { most: number; in: number }> {
  return {
    setup: () => ({ mu: new x.ContextMutex(), now: 0, most: 0 }),
    *main(s) {
      const wg = new WaitGroup();
      let entries = 0;
      for (const timeoutMs of [1, 2, 1000]) {
        yield* wg.go(function* worker() {
          const [ctx, cancel] = withTimeout(background(), timeoutMs);
          const error = yield* s.mu.lockWithContext(ctx);
          if (error === null) {
            entries++;
            s.most = Math.max(s.most, ++s.now);
            yield* gosched();
            s.now--;
            yield* s.mu.unlock();
          }
          yield* cancel();
        });
      }
      yield* wg.wait();
      return { most: s.most, in: entries };
    },
    after(_s, { most }) {
      if (most > 1)
        throw new Error(`${most} goroutines were inside at once, each with a null from lockWithContext`);
    },
  };
}

/** A context that has ended, and a lock that nobody holds. */
function endedBefore(x: Submission): Program<Lock, string> {
  return {
    setup: makeLock(x),
    *main(mu) {
      const [ctx, cancel] = withCancel(background());
      yield* cancel();
      const error = yield* mu.lockWithContext(ctx);
      if (error === null) return "got the lock";
      yield* mu.lock(); // must be free
      yield* mu.unlock();
      return error.message;
    },
    after(_mu, answer) {
      if (answer === "context canceled") return;
      throw new Error("the context had ended before the call, and lockWithContext locked all the same");
    },
  };
}

const STUCK: readonly Verdict[] = ["global-deadlock", "partial-deadlock", "livelock", "out-of-steps"];

/** Says `waits` when goroutines wait for ever, else what the explorer found. Leaks are judged by a property of their own. */
function judgedBy(waits: string, isAboutLeaks = false): (seen: Exploration<unknown>) => string | undefined {
  return ({ verdict, failure }) => {
    if (verdict === "ok" || (verdict === "leak" && !isAboutLeaks)) return undefined;
    if (STUCK.includes(verdict) || verdict === "leak") return waits;
    return failure?.error?.message.split("\n")[0] ?? verdict;
  };
}

const SPINS: Hints["livelock"] = [
  "Somebody asks again and again whether the lock is free, and nothing else happens.",
  "Asking in a loop is waiting, too; it only burns the processor. Is there a wait that ends for either of two reasons?",
  "`select` waits for several things at once: `yield* select(this.#place.onSend(null), ctx.done().onRecv())`.",
];

const COMMON: Hints = {
  "global-deadlock": [
    "Everybody waits. Who has the lock, or the place in the channel, and will he ever give it back?",
    "Follow the lock from the call that took it: is there a way on which nobody is left who would unlock?",
    "Let the channel be the lock: `lock` sends into a `new Chan<null>(1)`, `unlock` receives, and no goroutine stands between.",
  ],
  leak: [
    "The caller has gone, and a goroutine that it started still waits. For what?",
    "Nobody can take a goroutine out of a Mutex's queue. Whoever waits in somebody's place stays there in his place, too.",
    "Wait yourself, in a `select` of two cases: the lock, which is a send into a channel with one place, and `ctx.done()`.",
  ],
  misuse: [
    "An operation was created but nobody waited for it.",
    "An operation only happens when it is given to the scheduler: write `yield*` before it. In a `select` stand cases (`onSend`, `onRecv`), not operations.",
    "`const { index } = yield* select(this.#place.onSend(null), ctx.done().onRecv());`",
  ],
  fatal: [
    "A lock was given back that nobody held.",
    "On which way is the lock released for somebody who never had it?",
    "Only who got `null` unlocks; who gave up has nothing to give back.",
  ],
  diverged: [
    "Two runs of the same schedule differ: something of the first is still there in the second.",
    "Every schedule begins with a new ContextMutex. What does your code keep outside of it?",
    "Keep everything in private fields of the class.",
  ],
  livelock: SPINS,
  "out-of-steps": SPINS,
  "out-of-time": SPINS,
};

export default exercise<Submission>({
  id: "06-deadlocks/lock-with-context",
  hiddenPoints: 1,
  properties: [
    {
      name: "who is cancelled stops waiting while the lock is still held",
      points: 1,
      lab: cancelled,
      schedules: 200,
      expect: judgedBy("a wait that was cancelled goes on"),
      hints: {
        ...COMMON,
        "global-deadlock": [
          "Main waits for the one whom it has cancelled. What does that one wait for?",
          "It looks at the context before or after the wait, and not during it.",
          "Wait for both at once: `yield* select(this.#place.onSend(null), ctx.done().onRecv())`.",
        ],
        "wrong-result": [
          "Main held the lock all the time. What did lockWithContext return?",
          "`null` means: the lock is yours. Every other way out returns `ctx.err()`.",
          "Look at the `index` of the select: 0 is the lock, 1 is the context.",
        ],
      },
    },
    {
      name: "after a wait that was cancelled the lock is free for the next",
      points: 2,
      lab: freeAfterwards,
      schedules: 300,
      expect: judgedBy("after a wait that was cancelled nobody can lock any more"),
      hints: {
        ...COMMON,
        "global-deadlock": [
          "The caller has given up. Who got the lock when it became free, and what does he wait for now?",
          "The goroutine that waits in our place gets the lock later, and hands it to nobody.",
          "No goroutine in between: a `Chan` with one place is a lock whose wait can stand in a `select`.",
        ],
      },
      go: "select { case m.place <- struct{}{}: return nil; case <-ctx.Done(): return ctx.Err() }",
    },
    {
      name: "a wait that was cancelled leaves nobody behind",
      points: 1,
      lab: nobodyLeft,
      schedules: 200,
      expect: judgedBy("a goroutine still waits for the lock after its caller has given up", true),
      hints: COMMON,
    },
    {
      name: "a cancelled wait does not cost the next in line its turn",
      points: 1,
      lab: nextInLine,
      schedules: 300,
      expect: judgedBy("the lock is free, and the next in line is never told"),
      hints: {
        ...COMMON,
        "global-deadlock": [
          "The lock is free and somebody waits for it. Who got the wake-up in his place?",
          "A wake-up that goes to somebody who has given up has to be passed on to the next.",
          "Keep no list of waiters of your own: a channel takes a cancelled case out of its queue by itself.",
        ],
      },
    },
    {
      name: "never two inside",
      points: 1,
      lab: contended,
      schedules: 400,
      expect: judgedBy("three goroutines with deadlines wait for ever"),
      hints: {
        ...COMMON,
        "wrong-result": [
          "Two were told `null`. Which of them had the lock?",
          "Between a look whether the lock is free and taking it, somebody else can take it.",
          "Let one operation do both: a send into a channel with one place succeeds only for one.",
        ],
      },
    },
    {
      name: "a context that has ended gets no lock, even a free one",
      points: 1,
      lab: endedBefore,
      schedules: 200,
      expect: judgedBy("the call that was refused has kept the lock"),
      hints: {
        ...COMMON,
        "wrong-result": [
          "The lock was free and the context had ended: both cases of the select were ready.",
          "When several cases are ready, select takes any of them, in Go as well. Whoever wants one first asks it first.",
          "First line of lockWithContext: `if (ctx.err() !== null) return ctx.err();`",
        ],
      },
    },
  ],
});
