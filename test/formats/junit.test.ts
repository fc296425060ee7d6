// JUnit XML: well-formed whatever the texts, and within the rules of Jenkins' schema. A real reader and the schema itself
// are run in test/nbgrader, where there is Python.
import fc from "fast-check";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { expect, test } from "vitest";
import { junit } from "../../lib/formats/index.js";
import { KINDS, resultOf, someResult } from "./results.js";

interface Node {
  readonly [name: string]: string | Node | readonly Node[] | undefined;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseAttributeValue: false,
  parseTagValue: false,
  trimValues: false,
  isArray: (name) => name === "testcase" || name === "property",
});

const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  testsuites: ["name", "time", "tests", "failures", "errors"],
  testsuite: ["name", "tests", "failures", "errors", "time", "skipped", "timestamp", "hostname", "file"],
  property: ["name", "value"],
  testcase: ["name", "time", "classname"],
  failure: ["type", "message"],
  error: ["type", "message"],
  skipped: ["type", "message"],
};
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  testsuites: ["testsuite"],
  testsuite: ["properties", "testcase", "system-out", "system-err"],
  properties: ["property"],
  testcase: ["skipped", "error", "failure", "system-out", "system-err"],
};
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  testsuite: ["name", "tests", "failures", "errors"],
  property: ["name", "value"],
  testcase: ["name"],
};

/** What breaks the rules of Jenkins' junit-10.xsd, one sentence each. */
function broken(name: string, node: Node | string | undefined): string[] {
  if (node === undefined || typeof node === "string") {
    return (REQUIRED[name] ?? []).map((attribute) => `${name} lacks ${attribute}`);
  }
  const keys = Object.keys(node).filter((key) => key !== "#text");
  const attributes = keys.filter((key) => key.startsWith("@")).map((key) => key.slice(1));
  const children = keys.filter((key) => !key.startsWith("@"));
  return [
    ...attributes.filter((key) => !ATTRIBUTES[name]?.includes(key)).map((key) => `${name} has ${key}`),
    ...(REQUIRED[name] ?? []).filter((key) => !attributes.includes(key)).map((key) => `${name} lacks ${key}`),
    ...children.filter((key) => !CHILDREN[name]?.includes(key)).map((key) => `${name} holds ${key}`),
    ...children.flatMap((key) => [node[key]].flat().flatMap((child) => broken(key, child as Node))),
  ];
}

/** Characters that no XML 1.0 file may hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u;

function parsed(xml: string): Node {
  expect(XMLValidator.validate(xml)).toBe(true);
  expect(xml).not.toMatch(FORBIDDEN);
  const { testsuites } = parser.parse(xml) as { testsuites: Node };
  return testsuites;
}

for (const [kind, result] of KINDS) {
  test(`a result ${kind} is well-formed and within Jenkins' rules`, () => {
    expect(broken("testsuites", parsed(junit(result, { timestamp: "2026-06-01T14:33:11Z" })))).toEqual([]);
  });
}

test("any result is well-formed and within Jenkins' rules, and its counts add up", () => {
  fc.assert(
    fc.property(someResult, (result) => {
      const suites = parsed(junit(result));
      expect(broken("testsuites", suites)).toEqual([]);
      const suite = suites["testsuite"] as Node;
      const cases = (suite["testcase"] ?? []) as readonly Node[];
      const count = (key: string): string => `${cases.filter((one) => key in one).length}`;
      expect([suite["@tests"], suite["@failures"], suite["@errors"], suite["@skipped"]]).toEqual([
        `${result.properties.length}`,
        count("failure"),
        count("error"),
        count("skipped"),
      ]);
    }),
    { numRuns: 100 },
  );
});

test("the rules can fail: an attribute, a child and a missing name are found", () => {
  const xml =
    '<testsuites><testsuite tests="1" failures="0" errors="0"><testcase name="a" line="3"/><x/></testsuite></testsuites>';
  expect(broken("testsuites", (parser.parse(xml) as { testsuites: Node }).testsuites)).toEqual([
    "testsuite lacks name",
    "testsuite holds x",
    "testcase has line",
  ]);
});

test("texts come back as they were, markup and quotes included", () => {
  const message = `a < b && c > "d" 'e' ]]> & &amp; <failure>`;
  const result = resultOf([{ ...KINDS[1]![1].properties[1]!, name: message, message }]);
  const suite = parsed(junit(result))["testsuite"] as Node;
  const [first] = suite["testcase"] as readonly [Node];
  expect(first["@name"]).toBe(message);
  expect((first["failure"] as Node)["#text"]).toContain(message);
  expect((first["failure"] as Node)["@type"]).toBe("wrong-result");
});

test("points and seed are properties of the suite, and a value that reads true stays a value", () => {
  const result = resultOf([{ ...KINDS[1]![1].properties[1]!, name: "true", seed: "true" }]);
  const suite = parsed(junit(result))["testsuite"] as Node;
  const { property } = suite["properties"] as Node;
  expect(property).toEqual([
    { "@name": "points", "@value": "0" },
    { "@name": "max_points", "@value": "3" },
    { "@name": "seed", "@value": "true" },
    { "@name": "isolation", "@value": "own process and process group" },
  ]);
});
