// Programs about WaitGroup, Once and Cond.
import type { Description } from "../description.js";

export const WAITING: readonly Description[] = [
  {
    name: "waitgroup-joins",
    about: "wait returns after every done",
    objects: { wg: ["waitgroup"], n: ["atomic", 0] },
    main: [
      ["add", "wg", 3],
      [
        "times",
        3,
        [
          [
            "go",
            [
              ["addTo", "n", 1, "z"],
              ["done", "wg"],
            ],
          ],
        ],
      ],
      ["wait", "wg"],
      ["load", "n", "v"],
      ["log", "n", "v"],
    ],
  },
  {
    name: "waitgroup-two-waiters",
    about: "the last done wakes all who wait",
    objects: { wg: ["waitgroup"], out: ["waitgroup"] },
    main: [
      ["add", "wg", 1],
      [
        "times",
        2,
        [
          [
            "wgGo",
            "out",
            [
              ["wait", "wg"],
              ["log", "woken"],
            ],
          ],
        ],
      ],
      ["log", "before"],
      ["done", "wg"],
      ["wait", "out"],
    ],
  },
  {
    name: "waitgroup-reuse",
    about: "a group can be used again after wait has returned",
    objects: { wg: ["waitgroup"], n: ["atomic", 0] },
    main: [
      [
        "times",
        2,
        [
          ["wgGo", "wg", [["addTo", "n", 1, "z"]]],
          ["wgGo", "wg", [["addTo", "n", 1, "z"]]],
          ["wait", "wg"],
          ["load", "n", "v"],
          ["log", "n", "v"],
        ],
      ],
    ],
  },
  {
    name: "waitgroup-missing-done",
    about: "a done that never comes is a deadlock",
    objects: { wg: ["waitgroup"] },
    main: [
      ["add", "wg", 2],
      ["go", [["done", "wg"]]],
      ["wait", "wg"],
      ["log", "done"],
    ],
    dies: true,
  },
  {
    name: "once-runs-once",
    about: "everybody sees what the action did",
    objects: { once: ["once"], wg: ["waitgroup"], x: ["var", 0] },
    main: [
      [
        "times",
        3,
        [
          [
            "wgGo",
            "wg",
            [
              ["once", "once", [["gosched"], ["set", "x", ["+", "x", 1]]]],
              ["log", "x", "x"],
            ],
          ],
        ],
      ],
      ["wait", "wg"],
    ],
  },
  {
    name: "once-panics",
    about: "an action that panics counts as done",
    objects: { once: ["once"] },
    main: [
      ["recovering", [["once", "once", [["panic", "boom"]]]]],
      [
        "recovering",
        [
          ["once", "once", [["log", "again"]]],
          ["log", "second do returned"],
        ],
      ],
    ],
  },
  {
    name: "once-first-comes",
    about: "whose action it is",
    objects: { once: ["once"], wg: ["waitgroup"] },
    main: [
      ["wgGo", "wg", [["once", "once", [["log", "a"]]]]],
      ["wgGo", "wg", [["once", "once", [["log", "b"]]]]],
      ["wait", "wg"],
    ],
  },
  {
    name: "once-inside-itself",
    about: "do inside do waits for itself",
    objects: { once: ["once"] },
    main: [["once", "once", [["once", "once", [["log", "inner"]]]]]],
    dies: true,
  },
  {
    name: "cond-with-predicate",
    about: "a waiter that looks first loses no signal",
    objects: { mu: ["mutex"], c: ["cond", "mu"], isReady: ["var", 0] },
    main: [
      [
        "go",
        [
          ["lock", "mu"],
          ["set", "isReady", 1],
          ["unlock", "mu"],
          ["signal", "c"],
        ],
      ],
      ["lock", "mu"],
      ["while", ["==", "isReady", 0], [["condWait", "c"]]],
      ["unlock", "mu"],
      ["log", "ready"],
    ],
  },
  {
    name: "cond-lost-signal",
    about: "without a predicate a signal may come too early",
    objects: { mu: ["mutex"], c: ["cond", "mu"] },
    main: [
      [
        "go",
        [
          ["lock", "mu"],
          ["signal", "c"],
          ["unlock", "mu"],
        ],
      ],
      ["lock", "mu"],
      ["condWait", "c"],
      ["unlock", "mu"],
      ["log", "woken"],
    ],
    dies: true,
  },
  {
    name: "cond-signal-wakes-one",
    about: "of two that wait one is woken",
    objects: { mu: ["mutex"], c: ["cond", "mu"], arrived: ["chan", 2], woken: ["chan", 2] },
    main: [
      [
        "times",
        2,
        [
          [
            "go",
            [
              ["lock", "mu"],
              ["send", "arrived", 1],
              ["condWait", "c"],
              ["unlock", "mu"],
              ["send", "woken", 1],
            ],
          ],
        ],
      ],
      ["recv", "arrived", "v"],
      ["recv", "arrived", "v"],
      ["lock", "mu"], // both wait: they hold the lock from their arrival until then
      ["signal", "c"],
      ["unlock", "mu"],
      ["recv", "woken", "v"],
      ["sleep", 2],
      ["len", "woken", "more"],
      ["log", "more woken", "more"],
    ],
    isSlow: true,
  },
  {
    name: "cond-broadcast",
    about: "broadcast wakes all who wait",
    objects: { mu: ["mutex"], c: ["cond", "mu"], wg: ["waitgroup"], isOpen: ["var", 0] },
    main: [
      [
        "times",
        2,
        [
          [
            "wgGo",
            "wg",
            [
              ["lock", "mu"],
              ["while", ["==", "isOpen", 0], [["condWait", "c"]]],
              ["unlock", "mu"],
              ["log", "through"],
            ],
          ],
        ],
      ],
      ["lock", "mu"],
      ["set", "isOpen", 1],
      ["unlock", "mu"],
      ["broadcast", "c"],
      ["wait", "wg"],
    ],
  },
  {
    name: "cond-queue",
    about: "a bounded queue of one place with one condition",
    objects: { mu: ["mutex"], c: ["cond", "mu"], item: ["var", 0], done: ["chan", 0] },
    main: [
      [
        "go",
        [
          ["set", "i", 0],
          [
            "times",
            2,
            [
              ["set", "i", ["+", "i", 1]],
              ["lock", "mu"],
              ["while", ["!=", "item", 0], [["condWait", "c"]]],
              ["set", "item", "i"],
              ["broadcast", "c"],
              ["unlock", "mu"],
            ],
          ],
          ["send", "done", 0],
        ],
      ],
      [
        "times",
        2,
        [
          ["lock", "mu"],
          ["while", ["==", "item", 0], [["condWait", "c"]]],
          ["log", "took", "item"],
          ["set", "item", 0],
          ["broadcast", "c"],
          ["unlock", "mu"],
        ],
      ],
      ["recv", "done", "z"],
    ],
  },
];
