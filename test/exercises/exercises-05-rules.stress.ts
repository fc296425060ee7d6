// 05-the-rwmutex-incident/rules: rules that miss a planted violation, and rules that cry wolf over a clean log, fail at the
// property that they break; the message shows the log.
import { readFileSync } from "node:fs";
import { checkText } from "happens-before/check";
import { describe, expect, test } from "vitest";

const ID = "05-the-rwmutex-incident/rules";
const read = (folder: string) => readFileSync(new URL(`../../${folder}/${ID}.ts`, import.meta.url), "utf8");
const solution = read("solutions");

const HELD = "a write lock that was held too long is named, and no other";
const FETCHED = "a lock that was held during a fetch is named, and no other";
const TAKEN = "a lock that was taken against the documented order is named, and no other";
const HELD_HIDDEN = "heldTooLong: exactly the limit, readers, a lock that is never given back";
const FETCHED_HIDDEN = "fetchedUnder: other goroutines' locks, a read lock that is held twice";
const TAKEN_HIDDEN = "againstOrder: other goroutines, locks that have no place, more than two";

/** The solution with one passage replaced; the passage must be there. */
function withChange(from: string, to: string): string {
  expect(solution).toContain(from);
  return solution.replace(from, to);
}

/** The solution with another body of one function. */
function withBody(name: string, body: string): string {
  const head = new RegExp(`(export function ${name}\\([^{]*\\{\\n)[\\s\\S]*?\\n\\}\\n`);
  expect(solution).toMatch(head);
  return solution.replace(head, (_, start: string) => `${start}${body}\n}\n`);
}

const LAST_HELD = `
  const holds = new Map<number, string>();
  const found: string[] = [];
  for (const { goroutine, what, lock = "" } of log) {
    if (what === "unlock" || what === "rUnlock") holds.delete(goroutine);
    if (what !== "lock" && what !== "rLock") continue;
    const held = holds.get(goroutine);
    const at = order.indexOf(lock);
    if (held !== undefined && at >= 0 && order.indexOf(held) > at) found.push(\`\${held} before \${lock}\`);
    holds.set(goroutine, lock);
  }
  return found;`;

const WRONG: Readonly<Record<string, { text(): string; fails: readonly string[]; says: RegExp }>> = {
  "heldTooLong never names anything": {
    text: () => withBody("heldTooLong", "  return log.length < limitMs ? [] : [];"),
    fails: [HELD, HELD_HIDDEN],
    says: /heldTooLong named nothing, where prices was to be named, in this log:\n {2}0 ms {2}goroutine 1 {2}lock prices/,
  },
  "heldTooLong names every write lock": {
    text: () =>
      withBody(
        "heldTooLong",
        '  return limitMs < 0 ? [] : [...new Set(log.filter((l) => l.what === "lock").map((l) => l.lock ?? ""))];',
      ),
    fails: [HELD, HELD_HIDDEN],
    says: /heldTooLong named prices, where nothing was to be named/,
  },
  "heldTooLong keeps one time for all locks": {
    text: () =>
      withBody(
        "heldTooLong",
        `  let since = 0;
  const found: string[] = [];
  for (const { what, lock = "", atMs } of log) {
    if (what === "lock") since = atMs;
    if (what === "unlock" && atMs - since > limitMs) found.push(lock);
  }
  return found;`,
      ),
    fails: [HELD_HIDDEN],
    says: /heldTooLong named nothing, where stock was to be named/,
  },
  "heldTooLong takes the limit itself for too long": {
    text: () => withChange("if (atMs - tookAtMs > limitMs)", "if (atMs - tookAtMs >= limitMs)"),
    fails: [HELD_HIDDEN],
    says: /heldTooLong named prices, where nothing was to be named/,
  },
  "heldTooLong counts readers": {
    text: () =>
      withChange(
        'if (what === "lock") since.set',
        'if (what === "lock" || what === "rLock") since.set',
      ).replace('if (what !== "unlock" ||', 'if ((what !== "unlock" && what !== "rUnlock") ||'),
    fails: [HELD_HIDDEN],
    says: /heldTooLong named prices, where nothing was to be named/,
  },
  "heldTooLong forgets what is never given back": {
    text: () =>
      withChange(
        "for (const [lock, tookAtMs] of since) if (endMs - tookAtMs > limitMs) found.add(lock);",
        "void endMs;",
      ),
    fails: [HELD_HIDDEN],
    says: /heldTooLong named nothing, where stock was to be named/,
  },
  "fetchedUnder blames locks of other goroutines": {
    text: () =>
      withBody(
        "fetchedUnder",
        `
  const held: string[] = [];
  const found = new Set<string>();
  for (const { what, lock = "" } of log) {
    if (what === "fetch") for (const each of held) found.add(each);
    if (what === "lock" || what === "rLock") held.push(lock);
    if (what === "unlock" || what === "rUnlock") held.splice(held.lastIndexOf(lock), 1);
  }
  return [...found];`,
      ),
    fails: [FETCHED_HIDDEN],
    says: /fetchedUnder named prices, where nothing was to be named/,
  },
  "fetchedUnder does not look at readers": {
    text: () =>
      withChange(
        'if (what === "lock" || what === "rLock") holds.set(goroutine, [...mine, lock]);',
        'if (what === "lock") holds.set(goroutine, [...mine, lock]);',
      ),
    fails: [FETCHED, FETCHED_HIDDEN],
    says: /fetchedUnder named config, where config, stock was to be named/,
  },
  "fetchedUnder takes every read lock back at once": {
    text: () => withChange("mine.filter((_, i) => i !== last)", "mine.filter((held) => held !== lock)"),
    fails: [FETCHED_HIDDEN],
    says: /fetchedUnder named nothing, where prices was to be named/,
  },
  "againstOrder takes a lock without a place for the first": {
    text: () => withChange("if (at >= 0 && order.indexOf(held) > at)", "if (order.indexOf(held) > at)"),
    fails: [TAKEN_HIDDEN],
    says: /againstOrder named stock before journal, where nothing was to be named/,
  },
  "againstOrder forgets the unlock": {
    text: () =>
      withBody(
        "againstOrder",
        `
  const holds = new Map<number, string[]>();
  const found = new Set<string>();
  for (const { goroutine, what, lock = "" } of log) {
    if (what !== "lock" && what !== "rLock") continue;
    const mine = holds.get(goroutine) ?? [];
    const at = order.indexOf(lock);
    for (const held of mine) if (at >= 0 && order.indexOf(held) > at) found.add(\`\${held} before \${lock}\`);
    holds.set(goroutine, [...mine, lock]);
  }
  return [...found];`,
      ),
    fails: [TAKEN],
    says: /againstOrder named stock before config, where nothing was to be named/,
  },
  "againstOrder looks at the last lock only": {
    text: () => withBody("againstOrder", LAST_HELD),
    fails: [TAKEN_HIDDEN],
    says: /againstOrder named/,
  },
  "a rule that throws on an empty log": {
    text: () => withChange("log.at(-1)?.atMs ?? 0", "log.at(-1)!.atMs"),
    fails: [HELD_HIDDEN],
    says: /Cannot read properties of undefined/,
  },
};

describe(ID, () => {
  for (const [name, { text, fails, says }] of Object.entries(WRONG)) {
    test(`fails: ${name}`, async () => {
      const result = await checkText(ID, text());
      const failed = result.properties.filter((p) => p.status !== "pass");
      expect(failed.map((p) => p.name)).toEqual(fails);
      for (const property of failed) expect(property.hints).toHaveLength(3);
      expect(failed[0]?.message).toMatch(says);
    });
  }

  test("passes: found names that come in another order, or twice", async () => {
    const twice = solution.replaceAll("return [...found];", "return [...found].reverse();");
    const result = await checkText(ID, twice);
    expect(result.properties.filter((p) => p.status !== "pass")).toEqual([]);
  });

  test("the starter says which rule is missing, for each of the three", async () => {
    const result = await checkText(ID, read("exercises"));
    expect(result.properties.slice(0, 3).map((p) => [p.name, p.verdict, p.hints.length])).toEqual(
      [HELD, FETCHED, TAKEN].map((name) => [name, "not-implemented", 3]),
    );
    expect(result.properties[1]?.message).toMatch(/^not implemented: fetchedUnder/);
  });
});
