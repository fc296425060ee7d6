// Unit 00: what it brings to life, and what proves it.
import type { UnitProofs } from "./unit.js";

export const unit: UnitProofs = {
  lesson: "00-start-here",
  ids: {
    "AP-01": {
      cells: [
        "kernel-check",
        "first-goroutine",
        "who-waits",
        "two-letters",
        "first-plot",
        "board",
        "real-threads",
        "check-wait",
      ],
      proof: [
        { cell: "kernel-check", asserts: 'throw new Error("expected two threads to start")' },
        { cell: "board", asserts: 'throw new Error("a payment must be there to lose")' },
        { cell: "real-threads", asserts: 'throw new Error("an atomic addition was lost")' },
        {
          test: "test/lesson/predict.test.ts",
          name: "finds the six words of two times two letters, whoever guessed what",
        },
        { check: "00-start-here/wait", property: "every schedule says working and done before main returns" },
      ],
    },
    "FX-01": {
      cells: ["growth-path", "next-step"],
      proof: [{ cell: "growth-path", asserts: 'throw new Error("each unit has one place on the map")' }],
    },
  },
};
