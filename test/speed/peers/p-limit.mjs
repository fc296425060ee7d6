// p-limit 7.3.3: tasks with a limit; here so high that every task starts at once, and as a semaphore of 2.
import pLimit from "p-limit";

async function waves(times, yields) {
  let count = 0;
  const limit = pLimit(100_000);
  const body = async () => {
    if (yields) await null;
    count++;
  };
  for (let wave = 0; wave < times; wave++) {
    const all = [];
    for (let i = 0; i < 100_000; i++) all.push(limit(body));
    await Promise.all(all);
  }
  return count;
}

async function eightOfTwo(n) {
  const limit = pLimit(2);
  let count = 0;
  const inside = async () => {
    await null;
    count++;
  };
  const body = async () => {
    for (let i = 0; i < n; i++) await limit(inside);
  };
  await Promise.all(Array.from({ length: 8 }, body));
  return count;
}

export default {
  "spawn.waitgroup": (times) => waves(times, false),
  "spawn.yield.join": (times) => waves(times, true),
  "semaphore.held.yield.8of2": eightOfTwo,
};
