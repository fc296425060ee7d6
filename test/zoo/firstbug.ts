// firstBug: how many schedules a strategy needs until it shows a kernel's bug.
import { Portfolio } from "../../lib/explore/portfolio.js";
import { Search } from "../../lib/explore/search.js";
import type { ExploreOptions } from "../../lib/index.js";
import type { Kernel } from "./kernel.js";
import { expected } from "./zoo.js";

/** The number of the first schedule, counted from 1, with an expected verdict; null when there is none up to `most`. */
export function firstBug(kernel: Kernel, options: ExploreOptions, most: number): number | null {
  const portfolio = new Portfolio(new Search(kernel.broken, options));
  const verdicts = expected(kernel);
  for (let index = 0; index < most; index++) {
    const { verdict } = index === 0 ? portfolio.first() : portfolio.run(index);
    if (verdicts.includes(verdict)) return index + 1;
  }
  return null;
}
