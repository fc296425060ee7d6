// Workers for the packages that bring none: kept from call to call, they begin together and time themselves.
import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const kept = [];

/**
 * Runs `jobs[name](id, n, shared)` of `file` on `threads` workers that begin together.
 *
 * @param {(id: number) => { shared?: unknown, transfer?: object[] }} give what each gets
 */
export async function race(file, name, threads, n, give) {
  while (kept.length < threads) kept.push(new Worker(new URL(file), { workerData: { crew: kept.length } }));
  const gate = new Int32Array(new SharedArrayBuffer(8));
  const each = await Promise.all(
    kept.slice(0, threads).map(async (worker, id) => {
      const answer = once(worker, "message");
      const { shared, transfer = [] } = give(id);
      worker.postMessage({ name, threads, n, shared, gate }, transfer);
      return (await answer)[0];
    }),
  );
  return span(each);
}

/** From the first start to the last end, and the sum of the checks. */
export function span(each) {
  return {
    ns: Math.max(...each.map(({ end }) => end)) - Math.min(...each.map(({ start }) => start)),
    check: each.reduce((sum, { check }) => sum + check, 0),
  };
}

/** In a worker: serves the calls of `race`. A job may return a promise. */
export function serve(jobs) {
  if (isMainThread || workerData?.crew === undefined) return;
  parentPort.on("message", async ({ name, threads, n, shared, gate }) => {
    meet(gate, threads);
    const start = Number(process.hrtime.bigint());
    const check = await jobs[name](workerData.crew, n, shared);
    parentPort.postMessage({ start, end: Number(process.hrtime.bigint()), check });
  });
}

function meet(gate, threads) {
  if (Atomics.add(gate, 0, 1) === threads - 1) {
    Atomics.store(gate, 1, 1);
    Atomics.notify(gate, 1);
  } else Atomics.wait(gate, 1, 0);
}
