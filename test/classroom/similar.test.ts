// Similar submissions: a copy is found though its names, comments and layout were changed; what the starter or most of
// the class says is nobody's copy.
import { describe, expect, test } from "vitest";
import { similarPairs } from "../../lib/classroom/index.js";

const EXERCISE = "06-deadlocks/transfer";

const STARTER = `// exercise: 06-deadlocks/transfer
import { type Go, type Mutex } from "happens-before";

export interface Account { readonly id: number; readonly mu: Mutex; balanceCents: number }

export function* transfer(a: Account, b: Account, cents: number): Go {
  // TODO: lock both accounts.
  throw new Error(\`not implemented: \${cents} cents from \${a.id} to \${b.id}\`);
}
`;

const withBody = (body: string): string =>
  STARTER.replace(/\{\n {2}\/\/ TODO[\s\S]*\n\}\n$/, `{\n${body}\n}\n`);

const ADA = withBody(`  const [first, second] = a.id < b.id ? [a, b] : [b, a];
  yield* first.mu.lock();
  yield* second.mu.lock();
  try {
    if (a.balanceCents < cents) return;
    a.balanceCents -= cents;
    b.balanceCents += cents;
  } finally {
    yield* second.mu.unlock();
    yield* first.mu.unlock();
  }`);

/** Ada's, with other names, comments and line ends. */
const COPY = ADA.replaceAll("first", "lower")
  .replaceAll("second", "upper")
  .replaceAll("  yield*", "\tyield*")
  .replace("  try {", "\n  // do the work\n  try\n  {");

const OTHER = withBody(`  for (;;) {
    if (!a.mu.tryLock()) { yield* gosched(); continue; }
    const isMine = b.mu.tryLock();
    if (!isMine) a.mu.unlock();
    else break;
  }
  a.balanceCents = a.balanceCents - cents;
  b.balanceCents = b.balanceCents + cents;
  a.mu.unlock();
  b.mu.unlock();`);

const pairs = (texts: Readonly<Record<string, string>>, threshold?: number) =>
  similarPairs(
    Object.entries(texts).map(([student, text]) => ({ student, exercise: EXERCISE, text })),
    { starter: () => STARTER, ...(threshold === undefined ? {} : { threshold }) },
  );

describe("similar submissions", () => {
  test("a copy with other names, comments and layout is found, with its lines", () => {
    const [pair, ...others] = pairs({ ada: ADA, bob: COPY, eve: OTHER });
    expect(others).toEqual([]);
    expect([pair?.left, pair?.right]).toEqual(["ada", "bob"]);
    expect(pair?.fraction).toBeGreaterThan(0.95);
    const [first] = pair!.matches;
    expect(ADA.split("\n")[first!.left[0] - 1]).toMatch(/transfer|const \[first/);
    expect(first!.left[1] - first!.left[0]).toBeGreaterThan(8);
  });

  test("two different ways to do it are not alike", () => {
    expect(pairs({ ada: ADA, eve: OTHER })).toEqual([]);
  });

  test("the starter's text is nobody's copy", () => {
    expect(pairs({ ada: STARTER, bob: STARTER })).toEqual([]);
  });

  test("what half of the class wrote is nobody's copy; what a few wrote is", () => {
    const class_ = (copies: number) =>
      Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`student ${i}`, i < copies ? ADA : OTHER]));
    const ofAda = (copies: number) => pairs(class_(copies)).filter(({ left }) => left === "student 0");
    expect(ofAda(20)).toEqual([]);
    expect(ofAda(4)).toHaveLength(3);
  });

  test("exercises are compared each by itself", () => {
    const texts = [
      { student: "ada", exercise: "06-deadlocks/transfer", text: ADA },
      { student: "bob", exercise: "06-deadlocks/bank", text: ADA },
    ];
    expect(similarPairs(texts, { starter: () => undefined })).toEqual([]);
  });

  test("templates, broken code and texts without an end are read to their end", () => {
    const odd = `${ADA}\nconst s = \`a \${ { b: \`\${1}\` } } c\`; const t = "unclosed\n/* open`;
    expect(pairs({ ada: odd, bob: odd.replaceAll("first", "x") })[0]?.fraction).toBe(1);
  });

  test("the order of the class does not matter", () => {
    const one = pairs({ ada: ADA, bob: COPY, eve: OTHER }, 0.01);
    const two = pairs({ eve: OTHER, bob: COPY, ada: ADA }, 0.01);
    expect(two.map(({ fraction }) => fraction)).toEqual(one.map(({ fraction }) => fraction));
  });
});
