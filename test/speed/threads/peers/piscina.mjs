// piscina: a pool of workers by messages.
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import Piscina from "piscina";

const WAVE = 100_000;
let pool;

export default isMainThread
  ? {
      "pool.trivial": async (waves) => {
        pool ??= new Piscina({
          filename: fileURLToPath(new URL("task.mjs", import.meta.url)),
          minThreads: 2,
          maxThreads: 2,
          concurrentTasksPerWorker: 10,
          maxQueue: WAVE,
        });
        const start = process.hrtime.bigint();
        let sum = 0;
        for (let wave = 0; wave < waves; wave++) {
          const results = await Promise.all(Array.from({ length: WAVE }, (_, i) => pool.run(i)));
          for (const result of results) sum += result;
        }
        return { ns: Number(process.hrtime.bigint() - start), check: sum };
      },
    }
  : {};
