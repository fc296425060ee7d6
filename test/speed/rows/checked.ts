// The checked mode: the same programs while the race detector watches, against Go's -race.
import { run } from "happens-before";
import type { Row } from "../row.js";
import { pingPong, sumBelow } from "./channels.js";

export const checked: readonly Row[] = [
  {
    name: "race.pingpong",
    go: "chan.pingpong",
    unit: "ns",
    what: "chan.pingpong with the race detector on, against Go's -race",
    target: 1,
    targetOf: { row: "chan.pingpong", ratio: 4 },
    isRace: true,
    batch: 1,
    run: (n) => run(() => pingPong(n), { detect: ["race"] }),
    expected: sumBelow,
  },
];
