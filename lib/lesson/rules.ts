// rules: field rules as checks that can fail, each with what failed where.
import { table } from "../plot/index.js";
import { alreadyShown, type Card, showCard } from "./card.js";

/** A sentence for the wall, and how to see that somebody broke it. */
export interface FieldRule {
  readonly rule: string;
  /** Returns what is wrong and where, or nothing. What it throws counts as wrong: a check that fails proves nothing. */
  check(): string | undefined | Promise<string | undefined>;
}

/** What became of one rule. */
export interface RuleResult {
  readonly rule: string;
  readonly isKept: boolean;
  /** What failed, and where; left out when the rule is kept. */
  readonly problem?: string;
}

/** Runs the checks one after the other, in order. Never rejects. */
export async function checkRules(rules: readonly FieldRule[]): Promise<RuleResult[]> {
  const results: RuleResult[] = [];
  for (const { rule, check } of rules) {
    const problem = await problemOf(check);
    results.push({ rule, isKept: problem === undefined, ...(problem === undefined ? {} : { problem }) });
  }
  return results;
}

async function problemOf(check: FieldRule["check"]): Promise<string | undefined> {
  try {
    const problem = await check();
    return problem === "" ? undefined : problem;
  } catch (error) {
    return `the check itself failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Runs field rules as checks and shows which are kept, and what failed where. A broken rule throws nothing: what
 * follows in the notebook still runs.
 *
 * @example
 * const held = 2_300;
 * const [longest] = await rules([
 *   { rule: "a write lock is held for at most 100 ms", check: () => (held > 100 ? `reload: ${held} ms` : undefined) },
 * ]);
 * console.log(longest?.isKept, longest?.problem); // prints: false reload: 2300 ms
 */
export async function rules(list: readonly FieldRule[], title = "Field rules"): Promise<RuleResult[]> {
  const results = await checkRules(list);
  const kept = results.filter((result) => result.isKept).length;
  const rows = results.map(({ rule, isKept, problem }, i) => [
    `${i + 1}`,
    rule,
    isKept ? "✓\u00a0kept" : "✗\u00a0broken",
    ...(kept === results.length ? [] : [problem ?? "–"]),
  ]);
  const card: Card = {
    tone: kept === results.length ? "good" : "bad",
    badge: `${kept} of ${results.length} kept`,
    title,
    lines: [],
    table: table("", ["", "rule", "", ...(kept === results.length ? [] : ["what failed, and where"])], rows),
    notes: [],
  };
  showCard(card);
  return alreadyShown(results, `${title}: ${card.badge}`);
}
