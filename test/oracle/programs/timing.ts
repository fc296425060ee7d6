// Programs about time and contexts. On the free clock a timer may fire at any moment, as in Go a goroutine may be late.
import type { Description } from "../description.js";

export const TIMING: readonly Description[] = [
  {
    name: "cancel-wakes",
    about: "cancel closes done; err says why",
    objects: { ctx: ["cancelCtx"] },
    main: [
      ["go", [["cancel", "ctx"]]],
      ["awaitDone", "ctx"],
      ["ctxErr", "ctx", "e"],
      ["log", "err", "e"],
    ],
  },
  {
    name: "cancel-goes-down",
    about: "a parent's cancel reaches the grandchild",
    objects: { top: ["cancelCtx"], middle: ["cancelCtx", "top"], low: ["cancelCtx", "middle"] },
    main: [
      ["go", [["cancel", "top"]]],
      ["awaitDone", "low"],
      ["ctxErr", "low", "e"],
      ["ctxErr", "middle", "f"],
      ["log", "err", "e", "f"],
    ],
  },
  {
    name: "cancel-does-not-go-up",
    about: "a child's cancel leaves the parent alone",
    objects: { top: ["cancelCtx"], low: ["cancelCtx", "top"] },
    main: [
      ["cancel", "low"],
      ["awaitDone", "low"],
      ["ctxErr", "top", "e"],
      ["ctxErr", "low", "f"],
      ["log", "err", "e", "f"],
    ],
  },
  {
    name: "timeout-or-cancel",
    about: "the first of the two decides, once and for all",
    objects: { ctx: ["timeoutCtx", 1] },
    main: [
      [
        "go",
        [
          ["sleep", 1],
          ["cancel", "ctx"],
        ],
      ],
      ["awaitDone", "ctx"],
      ["ctxErr", "ctx", "e"],
      ["sleep", 1],
      ["ctxErr", "ctx", "f"],
      ["log", "err", "e", "f"],
    ],
    isSlow: true,
  },
  {
    name: "timeout-or-result",
    about: "a result and a deadline race",
    objects: { ctx: ["timeoutCtx", 1], ch: ["chan", 1] },
    main: [
      [
        "go",
        [
          ["sleep", 1],
          ["send", "ch", 5],
        ],
      ],
      [
        "select",
        [
          ["done", "ctx", [["log", "too late"]]],
          ["recv", "ch", "v", "ok", [["log", "got", "v"]]],
        ],
      ],
    ],
    isSlow: true,
  },
  {
    name: "sleepers",
    about: "who sleeps longer usually wakes later",
    objects: { wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["sleep", 1],
          ["log", "short"],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["sleep", 3],
          ["log", "long"],
        ],
      ],
      ["wait", "wg"],
    ],
    isSlow: true,
  },
  {
    name: "timer-stop",
    about: "stop says whether it was in time",
    objects: { t: ["timer"], ch: ["chan", 1] },
    main: [
      ["afterFunc", "t", 1, [["send", "ch", 1]]],
      ["sleep", 1],
      ["stop", "t", "stopped"],
      ["if", ["==", "stopped", 0], [["recv", "ch", "v"]]],
      ["sleep", 3],
      ["len", "ch", "ran"],
      ["log", "stopped and ran after it", "stopped", "ran"],
    ],
    isSlow: true,
  },
  {
    name: "timer-in-select",
    about: "a timer's channel beside another one",
    objects: { t: ["timer"], ch: ["chan", 1] },
    main: [
      ["newTimer", "t", 1],
      [
        "go",
        [
          ["sleep", 1],
          ["send", "ch", 5],
        ],
      ],
      [
        "select",
        [
          ["fires", "t", [["log", "time is over"]]],
          ["recv", "ch", "v", "ok", [["log", "got", "v"]]],
        ],
      ],
    ],
    isSlow: true,
  },
  {
    name: "timer-stopped-in-time",
    about: "after a stop in time the timer never fires",
    objects: { t: ["timer"] },
    main: [
      ["newTimer", "t", 5000],
      ["stop", "t", "first"],
      ["stop", "t", "second"],
      [
        "select",
        [
          ["fires", "t", [["log", "fired"]]],
          ["default", [["log", "stops", "first", "second"]]],
        ],
      ],
    ],
  },
  {
    name: "cancel-a-producer",
    about: "a producer stops when the context ends, or when it is done",
    objects: { ctx: ["cancelCtx"], ch: ["chan", 0], wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["set", "i", 0],
          [
            "times",
            2,
            [
              ["set", "i", ["+", "i", 1]],
              [
                "select",
                [
                  ["send", "ch", "i", []],
                  ["done", "ctx", [["log", "cancelled at", "i"]]],
                ],
              ],
            ],
          ],
        ],
      ],
      ["recv", "ch", "v"],
      ["log", "got", "v"],
      ["cancel", "ctx"],
      ["wait", "wg"],
    ],
  },
];
