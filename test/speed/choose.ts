// Which rows a pattern means.
import { distance } from "fastest-levenshtein";

/**
 * The rows that a comma-separated list of names means; `*` stands for anything, and a word without a dot for a family.
 *
 * @throws {RangeError} `rows: expected names of rows, got "chan.pingpnog". Did you mean chan.pingpong?`
 */
export function chooseRows<R extends { readonly name: string }>(
  table: readonly R[],
  pattern: string | undefined,
): readonly R[] {
  if (pattern === undefined) return table;
  const chosen = new Set<R>();
  for (const word of pattern.split(",").map((each) => each.trim())) {
    const matching = table.filter((row) => matches(row.name, word));
    if (matching.length === 0) throw new RangeError(unknown(table, word));
    for (const row of matching) chosen.add(row);
  }
  return table.filter((row) => chosen.has(row));
}

function matches(name: string, word: string): boolean {
  if (name === word || name.startsWith(`${word}.`)) return true;
  if (!word.includes("*")) return false;
  const pattern = word.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${pattern}$`).test(name);
}

function unknown(table: readonly { readonly name: string }[], word: string): string {
  const nearest = table
    .map((row) => row.name)
    .reduce((best, name) => (distance(word, name) < distance(word, best) ? name : best));
  return `rows: expected names of rows, got ${JSON.stringify(word)}. Did you mean ${nearest}?`;
}
