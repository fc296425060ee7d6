// What an item through a channel costs between two threads: `node test/threads/channels-floor.mjs [rounds [rows]]`, after
// `npm run build`. Beside bare Atomics, postMessage and, where Go is installed, Go's own channel with two processors
// (test/speed/go). All rows alternate in one run; trust the ratios, on a machine with two quiet cores.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { Chan, carry, dismissIdle, Queue, Ring, team } from "happens-before/threads";

const rounds = Number(process.argv[2] ?? 7);
const only = new RegExp(process.argv[3] ?? ".");

/** Nanoseconds an item, from the first send to the last receive; `threads` of them, the first half sends. */
async function ns(threads, send, receive, channel, items) {
  const each = items / (threads / 2);
  const times = await team(
    threads,
    (t, send, receive, channel, each) => {
      const isSender = t.id < t.count / 2;
      const work = isSender ? send : receive;
      work(channel, Math.floor(each / 5)); // the compiler's turn
      t.barrier();
      const start = performance.timeOrigin + performance.now();
      work(channel, each);
      return [start, performance.timeOrigin + performance.now()];
    },
    { args: [carry(send), carry(receive), channel, each] },
  );
  const took = Math.max(...times.map(([, end]) => end)) - Math.min(...times.map(([start]) => start));
  return (took * 1e6) / items;
}

const sendEach = (channel, n) => {
  for (let i = 0; i < n; i++) channel.send(i);
};
const receiveEach = (channel, n) => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += channel.recv();
  return sum;
};
const sendBatches = (ring, n) => {
  const batch = new Int32Array(64);
  for (let i = 0; i < n; i += 64) ring.sendBatch(batch);
};
const receiveBatches = (ring, n) => {
  const batch = new Int32Array(64);
  for (let got = 0; got < n; ) got += ring.recvBatch(batch.subarray(0, Math.min(64, n - got)));
};

// Bare Atomics: positions on lines of their own, one futex when empty or full; no close, no checks, no main thread.
const bareSend = (words, n) => {
  for (let i = 0; i < n; i++) {
    const tail = words[16];
    if (tail - words[17] === 128) {
      for (;;) {
        words[17] = Atomics.load(words, 32);
        if (tail - words[17] < 128) break;
        Atomics.store(words, 48, 1);
        if (tail - Atomics.load(words, 32) === 128) Atomics.wait(words, 48, 1);
      }
    }
    words[64 + (tail & 127)] = i;
    Atomics.store(words, 16, tail + 1);
    if (Atomics.load(words, 64 + 256) === 1) {
      Atomics.store(words, 64 + 256, 0);
      Atomics.notify(words, 64 + 256);
    }
  }
};
const bareReceive = (words, n) => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const head = words[32];
    if (words[33] === head) {
      for (;;) {
        words[33] = Atomics.load(words, 16);
        if (words[33] !== head) break;
        Atomics.store(words, 64 + 256, 1);
        if (Atomics.load(words, 16) === head) Atomics.wait(words, 64 + 256, 1);
      }
    }
    sum += words[64 + (head & 127)];
    Atomics.store(words, 32, head + 1);
    if (Atomics.load(words, 48) === 1) {
      Atomics.store(words, 48, 0);
      Atomics.notify(words, 48);
    }
  }
  return sum;
};

const sendValues = (chan, n) => {
  for (let i = 0; i < n; i++) chan.send({ id: i, name: "order", price: 3.5 });
};
const receiveValues = (chan, n) => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += chan.recv().id;
  return sum;
};

/** postMessage from one worker to another over a MessageChannel: the same values. */
function postMessageNs(items) {
  const program = (isSender) => `
    const { workerData: { port, items, start } } = require("node:worker_threads");
    const now = () => performance.timeOrigin + performance.now();
    let got = 0, sum = 0;
    ${
      isSender
        ? `Atomics.wait(start, 0, 0);
           for (let i = 0; i < items; i++) port.postMessage({ id: i, name: "order", price: 3.5 });
           process.exitCode = 0;`
        : `port.on("message", (value) => {
             sum += value.id;
             if (++got === items) { require("node:worker_threads").parentPort.postMessage(now()); port.close(); }
           });
           require("node:worker_threads").parentPort.postMessage("ready");`
    }`;
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    const start = new Int32Array(new SharedArrayBuffer(4));
    const make = (isSender, port) =>
      new Worker(program(isSender), { eval: true, workerData: { port, items, start }, transferList: [port] });
    const receiver = make(false, port2);
    const sender = make(true, port1);
    sender.on("error", reject);
    receiver.on("error", reject);
    let begin = 0;
    receiver.on("message", (what) => {
      if (what === "ready") {
        setTimeout(() => {
          begin = performance.timeOrigin + performance.now();
          Atomics.store(start, 0, 1);
          Atomics.notify(start, 0);
        }, 100);
        return;
      }
      resolve(((what - begin) * 1e6) / items);
    });
  });
}

/** Builds Go's program once; returns undefined where there is no Go. */
function buildGo(directory) {
  const file = join(directory, "go-rows");
  const source = fileURLToPath(new URL("../speed/go", import.meta.url));
  const { status } = spawnSync("go", ["build", "-o", file, "."], { cwd: source, stdio: "ignore" });
  return status === 0 ? file : undefined;
}

const directory = mkdtempSync(join(tmpdir(), "hb-channels-"));
const go = buildGo(directory);
const goNs = (row) => {
  const { stdout } = spawnSync(go, ["-row", row, "-ms", "300"], {
    env: { ...process.env, GOMAXPROCS: "2" },
    encoding: "utf8",
  });
  return JSON.parse(stdout).value;
};

const bareWords = () => new Int32Array(new SharedArrayBuffer(4 * 400));
const N = 2_000_000;
const rows = {
  "bare Atomics, 128 items": () => ns(2, bareSend, bareReceive, bareWords(), N),
  "Ring int32, 128 items": () =>
    ns(2, sendEach, receiveEach, new Ring({ kind: "int32", capacityItems: 128 }), N),
  "Ring float64, 128 items": () =>
    ns(2, sendEach, receiveEach, new Ring({ kind: "float64", capacityItems: 128 }), N),
  "Ring int32, 1024 items, batches of 64": () =>
    ns(2, sendBatches, receiveBatches, new Ring({ kind: "int32", capacityItems: 1024 }), 8 * N),
  "Queue 1 to 1, 1024 items": () => ns(2, sendEach, receiveEach, new Queue(), N / 2),
  "Queue 2 to 2, 1024 items": () => ns(4, sendEach, receiveEach, new Queue(), N / 2),
  "Chan of values, 64 items": () => ns(2, sendValues, receiveValues, new Chan(), N / 20),
  postMessage: () => postMessageNs(N / 20),
  ...(go === undefined
    ? {}
    : { "Go channel, 128 items, GOMAXPROCS=2": async () => goNs("chan.buffered128.int") }),
};

const names = Object.keys(rows).filter((name) => only.test(name));
const seen = new Map(names.map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const name of names) {
    seen.get(name).push(await rows[name]());
    dismissIdle(); // each in fresh threads, whose compiler knows only these loops
  }
}
rmSync(directory, { recursive: true });
for (const list of seen.values()) list.sort((a, b) => a - b);
const middle = (name) => seen.get(name)?.[rounds >> 1] ?? Number.NaN;
for (const [name, list] of seen) {
  console.log(`${name}: ${middle(name).toFixed(1)} ns an item (least ${list[0].toFixed(1)})`);
}
const ratio = (what, mine, other, limit) =>
  console.log(`${what}: ${(middle(mine) / middle(other)).toFixed(2)} (wanted ${limit})`);
const goRow = "Go channel, 128 items, GOMAXPROCS=2";
ratio("Ring / bare Atomics", "Ring int32, 128 items", "bare Atomics, 128 items", "as near 1 as can be");
ratio("Ring / Go's channel", "Ring int32, 128 items", goRow, "<= 1.5");
ratio("Ring in batches of 64 / Go's channel", "Ring int32, 1024 items, batches of 64", goRow, "<= 0.2");
console.log(`Queue, an item: ${middle("Queue 1 to 1, 1024 items").toFixed(0)} ns (wanted <= 150)`);
ratio("Chan of values / postMessage", "Chan of values, 64 items", "postMessage", "<= 0.33");
