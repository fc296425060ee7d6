// A hundred thousand goroutines over every primitive, under Go's scheduler and under a random walk; afterwards the
// memory is what it was before.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { RunOptions } from "happens-before";
import { expect, test } from "vitest";
import { LOADS } from "./loads.js";
import { runLoad } from "./run.js";

const N = 100_000;
/** What may stay: compiled code, hidden classes, caches of the engine. A tenth of what 100,000 goroutines need. */
const LEFT_BYTES = 4_000_000;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function heapBytes(): number {
  for (let i = 0; i < 3; i++) collect();
  return process.memoryUsage().heapUsed;
}

const HOWS: readonly RunOptions[] = [
  { strategy: "gmp" },
  { strategy: "gmp", procs: 4, seed: "stress" },
  { strategy: "random", clock: "jump" },
  { strategy: "random", clock: "free", seed: "stress" },
];

for (const how of HOWS) {
  const under = `${how.strategy}, ${how.procs ?? 1} procs, ${how.clock ?? "jump"} clock`;
  for (const load of LOADS) {
    const n = Math.min(N, load.most ?? N, how.strategy === "random" ? (load.mostAtRandom ?? N) : N);
    test(`${load.name}: ${n} goroutines hold and leave no memory behind (${under})`, async () => {
      await runLoad(load, 1000, how); // compiles
      const before = heapBytes();
      expect(await runLoad(load, n, how)).toBe("ok");
      expect(heapBytes() - before).toBeLessThan(LEFT_BYTES);
    });
  }
}
