// Unit 06: what it brings to life, and what proves it.
import type { Proof, UnitProofs } from "./unit.js";

/** A test over what the cells have shown in a run of the whole notebook. */
const shown = (name: string): Proof => ({ test: "test/notebook/unit06.tests.ts", name });
const fails = (name: string): Proof => ({ test: "test/exercises/exercises-06.stress.ts", name });

export const unit: UnitProofs = {
  lesson: "06-deadlocks",
  ids: {
    "AP-18": {
      cells: ["four-programs", "read-twice"],
      proof: [
        { cell: "read-twice", asserts: 'throw new Error("expected a deadlock")' },
        shown("AP-18: the second read waits behind the writer, and the upgrade for itself"),
      ],
    },
    "AP-19": {
      cells: ["four-programs-more", "order-service", "in-order", "threads-circle"],
      proof: [
        { cell: "threads-circle", asserts: 'throw new Error("expected the circle to be refused")' },
        shown(
          "AP-19: three locks in a circle stand still, are predicted from a calm run, and refused on threads",
        ),
      ],
    },
    "AP-20": {
      cells: ["send-under-lock", "double-lock", "lock-and-channel"],
      proof: [
        { cell: "lock-and-channel", asserts: 'throw new Error("expected a deadlock of lock and channel")' },
        shown("AP-20: a method that calls a method, and a lock whose other half is a channel"),
      ],
    },
    "AP-21": {
      cells: ["ways-out", "ways-out-deferred", "ways-out-table", "terminated", "poisoned", "crashed"],
      proof: [
        { cell: "poisoned", asserts: 'throw new Error("expected the lock of a dead thread to be poisoned")' },
        shown(
          "AP-21: five ways out keep the lock; a dead thread's lock is poisoned; a key in Redis costs its time to live",
        ),
        { check: "06-deadlocks/exits", property: "after an order that is skipped the lock is free" },
        fails("an unlock before each exit, and the throw forgotten"),
      ],
    },
    "AP-22": {
      cells: ["pool", "pool-plot", "blocked-write"],
      proof: [
        shown(
          "AP-22: without a deadline the pool never comes back, and the close waits behind the caller's mutex",
        ),
      ],
    },
    "AP-23": {
      cells: ["shards", "sharded", "measured", "measured-picture"],
      proof: [
        shown("AP-23: two keys on sharded locks deadlock as they come, and not in the order of the shards"),
        {
          check: "06-deadlocks/transfer",
          property: "nor do three in a circle, or other accounts of the same shards",
        },
        fails("ordered by the account's id"),
      ],
    },
    "FX-21": {
      cells: [
        "pool-plot",
        "in-order",
        "timeouts",
        "one-lock",
        "sharded",
        "retried",
        "measured",
        "measured-picture",
        "rules-of",
        "rules",
      ],
      proof: [
        { cell: "rules", asserts: 'throw new Error("expected one of the two to break each rule")' },
        shown("FX-21: order, budget and narrow locks, each run beside what it replaces"),
      ],
    },
    "FX-22": {
      cells: ["with-context"],
      proof: [
        shown("FX-22: a wait that its context ends returns in time and leaves nothing behind"),
        {
          check: "06-deadlocks/lock-with-context",
          property: "a wait that was cancelled leaves nobody behind",
        },
      ],
    },
    "FX-23": {
      cells: ["four-locks", "reentrancy", "reentrancy-table"],
      proof: [shown("FX-23: the table of four locks and five steps is computed, and comes out so")],
    },
    "FX-24": {
      cells: ["dump", "dump-explained", "dump-graph", "partial"],
      proof: [
        { cell: "dump-explained", asserts: 'throw new Error("expected a cycle in the dump")' },
        shown("FX-24: a real dump is read, explained and drawn; Go's rule sees the global deadlock only"),
        {
          test: "test/event/goreport.test.ts",
          name: "the order service: three goroutines in a circle, those behind them, and nobody else",
        },
      ],
    },
    "FC-34": {
      cells: ["pool", "pool-plot", "pool-claims"],
      proof: [
        shown("FC-34: with a deadline the queue is gone again; how high it was depends on rate × deadline"),
      ],
    },
    "FC-35": {
      cells: ["ways-out-deferred", "ways-out-table"],
      proof: [shown("FC-35: a panic, a Goexit and a defer behind the recover all release the lock")],
    },
    "FC-36": {
      cells: ["three-locks", "three-locks-tested"],
      proof: [shown("FC-36: the sample as it is printed is clean in every schedule, nested it deadlocks")],
    },
    "FC-37": {
      cells: ["dump-holders"],
      proof: [shown("FC-37: a real dump names waiters and no holder")],
    },
    "FC-38": {
      cells: ["four-locks", "reentrancy", "reentrancy-table"],
      proof: [shown("FC-38: the published table of re-entrancy does not fit Go's locks")],
    },
    "FC-39": {
      cells: ["blocked-write", "blocked-write-tested"],
      proof: [shown("FC-39: the mutex that a blocked write holds is the caller's")],
    },
  },
};
