// Programs about select: which case, what happens to the others, default, nil and closed channels.
import type { Description } from "../description.js";

export const SELECTS: readonly Description[] = [
  {
    name: "select-both-ready",
    about: "any ready case may be taken, and the other value stays",
    objects: { a: ["chan", 1], b: ["chan", 1] },
    main: [
      ["send", "a", 1],
      ["send", "b", 2],
      [
        "select",
        [
          ["recv", "a", "v", "ok", [["log", "a", "v"]]],
          ["recv", "b", "v", "ok", [["log", "b", "v"]]],
        ],
      ],
      ["len", "a", "la"],
      ["len", "b", "lb"],
      ["log", "left", "la", "lb"],
    ],
  },
  {
    name: "select-waits-for-either",
    about: "a waiting select takes the first that comes",
    objects: { a: ["chan", 0], b: ["chan", 0] },
    main: [
      ["go", [["send", "a", 1]]],
      ["go", [["send", "b", 2]]],
      [
        "times",
        2,
        [
          [
            "select",
            [
              ["recv", "a", "v", "ok", [["log", "a", "v"]]],
              ["recv", "b", "v", "ok", [["log", "b", "v"]]],
            ],
          ],
        ],
      ],
    ],
  },
  {
    name: "select-send-or-receive",
    about: "two selects that may send or receive do one of each",
    objects: { out: ["chan", 0], in: ["chan", 0], done: ["chan", 0] },
    main: [
      [
        "go",
        [
          ["recv", "out", "v"],
          ["send", "done", "v"],
        ],
      ],
      [
        "go",
        [
          ["send", "in", 7],
          ["send", "done", 0],
        ],
      ],
      [
        "times",
        2,
        [
          [
            "select",
            [
              ["send", "out", 5, [["log", "sent"]]],
              ["recv", "in", "v", "ok", [["log", "received", "v"]]],
            ],
          ],
        ],
      ],
      ["recv", "done", "a"],
      ["recv", "done", "b"],
      ["log", "partners", ["+", "a", "b"]],
    ],
  },
  {
    name: "select-default-or-sender",
    about: "a default wins exactly when the sender does not wait yet",
    objects: { ch: ["chan", 0] },
    main: [
      ["go", [["send", "ch", 1]]],
      [
        "select",
        [
          ["recv", "ch", "v", "ok", [["log", "got", "v"]]],
          [
            "default",
            [
              ["log", "nothing"],
              ["recv", "ch", "v"],
            ],
          ],
        ],
      ],
    ],
  },
  {
    name: "select-default-on-full",
    about: "of two non-blocking sends into one free place, one succeeds",
    objects: { ch: ["chan", 1], wg: ["waitgroup"] },
    main: [
      [
        "times",
        2,
        [
          [
            "wgGo",
            "wg",
            [
              [
                "select",
                [
                  ["send", "ch", 1, [["log", "sent"]]],
                  ["default", [["log", "full"]]],
                ],
              ],
            ],
          ],
        ],
      ],
      ["wait", "wg"],
    ],
    isSorted: true,
  },
  {
    name: "select-nil-never",
    about: "a case on a nil channel is never taken",
    objects: { none: ["nilchan"], ch: ["chan", 1] },
    main: [
      ["send", "ch", 1],
      [
        "select",
        [
          ["recv", "none", "v", "ok", [["log", "nil"]]],
          ["send", "none", 1, [["log", "nil"]]],
          ["recv", "ch", "v", "ok", [["log", "got", "v"]]],
        ],
      ],
      [
        "select",
        [
          ["recv", "none", "v", "ok", [["log", "nil"]]],
          ["default", [["log", "default"]]],
        ],
      ],
    ],
  },
  {
    name: "select-closed-and-ready",
    about: "a closed channel is always ready",
    objects: { stop: ["chan", 0], ch: ["chan", 2] },
    main: [
      ["close", "stop"],
      ["send", "ch", 1],
      [
        "select",
        [
          ["recv", "stop", "v", "ok", [["log", "stop", "v", "ok"]]],
          ["recv", "ch", "v", "ok", [["log", "got", "v", "ok"]]],
        ],
      ],
    ],
  },
  {
    name: "select-same-channel-twice",
    about: "one channel in two cases: one of them, once",
    objects: { ch: ["chan", 0] },
    main: [
      [
        "go",
        [
          ["send", "ch", 1],
          ["send", "ch", 2],
        ],
      ],
      [
        "times",
        2,
        [
          [
            "select",
            [
              ["recv", "ch", "v", "ok", [["log", "first", "v"]]],
              ["recv", "ch", "v", "ok", [["log", "second", "v"]]],
            ],
          ],
        ],
      ],
    ],
  },
  {
    name: "two-selects-meet",
    about: "two waiting selects never both win twice",
    objects: { a: ["chan", 0], b: ["chan", 0], done: ["chan", 0] },
    main: [
      [
        "go",
        [
          [
            "select",
            [
              ["send", "a", 1, [["log", "x sent a"]]],
              ["send", "b", 2, [["log", "x sent b"]]],
            ],
          ],
          ["send", "done", 0],
        ],
      ],
      [
        "select",
        [
          ["recv", "a", "v", "ok", [["log", "got a", "v"]]],
          ["recv", "b", "v", "ok", [["log", "got b", "v"]]],
        ],
      ],
      ["recv", "done", "z"],
    ],
    isSorted: true,
  },
  {
    name: "select-drains-until-stopped",
    about: "stop may overtake what is buffered",
    objects: { ch: ["chan", 2], stop: ["chan", 0], on: ["var", 1] },
    main: [
      ["send", "ch", 1],
      ["send", "ch", 2],
      ["close", "stop"],
      [
        "while",
        ["==", "on", 1],
        [
          [
            "select",
            [
              [
                "recv",
                "ch",
                "v",
                "ok",
                [
                  ["log", "got", "v"],
                  ["if", ["==", "v", 2], [["set", "on", 0]]],
                ],
              ],
              [
                "recv",
                "stop",
                "z",
                "ok",
                [
                  ["log", "stopped"],
                  ["set", "on", 0],
                ],
              ],
            ],
          ],
        ],
      ],
    ],
  },
  {
    name: "select-loser-keeps-its-value",
    about: "the sender that lost can be received from later",
    objects: { a: ["chan", 0], b: ["chan", 0] },
    main: [
      ["go", [["send", "a", 1]]],
      ["go", [["send", "b", 2]]],
      [
        "select",
        [
          ["recv", "a", "v", "ok", [["recv", "b", "w"]]],
          ["recv", "b", "v", "ok", [["recv", "a", "w"]]],
        ],
      ],
      ["log", "got", "v", "w", ["+", "v", "w"]],
    ],
  },
  {
    name: "self-select",
    about: "a select does not meet itself",
    objects: { ch: ["chan", 0] },
    main: [
      [
        "select",
        [
          ["send", "ch", 1, [["log", "sent"]]],
          ["recv", "ch", "v", "ok", [["log", "got"]]],
        ],
      ],
    ],
    dies: true,
  },
];
