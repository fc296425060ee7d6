// submissionImports: what a submission may import, decided from its text: the library, and nothing else.
//
// A module of Node would give it files, sockets and other processes, and with them everything that the verdict rests
// on. What cannot be read from the text (`import(name)`) is refused as a whole.
import { parse } from "acorn";
import { excerptAt } from "./prepare.js";
import type { Problem } from "./result.js";
import { visit } from "./visit.js";

/** Entries of the package that hold no way to files and processes of the grader. */
const ALLOWED = new Set([
  "happens-before",
  "happens-before/access",
  "happens-before/bench",
  "happens-before/mn",
  "happens-before/plot",
  "happens-before/threads",
]);

const RULE = "A submission may import `happens-before` and `happens-before/threads`, and nothing else.";

/**
 * Returns the entries of the library that a submission imports; or why it may not be loaded.
 *
 * @param code what `prepare` made of `text`
 */
export function submissionImports(code: string, text: string, fileName: string): readonly string[] | Problem {
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  const imports = new Set<string>();
  let refused: string | undefined;
  visit(program, (node) => {
    if (refused !== undefined) return;
    if (node.type === "ImportExpression") refused = "import(";
    if (!/^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type)) return;
    const from = (node as { source?: { value?: unknown } | null }).source?.value;
    if (typeof from !== "string") return;
    if (ALLOWED.has(from)) imports.add(from);
    else refused = from;
  });
  if (refused === undefined) return [...imports];
  const at = placeOf(refused, text, fileName);
  return { verdict: "does-not-compile", message: messageOf(refused), at, excerpt: excerptAt(text, at) };
}

function messageOf(refused: string): string {
  if (refused === "import(") return `An import inside of the code, \`import(…)\`, is refused here. ${RULE}`;
  const isPackage = /^[@\w]/.test(refused) && !refused.startsWith("node:");
  if (isPackage) return `Cannot find package '${refused}'. ${RULE}`;
  return `The import of "${refused}" is refused. ${RULE}`;
}

/** Where the learner wrote it. */
function placeOf(
  refused: string,
  text: string,
  file: string,
): { file: string; line: number; column: number } {
  const pattern = refused === "import(" ? /\bimport\s*\(/ : new RegExp(`["']${escaped(refused)}["']`);
  const offset = Math.max(0, text.search(pattern));
  const before = text.slice(0, offset).split("\n");
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
