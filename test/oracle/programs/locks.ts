// Programs about Mutex and RWMutex.
import type { Description } from "../description.js";

export const LOCKS: readonly Description[] = [
  {
    name: "mutex-counter",
    about: "increments under a lock are not lost",
    objects: { mu: ["mutex"], wg: ["waitgroup"], n: ["var", 0] },
    main: [
      [
        "times",
        3,
        [
          [
            "wgGo",
            "wg",
            [
              ["lock", "mu"],
              ["set", "seen", "n"],
              ["gosched"],
              ["set", "n", ["+", "seen", 1]],
              ["unlock", "mu"],
            ],
          ],
        ],
      ],
      ["wait", "wg"],
      ["log", "n", "n"],
    ],
  },
  {
    name: "mutex-two-halves",
    about: "two critical sections of one goroutine let others in between",
    objects: { mu: ["mutex"], wg: ["waitgroup"], n: ["var", 0] },
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
              ["set", "seen", "n"],
              ["unlock", "mu"],
              ["lock", "mu"],
              ["set", "n", ["+", "seen", 1]],
              ["unlock", "mu"],
            ],
          ],
        ],
      ],
      ["wait", "wg"],
      ["log", "n", "n"],
    ],
  },
  {
    name: "mutex-order",
    about: "critical sections do not overlap",
    objects: { mu: ["mutex"], wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["lock", "mu"],
          ["log", "a in"],
          ["log", "a out"],
          ["unlock", "mu"],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["lock", "mu"],
          ["log", "b in"],
          ["log", "b out"],
          ["unlock", "mu"],
        ],
      ],
      ["wait", "wg"],
    ],
  },
  {
    name: "trylock-one-wins",
    about: "of two that try and never unlock, one gets it",
    objects: { mu: ["mutex"], wg: ["waitgroup"] },
    main: [
      [
        "times",
        2,
        [
          [
            "wgGo",
            "wg",
            [
              ["tryLock", "mu", "ok"],
              ["log", "locked", "ok"],
            ],
          ],
        ],
      ],
      ["wait", "wg"],
    ],
    isSorted: true,
  },
  {
    name: "trylock-against-holder",
    about: "tryLock succeeds before, between and after",
    objects: { mu: ["mutex"], done: ["chan", 0] },
    main: [
      ["go", [["lock", "mu"], ["gosched"], ["unlock", "mu"], ["send", "done", 0]]],
      ["tryLock", "mu", "ok"],
      ["if", ["==", "ok", 1], [["unlock", "mu"]]],
      ["recv", "done", "z"],
      ["log", "locked", "ok"],
    ],
  },
  {
    name: "unlock-by-another",
    about: "whoever unlocks need not have locked",
    objects: { mu: ["mutex"] },
    main: [
      ["lock", "mu"],
      [
        "go",
        [
          ["log", "unlocking"],
          ["unlock", "mu"],
        ],
      ],
      ["lock", "mu"],
      ["log", "locked"],
    ],
  },
  {
    name: "readers-meet",
    about: "two readers are inside at the same time",
    objects: { rw: ["rwmutex"], meet: ["chan", 0], wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["rLock", "rw"],
          ["send", "meet", 1],
          ["rUnlock", "rw"],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["rLock", "rw"],
          ["recv", "meet", "v"],
          ["log", "met", "v"],
          ["rUnlock", "rw"],
        ],
      ],
      ["wait", "wg"],
    ],
  },
  {
    name: "writer-and-reader",
    about: "a reader sees a write wholly or not at all",
    objects: { rw: ["rwmutex"], wg: ["waitgroup"], x: ["var", 0], y: ["var", 0] },
    main: [
      ["wgGo", "wg", [["lock", "rw"], ["set", "x", 1], ["gosched"], ["set", "y", 1], ["unlock", "rw"]]],
      [
        "wgGo",
        "wg",
        [
          ["rLock", "rw"],
          ["log", "sees", "x", "y"],
          ["rUnlock", "rw"],
        ],
      ],
      ["wait", "wg"],
    ],
  },
  {
    name: "pending-writer-stops-readers",
    about: "once a writer waits, no new reader gets in",
    objects: { rw: ["rwmutex"], done: ["chan", 0] },
    main: [
      ["rLock", "rw"],
      [
        "go",
        [
          ["lock", "rw"],
          ["log", "writer in"],
          ["unlock", "rw"],
          ["send", "done", 0],
        ],
      ],
      ["sleep", 1],
      ["tryRLock", "rw", "ok"],
      ["log", "new reader in", "ok"],
      ["if", ["==", "ok", 1], [["rUnlock", "rw"]]],
      ["rUnlock", "rw"],
      ["recv", "done", "z"],
    ],
    isSlow: true,
  },
  {
    name: "recursive-read-lock",
    about: "a writer between two read locks of one goroutine: deadlock",
    objects: { rw: ["rwmutex"], done: ["chan", 0] },
    main: [
      [
        "go",
        [
          ["lock", "rw"],
          ["unlock", "rw"],
          ["send", "done", 0],
        ],
      ],
      ["rLock", "rw"],
      ["gosched"],
      ["rLock", "rw"],
      ["rUnlock", "rw"],
      ["rUnlock", "rw"],
      ["recv", "done", "z"],
      ["log", "done"],
    ],
    dies: true,
  },
  {
    name: "lock-order-inversion",
    about: "two locks in two orders: sometimes a deadlock",
    objects: { a: ["mutex"], b: ["mutex"], wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["lock", "a"],
          ["lock", "b"],
          ["unlock", "b"],
          ["unlock", "a"],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["lock", "b"],
          ["lock", "a"],
          ["unlock", "a"],
          ["unlock", "b"],
        ],
      ],
      ["wait", "wg"],
      ["log", "done"],
    ],
    dies: true,
  },
  {
    name: "rw-try-matrix",
    about: "what can be locked beside a reader and beside a writer",
    objects: { rw: ["rwmutex"] },
    main: [
      ["rLock", "rw"],
      ["tryRLock", "rw", "r"],
      ["tryLock", "rw", "w"],
      ["log", "beside a reader", "r", "w"],
      ["rUnlock", "rw"],
      ["rUnlock", "rw"],
      ["lock", "rw"],
      ["tryRLock", "rw", "r"],
      ["tryLock", "rw", "w"],
      ["log", "beside a writer", "r", "w"],
      ["unlock", "rw"],
    ],
  },
];
