// The rows of real threads: that all are there, with their targets, and that each does its work.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { Target } from "./row.js";
import { closePool } from "./rows/teams.js";
import { THREADS } from "./table.js";

const GO = fileURLToPath(new URL("../go", import.meta.url));

/** Every row with its target. Written once more, so that none goes missing or becomes easier. */
const WANTED: Record<string, Target | undefined> = {
  "atomic.add.1": undefined,
  "atomic.cas.1": undefined,
  "atomic.load.1": undefined,
  "atomic.add.2": { of: "go", atMost: 2.2 },
  "mutex.1": { of: "go", atMost: 2.2 },
  "mutex.2": { of: "go", atMost: 4.5 },
  "rlock.1": { of: "go", atMost: 2 },
  "rlock.2": { of: "go", atMost: 2.5 },
  "spsc.int": { of: "go", atMost: 1.5 },
  "spsc.batch64": { of: "go", atMost: 0.2 },
  "pingpong.spin": { of: "go", atMost: 1.5 },
  "pingpong.wake": { of: "go", atMost: 1 },
  "mpmc.1x1": { of: "time", atMost: 150 },
  "mpmc.2x2": { of: "time", atMost: 150 },
  "chan.values": { of: "node", atMost: 1 / 3 },
  "map.sharded.1": undefined,
  "map.sharded.2": { of: "speedup", row: "map.sharded.1", atLeast: 1.6 },
  "map.concurrent.1": undefined,
  "map.concurrent.2": { of: "speedup", row: "map.concurrent.1", atLeast: 1.6 },
  "pool.trivial": { of: "time", atMost: 1.5 },
  "team.start": { of: "time", atMost: 100 },
  "team.return": undefined,
  "mn.fanout.1": undefined,
  "mn.fanout.2": { of: "speedup", row: "mn.fanout.1", atLeast: 1.7 },
  "mn.skynet": undefined,
  "mn.sieve2000": undefined,
};

afterAll(closePool);

test("every row of the written list is in the table, with the written target", () => {
  expect(Object.fromEntries(THREADS.map((row) => [row.name, row.target]))).toEqual(WANTED);
});

for (const row of THREADS) {
  test(`a few iterations of ${row.name} on real threads do their work and take time`, async () => {
    const { run, expected } = row.small ?? row;
    const times = row.small === undefined ? 3 : 1;
    const { ns, check } = await run(times);
    expect(check).toBe(expected(times));
    expect(ns).toBeGreaterThan(0);
  });
}

test("every body of a package or of Node belongs to a row", () => {
  const folder = fileURLToPath(new URL("peers", import.meta.url));
  const bodies = readdirSync(folder).flatMap((name) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(/^ +"([\w.]+)": (?:async )?\(/gm)].map(
      (match) => match[1],
    ),
  );
  expect(bodies.length).toBeGreaterThan(15);
  expect(bodies.filter((name) => !THREADS.some((row) => row.name === name))).toEqual([]);
});

test("the Go program registers every twin, and no other", () => {
  const text = readFileSync(`${GO}/threads.go`, "utf8");
  const registered = [...text.matchAll(/^\tregisterThreads\("([^"]+)"/gm)].map((match) => match[1]);
  const older = readdirSync(GO)
    .map((name) => readFileSync(join(GO, name), "utf8"))
    .flatMap((file) => [...file.matchAll(/^\tregister\("([^"]+)"/gm)].map((match) => match[1]));
  const twins = [...new Set(THREADS.flatMap(({ go }) => (go === undefined ? [] : [go.row])))];
  expect(registered.sort()).toEqual(twins.filter((name) => !older.includes(name)).sort());
  expect(twins.filter((name) => !registered.includes(name) && !older.includes(name))).toEqual([]);
});
