// The rows themselves: that all of them are there, with their targets, and that each does its work.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { TABLE } from "./table.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Every row with its target, library / Go p1. Written once more, so that none goes missing or becomes easier. */
const WANTED: Record<string, number> = {
  "chan.pingpong": 0.5,
  "chan.buffered128.int": 0.8,
  "chan.buffered128.pointer": 1,
  "chan.uncontended": 0.6,
  "select.recv2.alternate": 0.65,
  "select.send2.alternate": 0.65,
  "select.bothready": 0.6,
  "select.default2": 0.5,
  "select.default1": 2,
  "spawn.waitgroup": 0.5,
  "spawn.yield.join": 0.4,
  "spawn.sequential": 0.45,
  "gosched.2": 0.4,
  "gosched.1000": 0.55,
  "memory.parked1M": 0.25,
  "mutex.uncontended": 0.8,
  "mutex.trylock": 0.3,
  "mutex.contended.2": 0.8,
  "mutex.contended.100": 0.8,
  "mutex.held.yield.2": 0.4,
  "mutex.held.yield.100": 0.4,
  "rwmutex.rlock.uncontended": 0.85,
  "rwmutex.lock.uncontended": 0.45,
  "cond.pingpong": 0.45,
  "semaphore.uncontended": 0.4,
  "semaphore.held.yield.8of2": 0.4,
  "waitgroup.adddone": 0.3,
  "once.do.fast": 10,
  "once.isdone": 10,
  "pool.getput": 0.8,
  "pool.tryget": 0.8,
  "map.mutex+map.load": 1,
  "map.sync.Map.load": 0.7,
  "map.sync.Map.tryload": 0.7,
  "map.sync.Map.store": 0.2,
  "context.cancel.child": 0.15,
  "context.timeout.cancel": 0.4,
  "context.value.depth10": 0.4,
  "context.fanout1000": 0.2,
  "timer.create.stop": 0.6,
  "timer.create.stop.10k": 0.6,
  "timer.afterfunc.fire100k": 0.4,
  "classic.threadring": 0.45,
  "classic.sieve2000": 0.45,
  "classic.pipeline4": 0.75,
  "classic.fanout4": 1,
  "classic.skynet": 0.3,
  "race.pingpong": 1,
};

test("every row of the written list is in the table, with the written target", () => {
  expect(Object.fromEntries(TABLE.map((row) => [row.name, row.target]))).toEqual(WANTED);
});

test("spawning has a second target against Go with two processors", () => {
  expect(TABLE.filter((row) => row.targetP2 !== undefined).map((row) => [row.name, row.targetP2])).toEqual([
    ["spawn.waitgroup", 1.3],
  ]);
});

test("the race detector may cost four times the normal mode on the ping-pong", () => {
  expect(TABLE.filter((row) => row.targetOf !== undefined).map((row) => [row.name, row.targetOf])).toEqual([
    ["race.pingpong", { row: "chan.pingpong", ratio: 4 }],
  ]);
});

for (const row of TABLE) {
  test(`one iteration of ${row.name} does its work`, async () => {
    const times = row.times === undefined ? 1 : 1000;
    const work = row.small ?? row;
    expect(await work.run(times)).toBe(work.expected(times));
  });
}

test("the Go program registers every row, and no other", () => {
  const text = readdirSync(join(HERE, "go"))
    .filter((name) => name.endsWith(".go"))
    .map((name) => readFileSync(join(HERE, "go", name), "utf8"))
    .join("\n");
  const registered = [...text.matchAll(/^\tregister\("([^"]+)"/gm)].map((match) => match[1]);
  expect(registered.sort()).toEqual([...new Set(TABLE.map((row) => row.go ?? row.name))].sort());
});
