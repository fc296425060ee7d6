// The check of 06-deadlocks/transfer: no two transfers wait for each other, whatever the pair of accounts; money is
// neither made nor lost; no lock stays behind; and transfers that have nothing to do with each other run side by side.
import {
  Cell,
  type Exploration,
  type Go,
  Mutex,
  type Program,
  type Verdict,
  WaitGroup,
} from "happens-before";
import { exercise, type Hints } from "happens-before/check";

type Submission = typeof import("../../../exercises/06-deadlocks/transfer.js");
type Account = import("../../../exercises/06-deadlocks/transfer.js").Account;
type Shard = import("../../../exercises/06-deadlocks/transfer.js").Shard;

const SHARDS = 4;
const START_CENTS = 100;

interface Bank {
  readonly shards: readonly Shard[];
  /** Account `id` lies on shard `id % 4`, so 1 and 5 share one. */
  readonly accounts: readonly Account[];
}

/** The parameters of one transfer: from, to, cents. */
type Order = readonly [from: number, to: number, cents: number];

function makeBank(): Bank {
  const shards = Array.from({ length: SHARDS }, (_, number) => ({ number, mu: new Mutex() }));
  const accounts = Array.from({ length: 2 * SHARDS }, (_, id) => ({
    id,
    shard: shards[id % SHARDS] as Shard,
    cents: new Cell(START_CENTS, `account ${id}`),
  }));
  return { shards, accounts };
}

function* order(x: Submission, { accounts }: Bank, [from, to, cents]: Order): Go<boolean> {
  return yield* x.transfer(accounts[from] as Account, accounts[to] as Account, cents);
}

const moneyOf = ({ accounts }: Bank): number => accounts.reduce((sum, { cents }) => sum + cents.peek(), 0);

/** Says what has become of the money, if that cannot be. */
function checkMoney(bank: Bank): void {
  const total = moneyOf(bank);
  const wanted = START_CENTS * bank.accounts.length;
  if (total !== wanted) throw new Error(`the bank had ${wanted} cents and has ${total}`);
  const poor = bank.accounts.find(({ cents }) => cents.peek() < 0);
  if (poor !== undefined) throw new Error(`account ${poor.id} has ${poor.cents.peek()} cents`);
}

/** Makes all orders at once, a goroutine each; returns what they returned. */
function together(x: Submission, orders: readonly Order[]): Program<Bank, boolean[]> {
  return {
    setup: makeBank,
    *main(bank) {
      const results: boolean[] = [];
      const wg = new WaitGroup();
      for (const [i, one] of orders.entries()) {
        yield* wg.go(function* transfers() {
          results[i] = yield* order(x, bank, one);
        });
      }
      yield* wg.wait();
      return results;
    },
    after(bank, results) {
      if (results.includes(false))
        throw new Error("a transfer returned false although there was money enough");
      checkMoney(bank);
    },
  };
}

/** An auditor takes both locks, in whichever order he gets them, and adds up while they are his. */
function audited(x: Submission): Program<Bank, number> {
  return {
    setup: makeBank,
    *main(bank) {
      const [a, b] = bank.shards as [Shard, Shard];
      const [one, two] = bank.accounts as [Account, Account];
      const wg = new WaitGroup();
      yield* wg.go(function* transfers() {
        yield* order(x, bank, [0, 1, 30]);
      });
      yield* a.mu.lock();
      let seen = 2 * START_CENTS;
      if (b.mu.tryLock()) {
        seen = (yield* one.cents.read()) + (yield* two.cents.read());
        yield* b.mu.unlock();
      }
      yield* a.mu.unlock();
      yield* wg.wait();
      return seen;
    },
    after(_bank, seen) {
      if (seen === 2 * START_CENTS) return;
      throw new Error(
        `somebody who held both locks saw ${seen} cents on the two accounts, which have ${2 * START_CENTS} together`,
      );
    },
  };
}

/** Two orders for more than there is: one of them is refused. Then every lock is tried, and all that is left is moved. */
function refused(x: Submission): Program<Bank, string> {
  return {
    setup: makeBank,
    *main(bank) {
      const wg = new WaitGroup();
      let paid = 0;
      for (const to of [1, 2]) {
        yield* wg.go(function* transfers() {
          if (yield* order(x, bank, [0, to, 80])) paid++;
        });
      }
      yield* wg.wait();
      for (const { mu } of bank.shards) {
        yield* mu.lock();
        yield* mu.unlock();
      }
      const isRestPaid = yield* order(x, bank, [0, 3, 20]);
      return `${paid} of 2${isRestPaid ? "" : ", and not the one for the rest"}`;
    },
    after(bank, paid) {
      if (!paid.startsWith("1 of 2"))
        throw new Error(`two orders for 80 of 100 cents: ${paid} were told that they were paid`);
      if (paid !== "1 of 2") throw new Error("account 0 had 20 cents, and an order for 20 was refused");
      const cents = bank.accounts[0]?.cents.peek();
      if (cents !== 0) throw new Error(`account 0 had 20 cents, 20 were paid, and ${cents} are left`);
      checkMoney(bank);
    },
  };
}

/** Main keeps shard 2 for itself, so a transfer from it has to wait; one between other shards need not. */
function elsewhere(x: Submission): Program<Bank, void> {
  return {
    setup: makeBank,
    *main(bank) {
      const far = bank.shards[2] as Shard;
      const [waiting, passing] = [new WaitGroup(), new WaitGroup()];
      yield* far.mu.lock();
      yield* waiting.go(function* onTheShardThatIsBusy() {
        yield* order(x, bank, [2, 3, 10]);
      });
      yield* passing.go(function* onTwoOthers() {
        yield* order(x, bank, [0, 1, 10]);
      });
      yield* passing.wait();
      yield* far.mu.unlock();
      yield* waiting.wait();
    },
    after: checkMoney,
  };
}

/** Says `waits` when goroutines wait for ever, else what the explorer found. */
function judgedBy(waits: string): (seen: Exploration<unknown>) => string | undefined {
  const stuck: readonly Verdict[] = ["global-deadlock", "partial-deadlock", "livelock", "out-of-steps"];
  return ({ verdict, failure }) => {
    if (verdict === "ok") return undefined;
    if (stuck.includes(verdict)) return waits;
    return failure?.error?.message.split("\n")[0] ?? failure?.findings[0]?.message.split("\n")[0] ?? verdict;
  };
}

const SPINS: Hints["livelock"] = [
  "Nobody waits, and nobody gets on: everybody takes a lock, finds the other one taken, and lets go again.",
  "Trying, giving up and trying again has no promised end. A fixed order has: whoever has the first lock gets the second.",
  "Choose the order before the first lock: the shard with the smaller `number` first, and `lock` both.",
];

const COMMON: Hints = {
  race: [
    "Two goroutines touch the same money, and no lock orders them. The lines above name both.",
    "`cents` of an account may be read and written only while the lock of its own shard is held; there are two.",
    "Take both locks first, then read and write, then let go of both.",
  ],
  fatal: [
    "A lock was given back that nobody held.",
    "Both accounts can lie on one shard. How often is its lock taken, and how often given back?",
    "Make a list of the shards, with one entry when both are the same, and lock and unlock by that list.",
  ],
  diverged: [
    "Two runs of the same schedule differ: something of the first is still there in the second.",
    "Every schedule begins with a new bank. What does your code keep outside of `transfer`?",
    "Let `transfer` use its parameters only: the locks of the two shards are all that it needs.",
  ],
  leak: [
    "A goroutine that your code started still waits when all transfers are over.",
    "`transfer` can do everything itself: whoever called it waits for its result anyway.",
    "Leave out the `go`: take the locks, move the money, let go.",
  ],
  livelock: SPINS,
  "out-of-steps": SPINS,
  panic: [
    "Something was thrown. The line is named above.",
    "Not enough money is no error here: `transfer` returns false.",
    "Compute what would be left; if it is negative, change nothing, unlock, and return false.",
  ],
  "global-deadlock": [
    "Somebody holds what all others wait for. The lines above say who waits for which lock, and who holds it.",
    "Look for a way through `transfer` that takes a lock and does not give it back.",
    "Unlock both in a `finally`, or in the last lines, past which every way leads.",
  ],
  "wrong-result": [
    "Add up by hand what your code does to the two accounts in the schedule above.",
    "What was read before the locks were taken is old by the time it is written back; and both accounts can be the same one.",
    "Under both locks: read `from`, write it, only then read `to` and write it.",
  ],
};

const ORDER: Hints["global-deadlock"] = [
  "Draw the circle: who holds which shard's lock, and which one does he wait for?",
  "A circle needs two goroutines that take the same two locks in different orders. Something about the locks themselves, not about the direction of the money, has to say which comes first.",
  "The shard with the smaller `number` first. Not the account with the smaller `id`: ids 1 and 4 lie on the shards 1 and 0.",
];

const DEADLOCK = "global-deadlock";

export default exercise<Submission>({
  id: "06-deadlocks/transfer",
  hiddenPoints: 2,
  properties: [
    {
      name: "transfers in opposite directions do not wait for each other",
      points: 2,
      lab: (x) =>
        together(x, [
          [0, 1, 10],
          [1, 0, 20],
        ]),
      schedules: 200,
      expect: judgedBy("two transfers in opposite directions wait for each other"),
      hints: { ...COMMON, [DEADLOCK]: ORDER },
      go: "if from.shard.number > to.shard.number { first, second = second, first }",
    },
    {
      name: "nor do three in a circle, or other accounts of the same shards",
      points: 1,
      lab: (x) =>
        together(x, [
          [1, 4, 10],
          [0, 5, 10],
          [5, 2, 10],
          [2, 0, 10],
        ]),
      schedules: 300,
      expect: judgedBy("transfers between the shards 0, 1 and 2 wait for each other in a circle"),
      hints: { ...COMMON, [DEADLOCK]: ORDER },
    },
    {
      name: "a transfer within one shard, and from an account to itself, ends",
      points: 1,
      lab: (x) =>
        together(x, [
          [1, 5, 10],
          [5, 1, 20],
          [2, 2, 30],
        ]),
      schedules: 200,
      expect: judgedBy("a transfer within one shard waits for itself"),
      hints: {
        ...COMMON,
        [DEADLOCK]: [
          "Who holds the lock that this goroutine waits for? Read the number twice.",
          "A Mutex does not know that it is you who asks: whoever locks it a second time waits for himself, in Go and here.",
          "When `from.shard === to.shard` there is one lock, to be taken once and given back once.",
        ],
      },
    },
    {
      name: "who holds both locks sees all of the money",
      points: 1,
      lab: audited,
      schedules: 300,
      expect: judgedBy("somebody who looks at both accounts and a transfer wait for each other"),
      hints: {
        ...COMMON,
        "wrong-result": [
          "Where was the money when somebody else held both locks?",
          "Taking from one account under its lock, and giving to the other under its own, is two steps. Between them the money is nowhere.",
          "Hold both locks at the same time, from the first read to the last write.",
        ],
      },
    },
    {
      name: "a transfer that is refused changes nothing and keeps no lock",
      points: 1,
      lab: refused,
      schedules: 300,
      expect: judgedBy("after a transfer that was refused, the lock of a shard is never free again"),
      hints: {
        ...COMMON,
        [DEADLOCK]: [
          "The transfer has returned, and a lock of its shards is still held. Which line was passed by?",
          "A `return` between lock and unlock takes the lock along.",
          "Return at the end only: `return left >= 0;` behind the two unlocks. Or unlock in a `finally`.",
        ],
        "wrong-result": [
          "There were 100 cents, and two orders for 80 of them, then one for the 20 that were left. Who looked first, and who took first?",
          "Looking whether there is enough and taking it have to happen under the lock together. Enough is also what leaves nothing.",
          "Read `from.cents` after both locks are held, and write it before they are given back: `if (left >= 0)`.",
        ],
      },
    },
    {
      name: "transfers between other shards need not wait",
      points: 1,
      lab: elsewhere,
      schedules: 200,
      expect: judgedBy("a transfer between the shards 0 and 1 waits for one between the shards 2 and 3"),
      hints: {
        ...COMMON,
        [DEADLOCK]: [
          "Which lock do the two transfers have in common? They use four different shards.",
          "One lock around every transfer is safe, and makes the shards pointless: all wait for the slowest.",
          "Take the locks of the two shards and no other; their order alone prevents the circle.",
        ],
      },
    },
  ],
});
