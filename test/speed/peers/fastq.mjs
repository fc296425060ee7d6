// fastq 1.20.3: a task queue; here so wide that every task starts at once.
import fastq from "fastq";

async function waves(times, yields) {
  let count = 0;
  const queue = fastq.promise(async () => {
    if (yields) await null;
    count++;
  }, 100_000);
  for (let wave = 0; wave < times; wave++) {
    const all = [];
    for (let i = 0; i < 100_000; i++) all.push(queue.push(i));
    await Promise.all(all);
  }
  return count;
}

export default {
  "spawn.waitgroup": (times) => waves(times, false),
  "spawn.yield.join": (times) => waves(times, true),
};
