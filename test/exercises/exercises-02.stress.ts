// Unit 02 on real threads: what people write first for sell is found when two threads really meet. On a machine that gives
// two threads no time together it cannot be, so this stands among the stress tests.
import { readFileSync } from "node:fs";
import { checkText } from "happens-before/check";
import { expect, test } from "vitest";

const ID = "02-memory-model-and-data-races/sell";
const THREADS = "on real threads as well, and about as fast as a mutex or faster";
const solution = readFileSync(new URL(`../../solutions/${ID}.ts`, import.meta.url), "utf8");

/** The solution with another function for threads. */
const selling = (body: string) =>
  solution.replace(/(export function sellOnThread[^{]*\{)[\s\S]*?\n\}/, (_, head) => `${head}\n  ${body}\n}`);

const RIGHT = `for (;;) {
    const pieces = Atomics.load(stock, 0);
    if (pieces <= 0) return false;
    if (Atomics.compareExchange(stock, 0, pieces, pieces - 1) === pieces) return true;
  }`;
const MISTAKES: Readonly<Record<string, { body: string; verdict: string; says: RegExp }>> = {
  "check, then take": {
    body: "if (Atomics.load(stock, 0) <= 0) return false; Atomics.sub(stock, 0, 1); return true;",
    verdict: "panic",
    says: /on two threads the stock was -1/,
  },
  "compareExchange taken for a yes or a no": {
    body: RIGHT.replace(" === pieces", ""),
    verdict: "panic",
    says: /on two threads a piece was sold that nobody took/,
  },
  "no Atomics at all": {
    body: "if (stock[0]! <= 0) return false; stock[0]!--; return true;",
    verdict: "panic",
    says: /on two threads (a piece was sold that nobody took|the stock was -1)/,
  },
  "right, and slow": {
    body: `for (let i = 0; i < 3000; i++) Atomics.load(stock, 0);\n${RIGHT}`,
    verdict: "too-slow",
    says: /times less done than with a mutex/,
  },
};

for (const [name, { body, verdict, says }] of Object.entries(MISTAKES)) {
  test(`fails: on threads, ${name}`, async () => {
    const { properties } = await checkText(ID, selling(body));
    const failed = properties.filter(({ status }) => status !== "pass");
    expect(failed.map((p) => [p.name, p.verdict])).toEqual([[THREADS, verdict]]);
    expect(failed[0]?.message).toMatch(says);
    expect(failed[0]?.hints).toHaveLength(3);
  });
}
