// Records the samples on which the decision rule is tested: a function against itself, and against itself with 20%
// more work, in rounds by turns on real threads. Run it where the machine is as quiet (or as busy) as the name says:
//   node test/stats/record-samples.mjs quiet 1 > test/stats/samples/quiet.json
//   node test/stats/record-samples.mjs busy 2 > test/stats/samples/busy.json
import { contend } from "happens-before/bench";

const [name = "unnamed", threads = "2"] = process.argv.slice(2);
const work = (turns) => ({
  share: () => [turns],
  roles: {
    worker: {
      threads: Number(threads),
      op(_t, turns) {
        let x = 88172645;
        for (let i = 0; i < turns; i++) {
          x ^= x << 13;
          x ^= x >>> 17;
          x ^= x << 5;
        }
        if (x === 0) throw new Error("xorshift never reaches 0");
      },
    },
  },
});

const result = await contend(
  { plain: work(2000), same: work(2000), slower: work(2400) },
  { rounds: 40, durationMs: 60, warmupMs: 20, progress: "none" },
);
const samples = Object.fromEntries(
  result.variants.map((variant) => [
    variant.name,
    variant.rounds.map((round) => Math.round(round.roles.worker.opsPerSecond)),
  ]),
);
const { noise, environment } = result;
process.stdout.write(`${JSON.stringify({ name, metric: "ops", noise, environment, samples }, null, 1)}\n`);
