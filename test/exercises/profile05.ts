// What people try first at 05-the-rwmutex-incident/profile. Measured, so a few are tried by `npm test` and all by the stress run.
import { readFileSync } from "node:fs";
import { checkText } from "happens-before/check";
import { expect } from "vitest";

export const ID = "05-the-rwmutex-incident/profile";
export const read = (folder: string): string =>
  readFileSync(new URL(`../../${folder}/${ID}.ts`, import.meta.url), "utf8");

export const NAMED = "`culprit` names the lock at which orders lose their time";
export const WHOLE = "an order sees one list, every order is counted, and a reload counts when it returns";
export const WAITS = "no order waits for the fetch";
export const FAILS = "a fetch that fails leaves every lock free and the list as it was";

/** The solution with another `reload`, and whatever else differs. */
function reload(body: string, change: (text: string) => string = (text) => text): string {
  const head = /(export function reload\([^{]*\{[^{]*\{\n)[\s\S]*?\n\}\n/;
  const text = read("solutions");
  expect(text).toMatch(head);
  return change(text.replace(head, (_, start: string) => `${start}${body}\n}\n`));
}

/** A machine whose threads stand still by themselves allows no judgement. */
const TOO_LONG = /^too-(slow|noisy)$/;
const LONG_WAITS =
  /of the orders waited for over 50 ms while a reload fetched for 200 ms|nothing can be told|noisy|busy/i;

const GOOD = `  journal.withLock(() => {
    const next = fetch();
    prices.withWrite(() => list.set(next));
  });`;

export interface Attempt {
  readonly text: () => string;
  /** What fails, with the verdict that each may have. */
  readonly fails: Readonly<Record<string, RegExp>>;
  readonly says: RegExp;
}

/** Quick to judge: what is wrong is thrown, or told without measuring. */
export const QUICK: Readonly<Record<string, Attempt>> = {
  "the lock that is held as long, but that no order wants": {
    text: () => reload(GOOD, (text) => text.replace('| "?" = "prices"', '| "?" = "journal"')),
    fails: { [NAMED]: /^wrong-result$/ },
    says: /`culprit` is "journal", but that is not where/,
  },
  "no lock around the new list": {
    text: () =>
      reload(`  journal.withLock(() => {
    const next = fetch();
    for (let i = 0; i < list.length; i++) list[i] = next[i]!;
    void prices;
  });`),
    fails: { [WHOLE]: /^panic$/ },
    says: /the list was changed, and `prices` was not locked for it/,
  },
  "the list set in two halves, each under the lock": {
    text: () =>
      reload(`  journal.withLock(() => {
    const next = fetch();
    prices.withWrite(() => list.set(next.subarray(0, 500)));
    prices.withWrite(() => list.set(next.subarray(500), 500));
  });`),
    fails: { [WHOLE]: /^panic$/ },
    says: /`prices` was given back while the list held prices of two lists/,
  },
  "a reload that fetches and keeps it to itself": {
    text: () =>
      reload(`  journal.withLock(() => {
    void fetch();
    void [prices, list];
  });`),
    fails: { [WHOLE]: /^panic$/, [WAITS]: /^panic$/ },
    says: /a reload had returned, and the list was the old one/,
  },
  "orders that count without the lock": {
    text: () =>
      reload(GOOD, (text) =>
        text.replace("  stats.lock();\n", "  void stats;\n").replace("  stats.unlock();\n", ""),
      ),
    fails: { [WHOLE]: /^panic$/ },
    says: /an order was counted, and `stats` was not locked for it/,
  },
};

/** Judged by measured waits. */
export const MEASURED: Readonly<Record<string, Attempt>> = {
  "half of the fetch still under the lock: it asks twice": {
    text: () =>
      reload(`  journal.withLock(() => {
    void fetch(); // warms the cache
    prices.withWrite(() => list.set(fetch()));
  });`),
    fails: { [WAITS]: TOO_LONG },
    says: LONG_WAITS,
  },
  "the counter's lock held during the fetch": {
    text: () =>
      reload(
        `  journal.withLock(() => stats.withLock(() => {
    const next = fetch();
    prices.withWrite(() => list.set(next));
  }));`,
        (text) => text.replace("reload({ prices, list, journal }", "reload({ stats, prices, list, journal }"),
      ),
    fails: { [WAITS]: TOO_LONG },
    says: LONG_WAITS,
  },
  "unlock calls after the fetch, so that one that fails leaves the journal locked": {
    text: () =>
      reload(`  journal.lock();
  const next = fetch();
  prices.lock();
  list.set(next);
  prices.unlock();
  journal.unlock();`),
    fails: { [FAILS]: /^panic$/ },
    says: /`journal` stayed locked|holds this lock already|after a fetch that failed/,
  },
};

/** Checks one attempt: what fails is what is wrong with it, and each comes with three hints. */
export async function expectFailure({ text, fails, says }: Attempt): Promise<void> {
  const result = await checkText(ID, text());
  const failed = result.properties.filter((p) => p.status !== "pass");
  expect(failed.map((p) => p.name)).toEqual(expect.arrayContaining(Object.keys(fails)));
  for (const property of failed) expect(property.hints).toHaveLength(3);
  for (const [name, verdict] of Object.entries(fails)) {
    expect(failed.find((p) => p.name === name)?.verdict).toMatch(verdict);
  }
  expect(failed.map((p) => p.message).join("\n")).toMatch(says);
}
