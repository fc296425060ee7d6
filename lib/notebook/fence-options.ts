// Fence options: what stands behind ```typescript, or in <!-- #region … -->, as Jupytext writes it.
//
// Source: Jupytext's cell_metadata.py (1.19). Jupytext takes `key=value` with JSON values, bare words, or one JSON
// object. We take the first two and only known keys, so that a typing error is found and not ignored.
import { closest } from "fastest-levenshtein";

/** The options of one cell. `README.md` beside this file says what each one does. */
export interface Options {
  readonly id?: string;
  readonly exercise?: string;
  readonly check?: string;
  readonly points?: number;
  readonly covers?: readonly string[];
  readonly tags?: readonly string[];
  readonly hidden?: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

type Check = (value: unknown) => string | undefined;

const CELL_ID = /^[a-zA-Z0-9_-]{1,64}$/;
const EXERCISE_ID = /^\d\d-[a-z0-9-]+\/[a-z0-9-]+$/;
const CLAIM = /^(AP|FX|FC)-\d{2,3}$/;

const isText = (value: unknown): value is string => typeof value === "string";
const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

/** The vocabulary: what each option expects. */
const OPTIONS: Readonly<Record<keyof Options, Check>> = {
  id: (value) => (isText(value) && CELL_ID.test(value) ? undefined : "1 to 64 letters, digits, - or _"),
  exercise: (value) => (isText(value) && EXERCISE_ID.test(value) ? undefined : '"NN-name/exercise"'),
  check: (value) => (isText(value) && EXERCISE_ID.test(value) ? undefined : '"NN-name/exercise"'),
  points: (value) => (typeof value === "number" && value >= 0 ? undefined : "a number >= 0"),
  covers: (value) =>
    isTextList(value) && value.every((id) => CLAIM.test(id))
      ? undefined
      : 'a list such as ["AP-16", "FC-23"]',
  tags: (value) => (isTextList(value) ? undefined : 'a list of texts such as ["raises-exception"]'),
  hidden: (value) => (typeof value === "boolean" ? undefined : "true or false"),
  metadata: (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? undefined : "a JSON object",
};

/** The options found in a text, and what is wrong with it. */
export interface ParsedOptions {
  readonly options: Options;
  readonly mistakes: readonly string[];
}

/**
 * Reads `key=value key=value`, where a value is JSON without a space outside of quotes and brackets.
 *
 * @example
 * console.log(parseOptions('id="reload" points=4').options); // prints: { id: 'reload', points: 4 }
 */
export function parseOptions(text: string): ParsedOptions {
  const options: Record<string, unknown> = {};
  const mistakes: string[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const key = /^[^\s=]+/.exec(rest)?.[0] ?? "";
    if (key === "" || rest[key.length] !== "=") {
      mistakes.push(`expected key=value, got ${JSON.stringify(rest)}`);
      break;
    }
    const found = readJson(rest.slice(key.length + 1));
    if (found === undefined) {
      mistakes.push(
        `expected the value of \`${key}\` to be JSON, e.g. ${key}="text", got ${JSON.stringify(rest)}`,
      );
      break;
    }
    const wrong = checkOption(key, found.value);
    if (wrong !== undefined) mistakes.push(wrong);
    else if (key in options) mistakes.push(`option \`${key}\` stands twice`);
    else options[key] = found.value;
    rest = rest.slice(key.length + 1 + found.length).trimStart();
  }
  return { options: options as Options, mistakes };
}

function checkOption(key: string, value: unknown): string | undefined {
  const check = Object.hasOwn(OPTIONS, key) ? OPTIONS[key as keyof Options] : undefined;
  if (check === undefined) {
    const names = Object.keys(OPTIONS);
    return `unknown option \`${key}\`; did you mean \`${closest(key, names)}\`? Options: ${names.join(", ")}`;
  }
  const expectation = check(value);
  if (expectation === undefined) return undefined;
  return `expected \`${key}\` to be ${expectation}, got ${JSON.stringify(value)}`;
}

/** Reads the shortest prefix that is JSON and ends at a space or at the end. */
function readJson(text: string): { value: unknown; length: number } | undefined {
  for (let end = 1; end <= text.length; end++) {
    if (end < text.length && !/\s/.test(text[end] ?? "")) continue;
    try {
      return { value: JSON.parse(text.slice(0, end)), length: end };
    } catch {
      // A space inside quotes or brackets: try the next one.
    }
  }
  return undefined;
}
