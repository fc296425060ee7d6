// The hidden part of 06-deadlocks/transfer: other accounts, more of them at once, on other shards.
import { Cell, type Go, Mutex, type Program, WaitGroup } from "happens-before";
import { exercise } from "happens-before/check";

type Submission = typeof import("../../../exercises/06-deadlocks/transfer.js");
type Account = import("../../../exercises/06-deadlocks/transfer.js").Account;

const SHARDS = 3;

/** Orders that meet in pairs, in a ring, on one shard and on one account, between shards that are numbered backwards. */
const ORDERS = [
  [0, 4, 5],
  [3, 1, 5],
  [1, 5, 5],
  [5, 0, 5],
  [2, 5, 5],
  [4, 4, 5],
] as const;

function makeAccounts(): Account[] {
  const shards = Array.from({ length: SHARDS }, (_, i) => ({ number: 10 - i, mu: new Mutex() }));
  return Array.from({ length: 2 * SHARDS }, (_, id) => ({
    id,
    shard: shards[id % SHARDS] as (typeof shards)[number],
    cents: new Cell(100, `account ${id}`),
  }));
}

function many(x: Submission): Program<Account[], string> {
  return {
    setup: makeAccounts,
    *main(accounts): Go<string> {
      const wg = new WaitGroup();
      let paid = 0;
      for (const [from, to, cents] of ORDERS) {
        yield* wg.go(function* transfers() {
          if (yield* x.transfer(accounts[from] as Account, accounts[to] as Account, cents)) paid++;
        });
      }
      yield* wg.wait();
      return `${paid} paid: ${accounts.map(({ cents }) => cents.peek()).join(" ")}`;
    },
  };
}

export default exercise<Submission>({
  id: "06-deadlocks/transfer",
  properties: [
    {
      name: "six transfers at once between other accounts all end, with the right money",
      points: 2,
      lab: many,
      schedules: 300,
      expect({ verdict, outcomes, failure }) {
        if (verdict !== "ok") return failure?.findings[0]?.message.split("\n")[0] ?? verdict;
        const wanted = "6 paid: 100 100 95 95 105 105";
        const wrong = outcomes.find(({ result }) => result !== wanted);
        return wrong === undefined ? undefined : `expected ${wanted}, got ${String(wrong.result)}`;
      },
      hints: {
        "global-deadlock": [
          "Other accounts than in the visible checks wait for each other.",
          "Does your order look at the `id` of the account, or at its place in the call? Only the shard's `number` tells.",
          "Compare `from.shard.number` with `to.shard.number`, and lock the smaller one first.",
        ],
        "wrong-result": [
          "The money is not where it belongs.",
          "Both parameters can be the same account: then reading both before writing either makes money.",
          "Read `from`, write it, then read `to` and write it.",
        ],
        race: [
          "Money is touched without the lock of its shard.",
          "Every read and write of `cents` needs the lock of that account's shard.",
          "Lock both shards first, and let go of them last.",
        ],
      },
    },
  ],
});
