// Unit 05: where each row of the curriculum comes to life, and what proves it.
import type { UnitProofs } from "./unit.js";

const INCIDENT = "test/notebook/incident05.test.ts";
const RELOAD = "05-the-rwmutex-incident/reload";
const PROFILE = "05-the-rwmutex-incident/profile";
const RULES = "05-the-rwmutex-incident/rules";

export const unit: UnitProofs = {
  lesson: "05-the-rwmutex-incident",
  ids: {
    "AP-16": {
      cells: ["order-centre", "record"],
      proof: [
        { cell: "order-centre", asserts: 'if (!isWhole) throw new Error("an order saw half of a reload")' },
        { check: RELOAD, property: "no reader waits for the reload's I/O" },
      ],
    },
    "AP-17": {
      cells: ["copied-lock", "copied-lock-named"],
      proof: [
        { cell: "copied-lock", asserts: "if (shared !== 400_000) throw" },
        { cell: "copied-lock-named", asserts: 'if (forced.verdict !== "misuse") throw' },
      ],
    },
    "FX-12": {
      cells: ["half-a-fix", "snapshot", "fixes"],
      proof: [
        { cell: "snapshot", asserts: "if (!isWhole) throw" },
        { test: INCIDENT, name: "a snapshot: an order sees one reload or the other, never both" },
        { check: RELOAD, property: "no reader sees half of a reload" },
      ],
    },
    "FX-13": {
      cells: ["shards", "fixes", "fixes-table"],
      proof: [
        {
          test: INCIDENT,
          name: "64 shards, or two: an order that looks at two discounts can see two reloads",
        },
      ],
    },
    "FX-14": {
      cells: ["copy-on-write", "fixes", "copy-cost"],
      proof: [
        {
          test: "test/threads/copyonwrite.test.ts",
          name: "lose no write, read their own, and publish batches",
        },
      ],
    },
    "FX-15": {
      cells: ["lock-order", "wait-limit"],
      proof: [
        { cell: "lock-order", asserts: "if (warning === undefined) throw" },
        { cell: "wait-limit", asserts: 'if (limited.verdict !== "panic") throw' },
        {
          check: RULES,
          property: "a lock that was taken against the documented order is named, and no other",
        },
      ],
    },
    "FX-16": {
      cells: ["record", "block-profile", "block-alarm"],
      proof: [
        { cell: "block-alarm", asserts: "if (blockedMs <= 10) throw" },
        { check: PROFILE, property: "`culprit` names the lock at which orders lose their time" },
      ],
    },
    "FX-17": {
      cells: ["container", "request-or-limit", "warm-code"],
      proof: [{ cell: "request-or-limit", asserts: 'throw new Error("the limit did not help")' }],
    },
    "FX-18": {
      cells: ["level-lock", "level-snapshot", "level-hybrid", "levels", "levels-table", "hybrid-claims"],
      proof: [
        {
          test: INCIDENT,
          name: "the hybrid's breaker does not wait for a reload; a breaker under the lock does",
        },
      ],
    },
    "FX-19": {
      cells: ["six", "decision-tree"],
      proof: [
        {
          test: "test/bench/six.test.ts",
          name: "six: told from Go's figures: which structures to use for which work, and why",
        },
        { test: "test/bench/six.test.ts", name: "six: a smoke run claims nothing" },
      ],
    },
    "FX-20": {
      cells: [
        "service-broken",
        "service-mended",
        "services",
        "broken-service",
        "rules-of-locks",
        "rules-that-run",
        "rules-on-paper",
        "rules-of-settings",
        "twelve-rules",
      ],
      proof: [{ cell: "twelve-rules", asserts: "throw new Error(`rules kept:" }],
    },
    "FC-23": {
      cells: ["block-profile", "waits-over-time", "three-worlds", "worlds-table", "figures", "claims"],
      proof: [{ cell: "worlds-table", asserts: 'throw new Error("the backlog' }],
    },
    "FC-24": {
      cells: ["six", "six-claims", "six-claims-table"],
      proof: [{ cell: "six-claims", asserts: "throw new Error(`counted from" }],
    },
    "FC-25": {
      cells: ["warm-code", "gains", "gains-table"],
      proof: [
        { cell: "gains", asserts: "throw new Error(`measured nothing of" },
        {
          test: "test/bench/six.test.ts",
          name: "six: readers of a reader-writer lock get less done together than alone, those of a snapshot more",
        },
      ],
    },
    "FC-26": {
      cells: ["hybrid-claims"],
      proof: [{ cell: "hybrid-claims", asserts: "if (traffic <= 100) throw" }],
    },
    "FC-27": {
      cells: ["pods", "one-minute", "one-request", "minute", "three-worlds", "worlds-table", "backlog"],
      proof: [{ cell: "backlog", asserts: 'throw new Error("the simulation contradicts' }],
    },
    "FC-28": {
      cells: ["six-contradictions"],
      proof: [{ cell: "six-contradictions", asserts: "if (!readersWait) throw" }],
    },
    "FC-29": {
      cells: ["rlock-bytes"],
      proof: [{ cell: "rlock-bytes", asserts: "if (lockBytes > objectBytes / 4) throw" }],
    },
    "FC-30": {
      cells: ["profile-rate", "profile-sampled"],
      proof: [{ cell: "profile-rate", asserts: 'if (refused === "") throw' }],
    },
    "FC-31": {
      cells: ["checker-zoo", "checker-zoo-2", "checker-verdict"],
      proof: [
        { cell: "checker-verdict", asserts: "throw new Error(`not 1 and 4" },
        { test: INCIDENT, name: "the zoo's figures in the lesson are those of the detectors' table" },
      ],
    },
    "FC-32": {
      cells: ["container", "request-or-limit", "quota-claim"],
      proof: [{ cell: "quota-claim", asserts: 'throw new Error("cpu.max misread")' }],
    },
    "FC-33": {
      cells: ["copied-lock", "gc-pause"],
      proof: [{ cell: "copied-lock", asserts: "if (shared !== 400_000) throw" }],
    },
  },
};
