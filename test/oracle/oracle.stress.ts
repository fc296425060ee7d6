// The long runs of the oracle: more random programs against the model, and more runs of every program in real Go.

import { expect, test } from "vitest";
import { comparison, contradictions, table } from "./compare.js";
import { randomPrograms } from "./generate.js";
import { compileGo, goOutcomes, goVersion } from "./golang.js";
import { allOutcomes } from "./model.js";
import { ourOutcomes } from "./ours.js";
import { PROGRAMS } from "./programs/index.js";

for (const seed of [1, 2, 3, 4, 5]) {
  test(`oracle: of 200 random programs none does what the model does not allow (seed ${seed})`, async () => {
    for (const d of randomPrograms(seed, 200)) {
      const model = allOutcomes(d, 100_000);
      if (model === null) continue;
      const ours = await ourOutcomes(d, 40);
      expect(
        [...ours.keys()].filter((o) => !model.has(o)),
        JSON.stringify(d),
      ).toEqual([]);
    }
  });
}

const version = goVersion();
if (version !== null) {
  test(`oracle: whatever ${version} shows in long runs can happen here`, async () => {
    const binary = compileGo(PROGRAMS, version);
    const rows = [];
    for (const d of PROGRAMS) {
      const go = await goOutcomes(binary, d, { iterations: 2000, processes: 30 });
      rows.push(comparison(d, await ourOutcomes(d, 1000), go));
    }
    console.log(table(rows, `${version}, long runs`));
    expect(rows.flatMap(contradictions)).toEqual([]);
  });
}
