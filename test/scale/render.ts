// What the recorded costs look like: a table and a picture.

import { readFileSync } from "node:fs";
import { chartSvg } from "../../lib/plot/chart.js";
import { figure } from "../../lib/plot/figure.js";
import { exponent, type Sample } from "./growth.js";
import { SEARCHED_QUEUE } from "./planted.js";

/** The measured costs of one machine, as `costs.json` holds them. */
export interface Recorded {
  readonly machine: string;
  readonly costs: Readonly<Record<string, readonly Sample[]>>;
}

export function readRecorded(): Recorded {
  return JSON.parse(readFileSync(new URL("costs.json", import.meta.url), "utf8")) as Recorded;
}

/** The table of the README: a row per operation, the worst growth first. */
export function costTable({ machine, costs }: Recorded): string {
  const sizes = Object.values(costs)[0]?.map(({ n }) => n.toLocaleString("en-US")) ?? [];
  const rows = Object.entries(costs)
    .sort(([, a], [, b]) => exponent(b) - exponent(a))
    .map(
      ([name, samples]) =>
        `| ${name} | ${samples.map(({ ns }) => Math.round(ns).toLocaleString("en-US")).join(" | ")} | ${exponent(samples).toFixed(2)} |`,
    );
  return [
    `| ns of one operation beside n others | ${sizes.join(" | ")} | exponent |`,
    `| --- |${" ---: |".repeat(sizes.length + 1)}`,
    ...rows,
    "",
    `Measured on ${machine}.`,
  ].join("\n");
}

/** All costs relative to their own at the smallest n; the planted one in colour. */
export function costPicture({ costs }: Recorded): string {
  const entries = Object.entries(costs).sort(([name]) => (name === SEARCHED_QUEUE.name ? 1 : -1));
  const seen = new Set<boolean>();
  const traces = entries.map(([name, samples]) => {
    const isPlanted = name === SEARCHED_QUEUE.name;
    const showlegend = !seen.has(isPlanted);
    seen.add(isPlanted);
    const first = samples[0]?.ns ?? 1;
    return {
      type: "scatter" as const,
      mode: "lines+markers" as const,
      name: isPlanted
        ? "planted: a queue whose leaver is searched for"
        : `${entries.length - 1} operations of the library`,
      showlegend,
      x: samples.map(({ n }) => n),
      y: samples.map(({ ns }) => ns / first),
      line: isPlanted ? { color: "#D55E00", width: 3 } : { color: "#0072B2", width: 1 },
      marker: { color: isPlanted ? "#D55E00" : "#0072B2", size: isPlanted ? 8 : 4 },
    };
  });
  return chartSvg(
    figure(
      traces,
      {
        xaxis: { type: "log", title: { text: "n: others that wait, live or lie in the same structure" } },
        yaxis: { type: "log", title: { text: "cost of one operation, relative" } },
      },
      {
        title: "The cost of one operation against n",
        alt: "Between a thousand and a million others the cost of every operation of the library stays within a small factor, as caches allow; the planted search grows with n.",
      },
    ),
  );
}
