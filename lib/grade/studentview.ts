// studentView: a result without what only the teacher may read.
//
// Invariant I1: no name, message, hint, seed, schedule or picture of a hidden property is in it, wherever it stood: the
// problem of the whole submission ("stopped in …") and the other properties may quote a name, too. Nor is a hidden file's
// name, a line of it, or its text, which Node prints when a hidden program takes the process down.
import { MEANING } from "./advice.js";
import type { CheckResult, Problem, PropertyResult } from "./result.js";
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
    withoutHiddenFiles(
      quoted.reduce((rest, [{ name }, other]) => (name === "" ? rest : rest.replaceAll(name, other)), text),
    );
  const { problem, properties, notes, output } = result;
  return {
    ...result,
    ...(problem === undefined ? {} : { problem: withoutHiddenPlace(problem, hide) }),
    properties: properties.map((property) => {
      const name = publicNames.get(property);
      if (name !== undefined) return withoutWords(property, name);
      const { status, verdict, visibility } = property; // words of ours, whatever a hidden name is
      const own = { status, verdict, ...(visibility === undefined ? {} : { visibility }) };
      return { ...mapStrings(property, hide), ...own };
    }),
    notes: mapStrings(notes, hide),
    output: hide(beforeHidden(output)),
  };
}

/** The end of a hidden file's name, with its line. */
const HIDDEN_FILE = /\.hidden\.[cm]?[jt]s(?:\?[\w.]*)?(?::\d+){0,2}/g;
/** What a name and its folders end at, to the left. */
const BEFORE_NAME = /[\s"'`()]/;

/** Puts general words in the place of every hidden file, with its folders and its line, as a stack names it. */
function withoutHiddenFiles(text: string): string {
  let from = 0;
  let shown = "";
  for (const { 0: end, index } of text.matchAll(HIDDEN_FILE)) {
    let start = index;
    while (start > from && !BEFORE_NAME.test(text[start - 1]!)) start -= 1;
    shown += `${text.slice(from, start)}a hidden check`;
    from = index + end.length;
  }
  return from === 0 ? text : shown + text.slice(from);
}

/** What is printed before the first line that names a hidden file: there begin Node's last words, with that line's text. */
function beforeHidden(output: string): string {
  const at = output.search(HIDDEN_FILE);
  return at < 0 ? output : output.slice(0, output.lastIndexOf("\n", at) + 1);
}

function withoutHiddenPlace(problem: Problem, hide: (text: string) => string): Problem {
  const { at, excerpt, ...rest } = problem;
  const isOwn = at === undefined || at.file.search(HIDDEN_FILE) < 0;
  const place = isOwn ? { ...(at && { at }), ...(excerpt !== undefined && { excerpt }) } : {};
  return { ...mapStrings({ ...rest, ...place }, hide), verdict: problem.verdict };
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
