// `npm run stress [-- --shard k] [--budget minutes]`: the long runs, test/**/*.stress.ts; ends with `N passed, N failed`.
// Without --shard all shards run one after the other; CI runs one, a different one with every commit.

import { delimiter, dirname, join } from "node:path";
import { stopChildren } from "./child.mjs";
import { ensureLibrary } from "./compile.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { projectEnv } from "./environment.mjs";
import { Failure, printFailure } from "./failure.mjs";
import { checkNode } from "./node-version.mjs";
import { otherNodes } from "./nodes.mjs";
import { ensurePython } from "./python.mjs";
import { ROOT } from "./root.mjs";
import { SHARDS } from "./slices.mjs";
import { Steps } from "./steps.mjs";
import { runVitest } from "./vitest.mjs";

const BUDGET_MINUTES = 45;

async function stress(words) {
  checkNode();
  const { shard, budgetMinutes } = readWords(words);
  const steps = new Steps();
  await ensureDependencies(ROOT, steps);
  await ensureLibrary(ROOT, steps);
  await ensurePython(ROOT, { steps });
  const total = { passed: 0, failed: 0 };
  const chosen = shard === undefined ? SHARDS.keys() : [shard];
  for (const index of chosen) {
    console.log(`\n== shard ${index} of ${SHARDS.length}: ${SHARDS[index].folders.join(", ")}`);
    for (const how of await waysToRun(SHARDS[index])) {
      const outcome = await runVitest(ROOT, {
        name: `stress-${index}`,
        folders: SHARDS[index].folders,
        workers: 1,
        limitMs: budgetMinutes * 60_000,
        onLine: (line) => console.log(`   ${line}`),
        ...how,
      });
      total.passed += outcome.passed;
      total.failed += outcome.failed;
      if (outcome.timedOut) console.log(`  ^ over its budget of ${budgetMinutes} minutes`);
    }
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0) process.exitCode = 1;
}

/** Once with the long tests; or the ordinary tests, once on each of the other Nodes. */
async function waysToRun({ onOtherNodes }) {
  const env = { ...projectEnv(ROOT), NO_COLOR: "1" };
  if (!onOtherNodes) return [{ config: join("test", "stress.config.ts"), env }];
  const nodes = await otherNodes(ROOT);
  const missing = nodes.find(({ reason }) => reason !== undefined);
  if (missing !== undefined) throw new Failure(missing.reason, ["Look at the network and run it again."]);
  return nodes.map(({ node }) => ({
    node,
    env: { ...env, PATH: `${dirname(node)}${delimiter}${env.PATH}`, HB_MODE: "smoke" },
  }));
}

function readWords(words) {
  let shard;
  let budgetMinutes = BUDGET_MINUTES;
  for (let i = 0; i < words.length; i += 2) {
    const value = Number(words[i + 1]);
    if (words[i] === "--shard" && Number.isInteger(value) && value >= 0 && value < SHARDS.length)
      shard = value;
    else if (words[i] === "--budget" && value > 0) budgetMinutes = value;
    else {
      throw new Failure(
        `npm run stress: expected --shard 0..${SHARDS.length - 1} or --budget <minutes>, got ${words[i]}.`,
      );
    }
  }
  return { shard, budgetMinutes };
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    stopChildren();
    process.exit(130);
  });
}

stress(process.argv.slice(2)).catch((error) => {
  printFailure(error);
  console.log("\n0 passed, 1 failed");
  process.exitCode = 1;
});
