// studentView: a result without what only the teacher may read.
//
// Invariant I1: no name, message, hint, seed, schedule or picture of a hidden property is in it, wherever it stood: the
// problem of the whole submission ("stopped in …") and the other properties may quote a name, too.
import { MEANING } from "./advice.js";
import type { CheckResult, PropertyResult } from "./result.js";
import { mapStrings } from "./tidy.js";

/**
 * Returns what a student may read of a result. A hidden property keeps its points and its verdict, in general words,
 * under a name that says nothing: `hidden check 1`. Without hidden properties the result is returned as it is.
 *
 * **Cost:** O(size of the result).
 */
export function studentView(result: CheckResult): CheckResult {
  const hidden = result.properties.filter(isHidden);
  if (hidden.length === 0) return result;
  const publicNames = new Map(hidden.map((property, index) => [property, `hidden check ${index + 1}`]));
  // The longest name first: one may begin with another.
  const quoted = [...publicNames].sort(([a], [b]) => b.name.length - a.name.length);
  const hide = (text: string): string =>
    quoted.reduce((rest, [{ name }, other]) => (name === "" ? rest : rest.replaceAll(name, other)), text);
  const { problem, properties, notes, output } = result;
  return {
    ...result,
    ...(problem === undefined ? {} : { problem: { ...mapStrings(problem, hide), verdict: problem.verdict } }),
    properties: properties.map((property) => {
      const name = publicNames.get(property);
      if (name !== undefined) return withoutWords(property, name);
      const { status, verdict } = property;
      return { ...mapStrings(property, hide), status, verdict };
    }),
    notes: mapStrings(notes, hide),
    output: hide(output),
  };
}

/** True for a property of which students see points and verdict only. */
export function isHidden(property: PropertyResult): boolean {
  return property.visibility === "hidden";
}

function withoutWords(property: PropertyResult, name: string): PropertyResult {
  const { status, points, maxPoints, verdict, elapsedMs } = property;
  const message = status === "pass" ? "" : MEANING[verdict];
  return { name, status, visibility: "hidden", points, maxPoints, verdict, message, hints: [], elapsedMs };
}
