// driverText: programs are kept where they stood, all the rest is white space; what cannot be split is refused.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DriverError, driverText } from "../../lib/grade/driver.js";
import { compileModule } from "../../lib/transform/index.js";

const URL_ = "file:///course/90-fixture/vault.hidden.js";
const HIDDEN = readFileSync(new URL("fixtures/checks/90-fixture/vault.hidden.ts", import.meta.url), "utf8");

const built = (source: string): string =>
  compileModule(source, "x.hidden.ts").code.replace(/\/\/# sourceMappingURL.*\n/, "");
const driver = (source: string, isHidden = true) => driverText(built(source), URL_, isHidden);

/** A check with these keys of its one property, and these lines above. */
function check(keys: string, above = ""): string {
  const head = `import { Mutex, gosched } from "happens-before";\nimport { exercise } from "happens-before/check";\n`;
  return `${head}${above}\nexport default exercise({ id: "9/x", properties: [{ ${keys} }] });\n`;
}

test("of a hidden check nothing is left but its programs", () => {
  const { text } = driver(HIDDEN);
  expect(built(HIDDEN)).toContain("SECRET-NAME");
  expect(text).not.toMatch(/SECRET|isRight|EXPECTED|HINTS|points|hints|expect/);
  expect(text).toContain("depositing(sums)");
  expect(text).toContain("1_234_567, 7_654_321");
});

test("what is kept stands in its old line", () => {
  const { text } = driver(HIDDEN);
  const lineOf = (code: string, piece: string) => code.split("\n").findIndex((line) => line.includes(piece));
  for (const piece of ["const sums", "lab: depositing(sums)", "a hidden program says"]) {
    expect(lineOf(text, piece)).toBe(lineOf(built(HIDDEN), piece));
  }
});

test("a driver is a module whose default export has the properties' programs and sizes, in order", async () => {
  const { text } = driver(
    check("name: 'a', points: 1, schedules: 7, lab: () => 1, hints: {}, expect() {}", ""),
  );
  const url = `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
  const { default: made } = (await import(/* @vite-ignore */ url)) as { default: { properties: object[] } };
  expect(made.properties.map((property) => Object.keys(property))).toEqual([["schedules", "lab"]]);
});

test("relative imports become absolute, and are told", () => {
  const { text, imports } = driver(HIDDEN);
  expect(imports).toEqual(["file:///course/90-fixture/vault-programs.js"]);
  expect(text).toContain(`import { depositing } from "file:///course/90-fixture/vault-programs.js";`);
  expect(text).not.toContain("happens-before/check");
});

test("a name of the expectation that is also a key of the program does not bring its declaration along", () => {
  const above = "const sums = ['secret'];\nfunction lab2(x) { return { sums: 1, main: x.sums }; }";
  const { text } = driver(check("name: 'n', schedules: 1, lab: lab2, expect: () => sums", above));
  expect(text).toContain("function lab2");
  expect(text).not.toContain("secret");
});

test("declarations are kept through others that need them", () => {
  const above =
    "const deep = 1;\nconst middle = () => deep;\nclass Program { run() { return middle(); } }\nconst no = 2;";
  const { text } = driver(check("name: 'n', schedules: 1, lab: () => new Program(), expect() {}", above));
  expect(text).toContain("const deep");
  expect(text).toContain("const middle");
  expect(text).not.toContain("const no");
});

test("commas in comments between keys do not confuse it", () => {
  const { text } = driver(
    check("name: 'n' /* a, b */, lab: () => 1 /* c, d */, // e, f\n schedules: 3, expect() {}"),
  );
  expect(text.replace(/\s+/g, "")).toContain("properties:[{lab:()=>1,schedules:3,}]");
});

const REFUSED: [string, string, RegExp][] = [
  [
    "an `after`",
    check("name: 'n', schedules: 1, lab: () => ({ after() {} }), expect() {}"),
    /:\d+: a hidden program has no `after`/,
  ],
  [
    "an `after` in a declaration",
    check("name: 'n', schedules: 1, lab: p", "const p = () => ({ after: 1 });"),
    /:\d+: a hidden program has no `after`/,
  ],
  [
    "a spread property",
    check("...common, name: 'n', lab: p", "const common = {}, p = 1;"),
    /without `\.\.\.`/,
  ],
  [
    "a statement",
    check("name: 'n', lab: () => 1", "console.log(1);"),
    /:\d+: expected only imports and declarations/,
  ],
  ["an import for its effect", check("name: 'n', lab: () => 1", 'import "./x.js";'), /to name what it takes/],
  [
    "an import of a hidden check",
    check("name: 'n', lab: y", 'import { y } from "./y.hidden.js";'),
    /no file may import a hidden check/,
  ],
  [
    "a computed list",
    "import { exercise } from 'x';\nexport default exercise({ id: 'x', properties: [1].map(() => ({})) });",
    /literal list/,
  ],
  ["no program", check("name: 'n'"), /expected a function `lab` or `race`/],
];
for (const [what, source, message] of REFUSED) {
  test(`refused with its line: ${what}`, () => {
    expect(() => driver(source)).toThrow(DriverError);
    expect(() => driver(source)).toThrow(message);
  });
}

test("a visible check may have an `after`", () => {
  const source = check("name: 'n', schedules: 1, lab: () => ({ after() {} }), expect() {}");
  expect(driver(source, false).text).toContain("after()");
});
