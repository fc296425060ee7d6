// Beside Porcupine, in one run, on histories of thousands of operations. Where Go is installed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  checkLinearizable,
  type MapInput,
  type Model,
  models,
  type Operation,
  type QueueInput,
  type RegisterInput,
} from "happens-before";
import { expect, test } from "vitest";
import { falsified, type Input, type Sample, sampleOf } from "./porcupine/histories.js";

const ROUNDS = 15;
/** The issue of the comparison: never more than this times Porcupine's time. */
const MOST = 3;

const register = sampleOf("register", { clients: 5, count: 5000, seed: 1 });
const busyRegister = sampleOf("register", { clients: 8, count: 2000, seed: 2 });
const map = sampleOf("map", { clients: 10, count: 20_000, keys: 20, seed: 3 });
const queue = sampleOf("queue", { clients: 3, count: 3000, seed: 4 });
const SAMPLES: Readonly<Record<string, Sample>> = {
  "register, 5 clients, 5,000 operations": register,
  "register, 8 clients, 2,000 operations": busyRegister,
  "map of 20 keys, 10 clients, 20,000 operations": map,
  "queue, 3 clients, 3,000 operations": queue,
  "register, 5 clients, 5,000 operations, one wrong": falsified(register),
  "map of 20 keys, 10 clients, 20,000 operations, one wrong": falsified(map),
};

const folder = fileURLToPath(new URL("porcupine", import.meta.url));

interface Answer {
  readonly verdict: string;
  readonly ns: readonly number[];
}

/** What Porcupine says of all samples, or null without Go. */
function porcupine(): Record<string, Answer> | null {
  const out = mkdtempSync(join(tmpdir(), "hb-porcupine-"));
  try {
    const binary = join(out, "rounds");
    const built = spawnSync("go", ["build", "-o", binary, "."], { cwd: folder, encoding: "utf8" });
    if (built.error !== undefined) return null;
    if (built.status !== 0) throw new Error(`go build: ${built.stderr}`);
    const input = JSON.stringify(
      Object.fromEntries(Object.entries(SAMPLES).map(([name, s]) => [name, plain(s)])),
    );
    const ran = spawnSync(binary, { input, encoding: "utf8", maxBuffer: 1 << 24 });
    if (ran.status !== 0) throw new Error(ran.stderr);
    return JSON.parse(ran.stdout) as Record<string, Answer>;
  } finally {
    rmSync(out, { recursive: true });
  }
}

const CODES = { read: 0, pop: 2, write: 1, push: 1 } as const;

function plain({ model, operations }: Sample) {
  return {
    model,
    operations: operations.map(({ client, input, output, call, return: end }) => {
      const value = "value" in input ? input.value : 0;
      return [client, CODES[input.op], input.key, value, output ?? -1, call, end];
    }),
  };
}

function ours({ model, operations }: Sample): Answer {
  const ns: number[] = [];
  const history = model === "map" ? asMap(operations) : operations; // made before: Porcupine's is, too
  let verdict = "";
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    if (model === "register") verdict = check<RegisterInput<number>>(history, models.register(0));
    else if (model === "queue") verdict = check<QueueInput<number>>(history, models.queue<number>());
    else verdict = check<MapInput<number, number>>(history, models.map<number, number>(0));
    ns.push(Number(process.hrtime.bigint() - start));
  }
  return { verdict, ns };
}

type History = readonly Operation<Input, number | undefined>[];

function check<I>(operations: History, model: unknown): string {
  type Checked = readonly Operation<I, unknown>[];
  return checkLinearizable(operations as unknown as Checked, model as Model<unknown, I, unknown>).verdict;
}

function asMap(operations: History): History {
  const words = { read: "get", write: "put" } as Record<string, string>;
  return operations.map((o) => ({ ...o, input: { ...o.input, op: words[o.input.op] } as unknown as Input }));
}

test("takes no more than three times Porcupine's time on histories of thousands of operations, with its verdicts", () => {
  const theirs = porcupine();
  if (theirs === null) {
    console.log("Go is not installed here: nothing was compared");
    return;
  }
  const ratios = Object.entries(SAMPLES).map(([name, sample]) => {
    const [a, b] = [ours(sample), theirs[name] as Answer];
    expect(a.verdict, name).toBe(sample.verdict);
    expect(b.verdict.toLowerCase(), name).toBe(sample.verdict);
    const [mine, other] = [Math.min(...a.ns), Math.min(...b.ns)];
    console.log(
      `${name}: ${(mine / 1e6).toFixed(1)} ms, Porcupine ${(other / 1e6).toFixed(1)} ms: ${(mine / other).toFixed(2)}`,
    );
    return mine / other;
  });
  expect(Math.max(...ratios)).toBeLessThan(MOST);
});
