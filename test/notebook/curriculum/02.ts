// Unit 02: where each row of the curriculum comes to life, and what proves it.
import type { UnitProofs } from "./unit.js";

const TESTS = "test/exercises/exercises-02-wrong.stress.ts";

export const unit: UnitProofs = {
  lesson: "02-memory-model-and-data-races",
  ids: {
    "AP-05": {
      cells: ["stock-chain", "stock-chain-cut"],
      proof: [
        { cell: "stock-chain", asserts: "throw new Error(whole.claim)" },
        { test: TESTS, name: "the receive is left out" },
        { test: TESTS, name: "sleeps in place of edges" },
      ],
    },
    "AP-06": {
      cells: ["by-seed", "by-luck"],
      proof: [{ cell: "by-seed", asserts: "if (first !== again) throw" }],
    },
    "AP-07": {
      cells: ["guess-torn", "torn", "torn-measured", "torn-table"],
      proof: [{ cell: "torn-table", asserts: "seen > 0) throw" }],
    },
    "AP-08": {
      cells: ["litmus"],
      proof: [
        { cell: "litmus", asserts: "if (atomics.forbidden > 0) throw" },
        {
          test: "test/bench/litmus.test.ts",
          name: "a planted test whose forbidden outcome is reachable is caught",
        },
      ],
    },
    "FX-03": {
      cells: ["hidden-race", "one-execution"],
      proof: [{ cell: "one-execution", asserts: 'if (all.verdict !== "race") throw' }],
    },
    "FX-04": {
      cells: ["workflow", "workflow-runs", "workflow-table"],
      proof: [{ cell: "workflow-table", asserts: "throw new Error(`a fix lost payments" }],
    },
    "FX-05": {
      cells: ["bugs-of-variables", "bugs-of-waiting", "matrix"],
      proof: [
        { cell: "matrix", asserts: "!== isSilent) throw" },
        { test: "test/detect/matrix.test.ts", name: "the table is what runs show" },
      ],
    },
    "FC-05": {
      cells: ["cost", "cost-picture", "claims-figures", "claims"],
      proof: [{ cell: "claims-figures", asserts: "throw new Error(`an increment" }],
    },
    "FC-06": {
      cells: ["contention", "contention-picture", "increment-claim"],
      proof: [{ cell: "increment-claim", asserts: "throw new Error(`in line" }],
    },
    "FC-07": {
      cells: ["cas-loop", "cas-claim"],
      proof: [
        { cell: "cas-claim", asserts: "throw new Error(`let in" },
        { check: "02-memory-model-and-data-races/sell", property: "nobody ever sees a stock below zero" },
      ],
    },
    "FC-08": {
      cells: ["global-order", "global-order-claim"],
      proof: [{ cell: "global-order-claim", asserts: "if (forbidden > 0) throw" }],
    },
    "FC-09": {
      cells: ["unlocked", "unlocked-counted", "unlocked-claim"],
      proof: [{ cell: "unlocked-claim", asserts: "unmixed > 0) throw" }],
    },
    "FC-10": {
      cells: ["profile-runs", "profile-claim"],
      proof: [{ cell: "profile-claim", asserts: "throw new Error(`profiles" }],
    },
    "FC-11": {
      cells: ["barrier"],
      proof: [{ cell: "barrier", asserts: "if (atomic.forbidden > 0) throw" }],
    },
  },
};
