// similar: which texts for one exercise are so alike that a person should look at both.
//
// Texts are compared as sequences of tokens without names, comments and layout, so renaming and reformatting hide
// nothing. Counted is what two texts share beyond the starter, and beyond what half of the class wrote.
//
// Source: winnowing (Schleimer, Wilkerson, Aiken, 2003) as in Dolos, whose index is used with a window of one: all
// runs of tokens count. Its own `similarity` is not used: it subtracts the left file's ignored runs from both.
import { File, type FileEntry, FingerprintIndex, Pair, Region, TokenizedFile } from "@dodona/dolos-core";
import ts from "typescript";

/** A text of somebody. */
export interface Text {
  readonly student: string;
  readonly exercise: string;
  readonly text: string;
}

/** Lines of both texts that say the same; 1-based, inclusive. */
export interface Match {
  readonly left: readonly [first: number, last: number];
  readonly right: readonly [first: number, last: number];
}

/** Two texts that are alike. */
export interface SimilarPair {
  readonly exercise: string;
  readonly left: string;
  readonly right: string;
  /** How much of both texts' own part is shared, 0 to 1. */
  readonly fraction: number;
  /** Runs of tokens that they share; few of them say little. */
  readonly shared: number;
  readonly matches: readonly Match[];
}

export interface SimilarOptions {
  /** The text that everybody began with; undefined when there is none. */
  starter(exercise: string): string | undefined;
  /** The least fraction that is told, 0 to 1. Default 0.8. */
  readonly threshold?: number;
}

/** Tokens in a row that count as one piece of evidence: a short statement. */
const RUN = 10;
/** Below so many shared runs, two right answers are alike because the exercise is short. */
const LEAST_SHARED = 15;
/** What so many texts have in common, nobody has from another. */
const COMMON_SHARE = 0.5;
const COMMON_LEAST = 5;

/**
 * Finds the pairs of texts that are alike, per exercise, most alike first.
 *
 * **Cost:** about 1 ms a text, and 2 µs a pair; 200 texts of one exercise take half a second.
 * @example
 * const text = (name: string) => `export function* ${name}(): Go { for (let i = 0; i < 3; i++) { say(i); if (i > 1) stop(i, "a", [1, 2]); } }`;
 * const texts = ["ada", "bob"].map((student) => ({ student, exercise: "06-x/y", text: text(student) }));
 * const [pair] = similarPairs(texts, { starter: () => undefined });
 * console.log(pair?.left, pair?.right, pair?.fraction); // prints: ada bob 1
 */
export function similarPairs(texts: readonly Text[], options: SimilarOptions): SimilarPair[] {
  const exercises = [...new Set(texts.map(({ exercise }) => exercise))].sort();
  return exercises.flatMap((exercise) => {
    const own = texts.filter((text) => text.exercise === exercise);
    return pairsOf(exercise, own, options);
  });
}

function pairsOf(exercise: string, texts: readonly Text[], options: SimilarOptions): SimilarPair[] {
  const most = Math.max(COMMON_LEAST, Math.ceil(texts.length * COMMON_SHARE));
  const index = new FingerprintIndex(RUN, 1, false, most);
  index.addFiles(texts.map(({ student, text }) => tokenized(student, text)));
  const starter = options.starter(exercise);
  // After the others: the index forgets what is ignored when a later file has it again.
  if (starter !== undefined) index.addIgnoredFile(tokenized("starter", starter));
  const entries = index.entries();
  const own = entries.map((entry) => ownRuns(entry));
  const pairs: SimilarPair[] = [];
  for (let i = 0; i < entries.length; i++) {
    for (let j = i + 1; j < entries.length; j++) {
      const [left, right] = [entries[i]!, entries[j]!];
      const shared = sharedRuns(left, right);
      const fraction = shared / (own[i]! + own[j]!);
      if (shared < 2 * LEAST_SHARED || fraction < (options.threshold ?? 0.8)) continue;
      pairs.push({
        exercise,
        left: texts[i]!.student,
        right: texts[j]!.student,
        fraction: Math.round(fraction * 100) / 100,
        shared: Math.round(shared / 2),
        matches: matchesOf(left, right),
      });
    }
  }
  return pairs.sort((a, b) => b.fraction - a.fraction || b.shared - a.shared || (a.left < b.left ? -1 : 1));
}

/** How many runs a text has of its own. */
function ownRuns({ file, shared }: FileEntry): number {
  let runs = 0;
  for (const fingerprint of shared) runs += fingerprint.occurrencesOf(file).length;
  return runs;
}

/** How many runs of either text are in the other one, counted on both sides. */
function sharedRuns(left: FileEntry, right: FileEntry): number {
  let runs = 0;
  for (const fingerprint of left.shared) {
    if (!right.shared.has(fingerprint)) continue;
    runs += fingerprint.occurrencesOf(left.file).length + fingerprint.occurrencesOf(right.file).length;
  }
  return runs;
}

function matchesOf(left: FileEntry, right: FileEntry): Match[] {
  const found = new Pair(left, right).buildFragments(2).map(({ leftSelection, rightSelection }) => ({
    left: [leftSelection.startRow + 1, leftSelection.endRow + 1] as const,
    right: [rightSelection.startRow + 1, rightSelection.endRow + 1] as const,
  }));
  const isInside = (a: readonly [number, number], b: readonly [number, number]): boolean =>
    a[0] >= b[0] && a[1] <= b[1];
  return found.filter(
    (one, at) =>
      !found.some(
        (other, before) =>
          other !== one &&
          isInside(one.left, other.left) &&
          isInside(one.right, other.right) &&
          (!isInside(other.left, one.left) || !isInside(other.right, one.right) || before < at),
      ),
  );
}

function tokenized(name: string, text: string): TokenizedFile {
  const { tokens, places } = tokensOf(text);
  return new TokenizedFile(new File(name, text), tokens, places);
}

/** The kinds of a text's tokens. Names are all alike; so are numbers, and strings. */
function tokensOf(text: string): { tokens: string[]; places: Region[] } {
  const lineOf = lineFinder(text);
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text);
  const tokens: string[] = [];
  const places: Region[] = [];
  const templates: number[] = []; // open braces within each open `${`
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    const inner = templates.length - 1;
    if (kind === ts.SyntaxKind.OpenBraceToken && inner >= 0) templates[inner]! += 1;
    if (kind === ts.SyntaxKind.CloseBraceToken && inner >= 0) {
      if (templates[inner] === 0) kind = scanner.reScanTemplateToken(false);
      else templates[inner]! -= 1;
    }
    if (kind === ts.SyntaxKind.TemplateHead) templates.push(0);
    if (kind === ts.SyntaxKind.TemplateTail) templates.pop();
    const [start, end] = [lineOf(scanner.getTokenStart()), lineOf(scanner.getTokenEnd())];
    tokens.push(ts.SyntaxKind[kind]);
    places.push(new Region(start.line, start.column, end.line, end.column));
  }
  return { tokens, places };
}

/** Tells line and column, both from 0, of offsets that are asked for in ascending order, roughly. */
function lineFinder(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  let line = 0;
  return (offset) => {
    while (starts[line]! > offset) line -= 1;
    while (starts[line + 1] !== undefined && starts[line + 1]! <= offset) line += 1;
    return { line, column: offset - starts[line]! };
  };
}
