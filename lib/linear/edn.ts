// EDN, the notation of Clojure: as much of it as histories need. Keywords become strings without their colon.
//
// Source: github.com/edn-format/edn. Left out: characters, rationals, metadata; tags are skipped.

/** A value read from EDN. Maps have their keys as text. */
export type Edn = null | boolean | number | string | readonly Edn[] | { readonly [key: string]: Edn };

const TOKEN = /[\s,]+|;[^\n]*|#[\w.\-/]+|#?[{([]|[})\]]|"(?:[^"\\]|\\[\s\S])*"|[^\s,{}()[\]";]+/y;
const OPEN: Readonly<Record<string, string>> = { "{": "}", "#{": "}", "(": ")", "[": "]" };
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/**
 * Reads all values that stand one behind another in `text`.
 *
 * @throws {SyntaxError} ``EDN: expected `]`, got the end of the text``
 */
export function readEdn(text: string): Edn[] {
  const tokens = tokensOf(text);
  const values: Edn[] = [];
  for (let at = 0; at < tokens.length; ) {
    const [value, next] = valueAt(tokens, at);
    values.push(value);
    at = next;
  }
  return values;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const at = TOKEN.lastIndex;
    const [token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw new SyntaxError(`EDN: expected a value, got ${text.slice(at, at + 20)}`);
    if (!/^(?:[\s,;]|#[\w])/.test(token)) tokens.push(token);
  }
  return tokens;
}

function valueAt(tokens: readonly string[], at: number): [value: Edn, next: number] {
  const token = tokens[at] as string;
  const close = OPEN[token];
  if (close === undefined) return [atom(token), at + 1];
  const values: Edn[] = [];
  let next = at + 1;
  while (tokens[next] !== close) {
    if (next >= tokens.length) throw new SyntaxError(`EDN: expected \`${close}\`, got the end of the text`);
    const [value, after] = valueAt(tokens, next);
    values.push(value);
    next = after;
  }
  return [token === "{" ? mapOf(values) : values, next + 1];
}

function mapOf(values: readonly Edn[]): Edn {
  if (values.length % 2 !== 0) throw new SyntaxError("EDN: expected a value for every key of a map");
  const entries: [string, Edn][] = [];
  for (let i = 0; i < values.length; i += 2) entries.push([String(values[i]), values[i + 1] as Edn]);
  return Object.fromEntries(entries);
}

function atom(token: string): Edn {
  if (token === "nil") return null;
  if (token === "true") return true;
  if (token === "false") return false;
  if (token.startsWith('"')) {
    return token.slice(1, -1).replace(/\\([\s\S])/g, (_, c: string) => ESCAPES[c] ?? c);
  }
  if (/^[+-]?\d/.test(token)) {
    const value = Number(token.replace(/[NM]$/, ""));
    if (!Number.isNaN(value)) return value;
  }
  if (/[})\]]/.test(token)) throw new SyntaxError(`EDN: expected a value, got \`${token}\``);
  return token.startsWith(":") ? token.slice(1) : token;
}
