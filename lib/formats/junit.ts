// junit: a result as JUnit XML, which CI servers show: Jenkins, GitLab, and the readers made for GitHub.
//
// Source: there is no standard; this keeps to what Jenkins' schema (xunit plugin, junit-10.xsd) allows and the others
// read. It has no place for points, so they are properties of the suite. A property that could not be judged is
// `skipped`, a check that is itself at fault an `error`. Logs are public, so hidden properties are told in general words.
import { XMLBuilder } from "fast-xml-parser";
import { type CheckResult, type PropertyResult, studentView } from "../grade/index.js";
import { cleanText, cutBytes } from "./text.js";
import { nameOf, overallText, propertyText, secondsOf } from "./words.js";

export interface JUnitOptions {
  /** When the check ran, e.g. `2026-06-01T14:32:05Z`. */
  readonly timestamp?: string;
}

type Kind = "passed" | "failure" | "error" | "skipped";

const TEXT_BYTES = 256 << 10;

/** Writes a result as the text of an XML file. **Cost:** O(size of the result). */
export function junit(result: CheckResult, options: JUnitOptions = {}): string {
  const shown = studentView(result);
  const kinds = shown.properties.map(kindOf);
  const count = (kind: Kind): number => kinds.filter((other) => other === kind).length;
  const counts = { "@tests": kinds.length, "@failures": count("failure"), "@errors": count("error") };
  const time = secondsOf(shown.elapsedMs).toFixed(3);
  const systemOut = cutBytes(overallText(shown), TEXT_BYTES);
  const suite = {
    "@name": shown.id,
    ...counts,
    "@skipped": count("skipped"),
    "@time": time,
    ...(options.timestamp === undefined ? {} : { "@timestamp": options.timestamp }),
    "@file": `${shown.id}.ts`,
    properties: { property: suiteProperties(shown) },
    testcase: shown.properties.map((property, index) => testcase(shown.id, property, index, kinds[index]!)),
    ...(systemOut === "" ? {} : { "system-out": systemOut }),
  };
  const document = {
    "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
    testsuites: { "@name": "happens-before", ...counts, "@time": time, testsuite: suite },
  };
  return new XMLBuilder({
    attributeNamePrefix: "@",
    format: true,
    ignoreAttributes: false,
    suppressBooleanAttributes: false,
    suppressEmptyNode: true,
  }).build(document);
}

function kindOf({ status, verdict }: PropertyResult): Kind {
  if (status === "pass") return "passed";
  if (status === "fail") return "failure";
  return verdict === "check-failed" ? "error" : "skipped";
}

function suiteProperties(result: CheckResult): { "@name": string; "@value": string }[] {
  const seed = result.properties.find((property) => property.seed !== undefined)?.seed;
  const rows: [string, string][] = [
    ["points", `${result.points}`],
    ["max_points", `${result.maxPoints}`],
    ...(seed === undefined ? [] : ([["seed", line(seed)]] as [string, string][])),
    ...result.isolation.map((what): [string, string] => ["isolation", line(what)]),
  ];
  return rows.map(([name, value]) => ({ "@name": name, "@value": value }));
}

function testcase(id: string, property: PropertyResult, index: number, kind: Kind): object {
  const head = {
    "@name": nameOf(property, index),
    "@classname": id.replace("/", "."),
    "@time": secondsOf(property.elapsedMs).toFixed(3),
  };
  if (kind === "passed") return head;
  const text = cutBytes(propertyText(property), TEXT_BYTES);
  return { ...head, [kind]: { "@message": line(text), "@type": property.verdict, "#text": text } };
}

/** The first line, for an attribute: readers turn line ends in attributes into spaces. */
function line(text: string): string {
  return (cleanText(text).split("\n")[0] ?? "")
    .replaceAll("\t", " ")
    .slice(0, 500)
    .replace(/[\uD800-\uDBFF]$/, "");
}
