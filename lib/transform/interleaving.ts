// interleave: the directive `"use interleaving"`. A text that opens with it gets an event, and in goroutines a
// scheduling point, before every access to a variable that functions share, and to a property that somebody writes.
//
// Variables stay where they are: `counter++` becomes
//   (counter = (yield* hb.write(v, hb.up(((yield* hb.read(v)), counter)))))
// so values, closures, scopes and the order of evaluation are what they were. A text without the directive is not
// touched.
//
// Rejected: boxing (every variable becomes `v.value`, and debuggers show boxes); a copy of V8's own events (none).
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { Blind } from "./interleaving-blind.js";
import { isFunction, readModule } from "./interleaving-reading.js";
import { Rewriter } from "./interleaving-rewriter.js";
import { weave } from "./interleaving-rope.js";

export type { Blind };

export interface InterleaveOptions {
  /** The name of the source in the map. */
  readonly file: string;
  /** The map, JSON text, that leads from `code` to what was written, when `code` was made from something else. */
  readonly map?: string;
  /** True for a cell: what its top level declares is shared with other cells through `exports`. */
  readonly isCell?: boolean;
}

/** A text after the directive was applied. */
export interface Interleaved {
  readonly code: string;
  /** JSON text of the map from `code` to what was written. */
  readonly map: string;
  /** What cannot be seen, with its place in what was written. */
  readonly blind: readonly Blind[];
}

const COMMENTS = String.raw`(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*`;
const DIRECTIVE = new RegExp(
  String.raw`^(?:#![^\n]*\n)?${COMMENTS}(?:(["'])use strict\1;?${COMMENTS})?(["'])use interleaving\2`,
);

/** Tells whether a text, JavaScript or TypeScript, opens with the directive and was not transformed yet. */
export function hasDirective(source: string): boolean {
  return DIRECTIVE.test(source) && !/\bfrom "happens-before\/access"/.test(source);
}

/**
 * Applies the directive to JavaScript (types removed). Returns undefined for a text that does not open with it.
 *
 * The result imports `happens-before/access`. **Cost:** about 1 ms for 100 lines.
 *
 * @throws {SyntaxError} for code that does not parse
 * @example
 * const out = interleave('"use interleaving";\nlet n = 0;\nfunction* inc() { n++; }', { file: "n.js" });
 * console.log(out?.code.split("\n")[2]);
 * // prints: function* inc() { (n = (yield* __hb.write(__hb_n, __hb.up(((yield* __hb.read(__hb_n)), n))))); }
 */
export function interleave(code: string, options: InterleaveOptions): Interleaved | undefined {
  if (!hasDirective(code)) return undefined;
  const reading = readModule(code, options.isCell ?? false);
  const rewriter = new Rewriter(reading);
  for (const node of reading.parents.keys()) {
    if (isFunction(node) && node.generator && !reading.goroutines.has(node) && node.async) {
      rewriter.cannotSee(
        node,
        "an async generator cannot be a goroutine: accesses in it cannot be interleaved",
      );
    }
  }
  const inner = options.map === undefined ? undefined : new TraceMap(options.map);
  const origin = { file: options.file, ...(inner === undefined ? {} : { inner }) };
  const woven = weave(rewriter.program(), code, origin);
  return {
    ...woven,
    blind: inner === undefined ? rewriter.blind : rewriter.blind.map((one) => placed(one, inner)),
  };
}

function placed(blind: Blind, map: TraceMap): Blind {
  const found = originalPositionFor(map, { line: blind.line, column: blind.column - 1 });
  return found.line === null ? blind : { ...blind, line: found.line, column: found.column + 1 };
}

/** A line for each thing that cannot be seen: `orders.ts:3:10 - a `delete` with `?.` is not seen: …`. */
export function blindText(blind: readonly Blind[], file: string): string {
  return blind.map(({ line, column, message }) => `${file}:${line}:${column} - ${message}\n`).join("");
}
