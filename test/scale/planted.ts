// Planted: an operation whose cost does grow with n, as a queue does whose leavers are searched for in an array. The
// detector of growth must find it, and the picture shows what one would look like.

import type { Cost } from "./costs.js";

const OPS = 1000;

/** Leaves a queue of `n` by looking for itself in it. */
export const SEARCHED_QUEUE: Cost = {
  name: "planted: a queue whose leaver is searched for",
  async measure(n) {
    const queue = Array.from({ length: n }, () => ({}));
    const { user: start } = process.cpuUsage();
    for (let i = 0; i < OPS; i++) {
      const waiter = {};
      queue.push(waiter);
      queue.splice(queue.indexOf(waiter), 1);
    }
    return ((process.cpuUsage().user - start) * 1000) / OPS;
  },
};
