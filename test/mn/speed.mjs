// How fast goroutines on threads are: ratios of one run. Build first: npm run build. Arguments: names of rows.
// With Go on the path its figures are printed beside (test/mn/speed.go).
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runThreads, TaskPool } from "../../.build/lib/mn/index.js";

const ROUNDS = 5;

/** Each returns nanoseconds for one unit, or milliseconds for the whole. */
const ROWS = {
  "fan-out ms": function* (t) {
    function* work(_t, n) {
      let x = n;
      for (let i = 0; i < 1e7; i++) x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
      if (x === -1) throw new Error("kept");
    }
    const wg = t.waitGroup();
    const startMs = performance.now();
    for (let i = 0; i < 16; i++) wg.go(work, i);
    yield* wg.wait();
    return performance.now() - startMs;
  },
  "skynet ms": function* (t) {
    function* skynet(t, out, num, size) {
      if (size === 1) {
        yield* out.send(num);
        return;
      }
      const sums = t.chan();
      for (let i = 0; i < 10; i++) t.go(skynet, sums, num + (i * size) / 10, size / 10);
      let sum = 0;
      for (let i = 0; i < 10; i++) sum += yield* sums.recv();
      yield* out.send(sum);
    }
    const out = t.chan();
    const startMs = performance.now();
    t.go(skynet, out, 0, 1_000_000);
    if ((yield* out.recv()) !== 499999500000) throw new Error("wrong sum");
    return performance.now() - startMs;
  },
  "sieve 1000 ms": function* (t) {
    function* generate(_t, out) {
      for (let i = 2; ; i++) yield* out.send(i);
    }
    function* filter(_t, from, to, prime) {
      for (;;) {
        const i = yield* from.recv();
        if (i % prime !== 0) yield* to.send(i);
      }
    }
    const startMs = performance.now();
    let ch = t.chan();
    t.go(generate, ch);
    for (let i = 0; i < 1000; i++) {
      const prime = yield* ch.recv();
      const next = t.chan();
      t.go(filter, ch, next, prime);
      ch = next;
    }
    return performance.now() - startMs;
  },
  "goroutine ns": function* (t) {
    function* nothing() {}
    const wg = t.waitGroup();
    const startMs = performance.now();
    for (let i = 0; i < 200_000; i++) wg.go(nothing);
    yield* wg.wait();
    return ((performance.now() - startMs) * 1e6) / 200_000;
  },
  "ping-pong ns": function* (t) {
    function* pong(_t, a, b) {
      for (;;) yield* b.send(yield* a.recv());
    }
    const [a, b] = [t.chan(), t.chan()];
    t.go(pong, a, b);
    yield* t.gosched();
    const startMs = performance.now();
    for (let i = 0; i < 100_000; i++) {
      yield* a.send(i);
      yield* b.recv();
    }
    return ((performance.now() - startMs) * 1e6) / 100_000;
  },
  "item, 128 places ns": function* (t) {
    function* produce(_t, out) {
      for (let i = 0; i < 500_000; i++) yield* out.send(i);
      out.close();
    }
    const ch = t.chan(128);
    const startMs = performance.now();
    t.go(produce, ch);
    let count = 0;
    for (;;) {
      const { ok } = yield* ch.recvOk();
      if (!ok) break;
      count++;
    }
    return ((performance.now() - startMs) * 1e6) / count;
  },
};

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.some((part) => name.includes(part));

for (const [name, main] of Object.entries(ROWS)) {
  if (!isWanted(name)) continue;
  const seen = { 1: [], 2: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const procs of [1, 2]) seen[procs].push(await runThreads(procs, main, { memoryBytes: 2 ** 28 }));
  const [one, two] = [median(seen[1]), median(seen[2])];
  console.log(
    `${name.padEnd(22)} p1 ${one.toFixed(1)}  p2 ${two.toFixed(1)}  p1/p2 ${(one / two).toFixed(2)}`,
  );
}

if (isWanted("task us")) {
  const pool = new TaskPool({ threads: 2 });
  const seen = [];
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const startMs = performance.now();
    const all = new Array(100_000);
    for (let i = 0; i < all.length; i++) all[i] = pool.run((x) => x + 1, i);
    await Promise.all(all);
    seen.push(((performance.now() - startMs) * 1e3) / all.length);
  }
  console.log(`${"task us".padEnd(22)} p2 ${median(seen.slice(ROUNDS)).toFixed(2)}`);
  await pool.close();
}

const go = spawnSync("go", ["run", fileURLToPath(new URL("./speed.go", import.meta.url))], {
  encoding: "utf8",
});
console.log(go.status === 0 ? go.stdout : "Go: not there, or it failed");
process.exit(0);
