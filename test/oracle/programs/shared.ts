// Programs about atomics and sync.Map.
import type { Description } from "../description.js";

export const SHARED: readonly Description[] = [
  {
    name: "atomic-lost-update",
    about: "load and store are two operations: an update may be lost",
    objects: { n: ["atomic", 0], wg: ["waitgroup"] },
    main: [
      [
        "times",
        2,
        [
          [
            "wgGo",
            "wg",
            [
              ["load", "n", "v"],
              ["store", "n", ["+", "v", 1]],
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
    name: "atomic-add",
    about: "add loses nothing",
    objects: { n: ["atomic", 0], wg: ["waitgroup"] },
    main: [
      [
        "times",
        3,
        [
          [
            "wgGo",
            "wg",
            [
              ["addTo", "n", 1, "v"],
              ["log", "new", "v"],
            ],
          ],
        ],
      ],
      ["wait", "wg"],
    ],
    isSorted: true,
  },
  {
    name: "atomic-cas-loop",
    about: "a compare-and-swap loop loses nothing",
    objects: { n: ["atomic", 1], wg: ["waitgroup"] },
    main: [
      [
        "times",
        2,
        [
          [
            "wgGo",
            "wg",
            [
              ["set", "ok", 0],
              [
                "while",
                ["==", "ok", 0],
                [
                  ["load", "n", "v"],
                  ["cas", "n", "v", ["*", "v", 3], "ok"],
                ],
              ],
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
    name: "atomic-cas-one-wins",
    about: "of two who swap from the same old value one succeeds",
    objects: { n: ["atomic", 0], wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["cas", "n", 0, 1, "ok"],
          ["log", "a", "ok"],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["cas", "n", 0, 2, "ok"],
          ["log", "b", "ok"],
        ],
      ],
      ["wait", "wg"],
    ],
    isSorted: true,
  },
  {
    name: "atomic-store-buffering",
    about: "litmus SB: sequentially consistent, so not both read 0",
    objects: { x: ["atomic", 0], y: ["atomic", 0], wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["store", "x", 1],
          ["load", "y", "v"],
          ["log", "a", "v"],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["store", "y", 1],
          ["load", "x", "v"],
          ["log", "b", "v"],
        ],
      ],
      ["wait", "wg"],
    ],
    isSorted: true,
  },
  {
    name: "atomic-message-passing",
    about: "litmus MP: who sees the flag sees the data",
    objects: { data: ["atomic", 0], flag: ["atomic", 0], wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["store", "data", 7],
          ["store", "flag", 1],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["load", "flag", "f"],
          ["load", "data", "d"],
          ["log", "flag and data", "f", "d"],
        ],
      ],
      ["wait", "wg"],
    ],
  },
  {
    name: "atomic-publish",
    about: "a flag publishes a plain variable",
    objects: { data: ["var", 0], flag: ["atomic", 0] },
    main: [
      [
        "go",
        [
          ["set", "data", 7],
          ["store", "flag", 1],
        ],
      ],
      ["load", "flag", "f"],
      ["if", ["==", "f", 1], [["log", "data", "data"]], [["log", "not yet"]]],
    ],
  },
  {
    name: "atomic-swap",
    about: "swaps form one line: each old value is seen once",
    objects: { n: ["atomic", 0], wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["swap", "n", 1, "v"],
          ["log", "a", "v"],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["swap", "n", 2, "v"],
          ["log", "b", "v"],
        ],
      ],
      ["wait", "wg"],
      ["load", "n", "v"],
      ["log", "last", "v"],
    ],
    isSorted: true,
  },
  {
    name: "map-load-or-store",
    about: "both see the value of the one who stored",
    objects: { m: ["map"], wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["mapLoadOrStore", "m", 1, 10, "v", "loaded"],
          ["log", "a", "v", "loaded"],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["mapLoadOrStore", "m", 1, 20, "v", "loaded"],
          ["log", "b", "v", "loaded"],
        ],
      ],
      ["wait", "wg"],
    ],
    isSorted: true,
  },
  {
    name: "map-delete-once",
    about: "of two who delete one gets the value",
    objects: { m: ["map"], wg: ["waitgroup"] },
    main: [
      ["mapStore", "m", 1, 5],
      [
        "times",
        2,
        [
          [
            "wgGo",
            "wg",
            [
              ["mapLoadAndDelete", "m", 1, "v", "loaded"],
              ["log", "deleted", "v", "loaded"],
            ],
          ],
        ],
      ],
      ["wait", "wg"],
    ],
    isSorted: true,
  },
  {
    name: "map-cas",
    about: "of two who compare and swap one succeeds",
    objects: { m: ["map"], wg: ["waitgroup"] },
    main: [
      ["mapStore", "m", 1, 0],
      [
        "wgGo",
        "wg",
        [
          ["mapCas", "m", 1, 0, 1, "ok"],
          ["log", "a", "ok"],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["mapCas", "m", 1, 0, 2, "ok"],
          ["log", "b", "ok"],
        ],
      ],
      ["wait", "wg"],
      ["mapLoad", "m", 1, "v", "ok"],
      ["log", "value", "v", "ok"],
    ],
    isSorted: true,
  },
  {
    name: "map-store-and-load",
    about: "a load sees the store or not",
    objects: { m: ["map"], wg: ["waitgroup"] },
    main: [
      [
        "wgGo",
        "wg",
        [
          ["mapStore", "m", 1, 5],
          ["mapStore", "m", 2, 6],
        ],
      ],
      [
        "wgGo",
        "wg",
        [
          ["mapLoad", "m", 2, "b", "okb"],
          ["mapLoad", "m", 1, "a", "oka"],
          ["log", "second then first", "okb", "oka"],
        ],
      ],
      ["wait", "wg"],
    ],
  },
];
