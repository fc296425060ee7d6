// Programs about panics, fatal errors, deadlocks and Goexit.
import type { Description } from "../description.js";

export const ENDINGS: readonly Description[] = [
  {
    name: "send-or-close-first",
    about: "a send before or after close: received, or a panic",
    objects: { ch: ["chan", 1], mu: ["mutex"], done: ["chan", 0] },
    main: [
      [
        "go",
        [
          ["lock", "mu"],
          ["send", "ch", 1],
          ["unlock", "mu"],
          ["send", "done", 0],
        ],
      ],
      ["lock", "mu"],
      ["close", "ch"],
      ["unlock", "mu"],
      ["recv", "done", "z"],
      ["recvOk", "ch", "v", "ok"],
      ["log", "got", "v", "ok"],
    ],
    dies: true,
  },
  {
    name: "send-after-close",
    about: "a send on a closed channel panics, with a free place too, and in a select",
    objects: { ch: ["chan", 1] },
    main: [
      ["close", "ch"],
      ["recovering", [["send", "ch", 1]]],
      [
        "recovering",
        [
          [
            "select",
            [
              ["send", "ch", 1, [["log", "sent"]]],
              ["default", [["log", "default"]]],
            ],
          ],
        ],
      ],
    ],
  },
  {
    name: "double-close",
    about: "the second close panics",
    objects: { ch: ["chan", 0], mu: ["mutex"], wg: ["waitgroup"] },
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
              [
                "recovering",
                [
                  ["close", "ch"],
                  ["log", "closed"],
                ],
              ],
              ["unlock", "mu"],
            ],
          ],
        ],
      ],
      ["wait", "wg"],
    ],
    isSorted: true,
  },
  {
    name: "close-nil",
    about: "closing a nil channel panics",
    objects: { none: ["nilchan"] },
    main: [["recovering", [["close", "none"]]]],
  },
  {
    name: "receive-from-nil",
    about: "receiving from a nil channel waits for ever",
    objects: { none: ["nilchan"] },
    main: [
      ["recv", "none", "v"],
      ["log", "got", "v"],
    ],
    dies: true,
  },
  {
    name: "negative-counter",
    about: "one done too many",
    objects: { wg: ["waitgroup"] },
    main: [
      ["add", "wg", 1],
      ["done", "wg"],
      ["recovering", [["done", "wg"]]],
    ],
  },
  {
    name: "unlock-of-unlocked",
    about: "recover cannot catch a fatal error",
    objects: { mu: ["mutex"] },
    main: [
      ["recovering", [["unlock", "mu"]]],
      ["log", "still there"],
    ],
    dies: true,
  },
  {
    name: "rw-unlock-of-unlocked",
    about: "the same for the write lock",
    objects: { rw: ["rwmutex"] },
    main: [
      ["rLock", "rw"],
      ["recovering", [["unlock", "rw"]]],
      ["log", "still there"],
    ],
    dies: true,
  },
  {
    name: "runlock-of-unlocked",
    about: "the same for the read lock",
    objects: { rw: ["rwmutex"] },
    main: [
      ["recovering", [["rUnlock", "rw"]]],
      ["log", "still there"],
    ],
    dies: true,
  },
  {
    name: "panic-of-another",
    about: "a goroutine's panic ends the program",
    objects: { ch: ["chan", 0] },
    main: [
      ["go", [["panic", "boom"]]],
      ["recv", "ch", "v"],
    ],
    dies: true,
  },
  {
    name: "panic-while-panicking",
    about: "a deferred call sees what it recovers from last",
    objects: {},
    main: [["recovering", [["deferred", [["panic", "first"]], [["panic", "second"]]]]]],
  },
  {
    name: "goexit-runs-deferred",
    about: "Goexit ends one goroutine, after its deferred calls",
    objects: { wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          [
            "deferred",
            [
              ["recovering", [["goexit"]]],
              ["log", "never"],
            ],
            [["log", "deferred"]],
          ],
          ["log", "never"],
        ],
      ],
      ["wait", "wg"],
      ["log", "joined"],
    ],
  },
  {
    name: "main-goexit",
    about: "main exits, nobody is left",
    objects: {},
    main: [["goexit"]],
    dies: true,
  },
  {
    name: "deadlock-in-a-ring",
    about: "everybody waits for the next",
    objects: { a: ["chan", 0], b: ["chan", 0] },
    main: [
      [
        "go",
        [
          ["recv", "a", "v"],
          ["send", "b", "v"],
        ],
      ],
      ["recv", "b", "v"],
      ["send", "a", "v"],
    ],
    dies: true,
  },
  {
    name: "first-error-wins",
    about: "two fail, the first error is kept and the other cancelled",
    objects: { ctx: ["cancelCtx"], once: ["once"], wg: ["waitgroup"], error: ["var", 0] },
    main: [
      [
        "wgGo",
        "wg",
        [
          [
            "once",
            "once",
            [
              ["set", "error", 1],
              ["cancel", "ctx"],
            ],
          ],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          [
            "once",
            "once",
            [
              ["set", "error", 2],
              ["cancel", "ctx"],
            ],
          ],
        ],
      ],
      ["awaitDone", "ctx"],
      ["wait", "wg"],
      ["log", "error", "error"],
    ],
  },
];
