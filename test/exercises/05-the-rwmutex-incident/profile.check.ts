// The check of 05-the-rwmutex-incident/profile: the lock is named, what the locks are for holds, and no order waits for the
// fetch. On real threads. Waits are judged beside the same code without reloads: a machine that keeps orders waiting by
// itself is told so.
import { type Comparison, type Role, type Scenario, scenario } from "happens-before/bench";
import { exercise, type Hints } from "happens-before/check";
import { type Carried, carry, Mutex, RWMutex } from "happens-before/threads";

type Submission = typeof import("../../../exercises/05-the-rwmutex-incident/profile.js");
type Centre = import("../../../exercises/05-the-rwmutex-incident/profile.js").Centre;

/** How long a fetch takes where waits are measured. Who waited for a quarter of it has not waited for a scheduler. */
const FETCH_MS = 200;
const LONG_NS = (FETCH_MS / 4) * 1e6;
/**
 * Who holds a lock through the fetch keeps a quarter of the orders or more waiting so long, in every round; a machine does it in
 * some. A share up to `FEW` is the machine's doing; where more than `NOISE` wait without any reload, a larger share tells nothing.
 */
const FEW = 0.12;
const NOISE = 0.05;

/** `notes`: the last version that a reload has brought, and how many orders are over. */
type State = [Centre, Int32Array, Submission["order"] & Carried, Submission["reload"] & Carried, number];
type Way = Pick<Role<State>, "threads" | "rateHz" | "thinkNs">;

function emptyCentre(): Centre {
  const shared = (length: number) => new SharedArrayBuffer(8 * length);
  return {
    stats: new Mutex(),
    taken: new Int32Array(shared(1)),
    prices: new RWMutex(),
    list: new Float64Array(shared(1000)),
    journal: new Mutex(),
  };
}

/** The submission at work. All prices of a list are its version, so a mixture of two lists has an odd sum. */
function atWork(x: Submission, fetchMs: number, orders: Way, reloads?: Way): Scenario {
  const order: Role<State> = {
    ...orders,
    op(_t, centre, notes, order) {
      const least = Atomics.load(notes, 0);
      const sum = order(centre);
      Atomics.add(notes, 1, 1);
      if (sum % 2 !== 0) throw new Error("an order saw a price of one list beside a price of another");
      if (sum < 2 * least) throw new Error("a reload had returned, and an order after it saw an older list");
    },
  };
  const reload = {
    op(_t, centre, notes, _order, reload, fetchMs) {
      const over = Atomics.load(notes, 1);
      const counted = centre.taken[0] ?? 0;
      if (counted < over) throw new Error(`${over} orders were taken, and ${counted} of them counted`);
      const version = Atomics.load(notes, 0) + 1;
      reload(centre, () => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fetchMs);
        return new Float64Array(centre.list.length).fill(version);
      });
      if (centre.list[0] !== version) throw new Error("a reload had returned, and the list was the old one");
      Atomics.store(notes, 0, version);
    },
  } satisfies Pick<Role<State>, "op">;
  return scenario<State>({
    share: () => [
      emptyCentre(),
      new Int32Array(new SharedArrayBuffer(8)),
      carry(x.order),
      carry(x.reload),
      fetchMs,
    ],
    roles: reloads === undefined ? { order } : { order, reload: { ...reloads, ...reload } },
  }) as unknown as Scenario;
}

/**
 * A reload by itself, on one thread: whenever it gives `prices` back, the list must be a whole one. Between two threads that
 * moment is too short to be met for sure.
 */
function alone(x: Submission): Scenario {
  const clerk: Role<[Centre, Submission["reload"] & Carried]> = {
    threads: 1,
    thinkNs: 1e6,
    op(_t, centre, reload) {
      const { prices, list } = centre;
      const unlock = prices.unlock;
      let unlocks = 0;
      const watched = () => {
        unlocks++;
        unlock.call(prices);
        if (list.some((price) => price !== list[0])) {
          throw new Error("`prices` was given back while the list held prices of two lists");
        }
      };
      Object.defineProperty(prices, "unlock", { configurable: true, value: watched });
      const next = (list[0] ?? 0) + 1;
      reload(centre, () => {
        if (centre.journal.tryLock())
          throw new Error(
            "a reload fetched, and `journal` was not locked: of two, the older list could come last",
          );
        return new Float64Array(list.length).fill(next);
      });
      Object.defineProperty(prices, "unlock", { configurable: true, value: unlock });
      if (list[0] !== next) throw new Error("a reload had returned, and the list was the old one");
      if (unlocks === 0) throw new Error("the list was changed, and `prices` was not locked for it");
    },
  };
  return scenario<[Centre, Submission["reload"] & Carried]>({
    share: () => [emptyCentre(), carry(x.reload)],
    roles: { clerk },
  }) as unknown as Scenario;
}

/**
 * An order by itself: it holds `stats` whenever it changes the count and `prices` whenever it reads a price, and asks for none with
 * the other in hand. Atomics and the methods of an array refuse what is watched; the count needs no lock then.
 */
function orderAlone(x: Submission): Scenario {
  const clerk: Role<[Centre, Submission["order"] & Carried]> = {
    threads: 1,
    thinkNs: 1e6,
    op(_t, centre, order) {
      const { stats, prices } = centre;
      const isFree = (lock: typeof stats | typeof prices) => {
        if (!lock.tryLock()) return false;
        lock.unlock();
        return true;
      };
      for (let i = 0; i < centre.list.length; i++) centre.list[i] = i + 1;
      const sum = order(centre);
      if (sum !== 1 + centre.list.length)
        throw new Error(`the first price was 1, the last ${centre.list.length}, and an order's sum ${sum}`);
      const taken = new Proxy(centre.taken, {
        get: (target, key) => Reflect.get(target, key),
        set(target, key, value) {
          if (isFree(stats)) throw new Error("an order was counted, and `stats` was not locked for it");
          return Reflect.set(target, key, value);
        },
      });
      const list = new Proxy(centre.list, {
        get(target, key) {
          if (/^\d+$/.test(String(key)) && isFree(prices))
            throw new Error("an order read a price, and `prices` was not locked for it");
          return Reflect.get(target, key);
        },
      });
      const rLock = prices.rLock;
      const watched = () => {
        if (!isFree(stats))
          throw new Error("an order asked for `prices` while it held `stats`: all others wait as well");
        rLock.call(prices);
      };
      Object.defineProperty(prices, "rLock", { configurable: true, value: watched });
      try {
        order({ ...centre, taken, list });
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
      Object.defineProperty(prices, "rLock", { configurable: true, value: rLock });
    },
  };
  return scenario<[Centre, Submission["order"] & Carried]>({
    share: () => [emptyCentre(), carry(x.order)],
    roles: { clerk },
  }) as unknown as Scenario;
}

/** The share of the orders of a round that waited for long. */
function longShare(orders: Comparison["variants"][number]["roles"][string] | undefined): number {
  const long =
    orders?.corrected.buckets.reduce((sum, [ns, count]) => sum + (ns > LONG_NS ? count : 0), 0) ?? 0;
  return long / (orders?.corrected.count ?? 1);
}

/** What an error on a thread comes from. */
const THROWN: Hints["panic"] = [
  "Something was thrown on a thread; the first line above says what. If it speaks of a deadline, a lock was never given back.",
  "Each of the three locks has its purpose: `stats` for the count, `prices` for the list as a whole, `journal` for one reload at a time. None can be left out; one was held for too long.",
  "Take `prices` for one line: `prices.withWrite(() => list.set(next));`, and leave `stats` and `order` as they were.",
];

export default exercise<Submission>({
  id: "05-the-rwmutex-incident/profile",
  hiddenPoints: 1,
  properties: [
    {
      name: "`culprit` names the lock at which orders lose their time",
      points: 1,
      lab: (x) => ({
        setup: () => 0,
        *main(): Generator<never, string> {
          return x.culprit;
        },
      }),
      schedules: 1,
      expect({ outcomes }) {
        const named = outcomes[0]?.result;
        if (named === "prices") return undefined;
        if (named === "?") return "`culprit` names no lock yet";
        return `\`culprit\` is ${JSON.stringify(named)}, but that is not where the profile charges the orders' time`;
      },
      hints: {
        "wrong-result": [
          "The cell below the exercise in the notebook records the program and draws its block profile. Which call stands under most of the time?",
          "A block profile charges those who wait. A lock that is taken often need not let anybody wait, and one that is held long lets nobody wait if nobody else wants it.",
          "Under `order` there is one call that waits for as long as a fetch takes: `rLock`. Whose?",
        ],
      },
      go: "go tool pprof -top block.pb.gz // or runtime.SetBlockProfileRate(1) and /debug/pprof/block",
    },
    {
      name: "an order sees one list, every order is counted, and a reload counts when it returns",
      points: 1,
      race: (x) => ({
        alone: alone(x),
        order: orderAlone(x),
        together: atWork(x, 1, { threads: 2 }, { threads: 1, thinkNs: 1e6 }),
      }),
      measure: { warmupMs: 0, durationMs: 200, rounds: 1 },
      expect: () => undefined, // what is wrong is thrown
      hints: { panic: THROWN },
    },
    {
      name: "no order waits for the fetch",
      points: 3,
      race: (x) => ({
        "with reloads": atWork(x, FETCH_MS, { threads: 1, rateHz: 1000 }, { threads: 1, rateHz: 1000 / 300 }),
        "without reloads": atWork(x, FETCH_MS, { threads: 1, rateHz: 1000 }),
      }),
      measure: { warmupMs: 50, durationMs: 600, rounds: 3, baseline: "without reloads" },
      expect({ variants }) {
        const shares = (name: string) =>
          variants
            .find((variant) => variant.name === name)
            ?.rounds.map(({ roles }) => longShare(roles["order"])) ?? [];
        const waiting = Math.min(...shares("with reloads"));
        const alone = Math.max(...shares("without reloads"));
        if (waiting <= FEW) return undefined;
        if (alone > NOISE) return "too-noisy";
        const share = `${(100 * waiting).toPrecision(2)}% of the orders waited for over ${LONG_NS / 1e6} ms`;
        return `${share} while a reload fetched for ${FETCH_MS} ms; without reloads ${(100 * alone).toPrecision(2)}%`;
      },
      hints: {
        panic: THROWN,
        "too-slow": [
          "The profile named a lock. Who holds it while an order waits, and what does the holder do in that time?",
          "`fetch` needs nothing of what the lock protects. Only putting the new list in the old one's place does.",
          "`const next = fetch();` comes first, then `prices.withWrite(() => list.set(next));`.",
        ],
        "too-noisy": [
          "Other programs keep the processor busy: even without reloads orders wait for long.",
          "Close what computes, wait a moment, and check again. Nothing is wrong with your code so far.",
          "`npx hb doctor` says what this machine is good for.",
        ],
      },
      go: "next := fetch() // no lock is held here\nmu.Lock()\nlist = next\nmu.Unlock()",
    },
  ],
});
