// Programs about channels: order, buffers, closing, ranging.
import type { Description } from "../description.js";

export const CHANNELS: readonly Description[] = [
  {
    name: "unbuffered-order",
    about: "one sender's values arrive in order",
    objects: { ch: ["chan", 0] },
    main: [
      [
        "go",
        [
          ["send", "ch", 1],
          ["send", "ch", 2],
          ["send", "ch", 3],
        ],
      ],
      ["recv", "ch", "a"],
      ["recv", "ch", "b"],
      ["recv", "ch", "c"],
      ["log", "got", "a", "b", "c"],
    ],
  },
  {
    name: "rendezvous",
    about: "an unbuffered send ends only when it is received",
    objects: { ch: ["chan", 0], done: ["chan", 0] },
    main: [
      [
        "go",
        [
          ["send", "ch", 1],
          ["log", "sent"],
          ["send", "done", 0],
        ],
      ],
      ["sleep", 1],
      ["log", "receiving"],
      ["recv", "ch", "a"],
      ["recv", "done", "z"],
    ],
    isSlow: true,
  },
  {
    name: "buffered-order",
    about: "a buffer of two keeps the order; the third send waits",
    objects: { ch: ["chan", 2] },
    main: [
      [
        "go",
        [
          ["send", "ch", 1],
          ["send", "ch", 2],
          ["send", "ch", 3],
          ["close", "ch"],
        ],
      ],
      ["range", "ch", "v", [["log", "got", "v"]]],
    ],
  },
  {
    name: "two-senders",
    about: "two goroutines send, one receives",
    objects: { ch: ["chan", 0] },
    main: [
      ["go", [["send", "ch", 1]]],
      ["go", [["send", "ch", 2]]],
      ["recv", "ch", "a"],
      ["recv", "ch", "b"],
      ["log", "got", "a", "b"],
    ],
  },
  {
    name: "two-senders-of-two",
    about: "each sender's own order holds",
    objects: { ch: ["chan", 1] },
    main: [
      [
        "go",
        [
          ["send", "ch", 1],
          ["send", "ch", 2],
        ],
      ],
      [
        "go",
        [
          ["send", "ch", 3],
          ["send", "ch", 4],
        ],
      ],
      ["recv", "ch", "a"],
      ["recv", "ch", "b"],
      ["recv", "ch", "c"],
      ["recv", "ch", "d"],
      ["log", "got", "a", "b", "c", "d"],
    ],
  },
  {
    name: "close-wakes-receivers",
    about: "close wakes all receivers with the zero value",
    objects: { ch: ["chan", 0], wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["recvOk", "ch", "v", "ok"],
          ["log", "a", "v", "ok"],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["recvOk", "ch", "v", "ok"],
          ["log", "b", "v", "ok"],
        ],
      ],
      ["gosched"],
      ["close", "ch"],
      ["wait", "wg"],
    ],
    isSorted: true,
  },
  {
    name: "closed-gives-the-rest",
    about: "what is buffered comes before the zero value",
    objects: { ch: ["chan", 3] },
    main: [
      ["send", "ch", 5],
      ["send", "ch", 6],
      ["close", "ch"],
      [
        "times",
        3,
        [
          ["recvOk", "ch", "v", "ok"],
          ["log", "got", "v", "ok"],
        ],
      ],
    ],
  },
  {
    name: "pipeline",
    about: "three stages keep order and values",
    objects: { a: ["chan", 0], b: ["chan", 0], c: ["chan", 1] },
    main: [
      [
        "go",
        [
          ["send", "a", 1],
          ["send", "a", 2],
          ["close", "a"],
        ],
      ],
      [
        "go",
        [
          ["range", "a", "v", [["send", "b", ["*", "v", 10]]]],
          ["close", "b"],
        ],
      ],
      [
        "go",
        [
          ["range", "b", "v", [["send", "c", ["+", "v", 1]]]],
          ["close", "c"],
        ],
      ],
      ["range", "c", "v", [["log", "got", "v"]]],
    ],
  },
  {
    name: "fan-in-sum",
    about: "whatever the order, the sum is the same",
    objects: { ch: ["chan", 0], sum: ["var", 0] },
    main: [
      ["go", [["send", "ch", 1]]],
      ["go", [["send", "ch", 20]]],
      ["go", [["send", "ch", 300]]],
      [
        "times",
        3,
        [
          ["recv", "ch", "v"],
          ["set", "sum", ["+", "sum", "v"]],
        ],
      ],
      ["log", "sum", "sum"],
    ],
  },
  {
    name: "two-receivers",
    about: "each value goes to one of two receivers",
    objects: { ch: ["chan", 0], wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["recv", "ch", "v"],
          ["log", "a", "v"],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["recv", "ch", "v"],
          ["log", "b", "v"],
        ],
      ],
      ["send", "ch", 1],
      ["send", "ch", 2],
      ["wait", "wg"],
    ],
    isSorted: true,
  },
  {
    name: "channel-as-lock",
    about: "a buffer of one is a lock",
    objects: { sem: ["chan", 1], wg: ["waitgroup"], n: ["var", 0] },
    main: [
      [
        "times",
        2,
        [
          [
            "wgGo",
            "wg",
            [
              ["send", "sem", 1],
              ["set", "n", ["+", "n", 1]],
              ["recv", "sem", "z"],
            ],
          ],
        ],
      ],
      ["wait", "wg"],
      ["log", "n", "n"],
    ],
  },
  {
    name: "ping-pong",
    about: "two goroutines take turns",
    objects: { ping: ["chan", 0], pong: ["chan", 0] },
    main: [
      [
        "go",
        [
          [
            "times",
            2,
            [
              ["recv", "ping", "v"],
              ["log", "ping", "v"],
              ["send", "pong", ["+", "v", 1]],
            ],
          ],
        ],
      ],
      ["set", "n", 0],
      [
        "times",
        2,
        [
          ["send", "ping", "n"],
          ["recv", "pong", "n"],
          ["log", "pong", "n"],
        ],
      ],
    ],
  },
  {
    name: "len-of-buffer",
    about: "len counts what is buffered, sent and not yet received",
    objects: { ch: ["chan", 2], done: ["chan", 0] },
    main: [
      [
        "go",
        [
          ["send", "ch", 1],
          ["send", "ch", 2],
          ["send", "done", 0],
        ],
      ],
      ["recv", "done", "z"],
      ["len", "ch", "before"],
      ["recv", "ch", "v"],
      ["len", "ch", "after"],
      ["log", "len", "before", "after"],
    ],
  },
];
