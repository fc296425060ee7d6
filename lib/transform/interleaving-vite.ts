// A plugin for Vite and vitest: applies the directive to files of the project, also to tests.
import { compileModule } from "./compile.js";
import { type Blind, blindText, hasDirective, interleave } from "./interleaving.js";

/** What a plugin of Vite or Rollup is, as far as it is needed here. */
export interface InterleavingPlugin {
  readonly name: string;
  readonly enforce: "pre";
  transform(code: string, id: string): { code: string; map: string } | undefined;
}

/**
 * Returns the plugin. A file that opens with `"use interleaving"` is transformed; others pass untouched.
 *
 * In `vitest.config.ts`: `plugins: [interleaving()]`.
 *
 * @throws {SyntaxError} from `transform`, for a file with the directive that does not parse, with its place
 * @example
 * const plugin = interleaving();
 * console.log(plugin.transform("let n = 0;", "/src/n.ts")); // prints: undefined
 */
export function interleaving(): InterleavingPlugin {
  return {
    name: "happens-before:interleaving",
    enforce: "pre",
    transform: (code, id) => {
      const file = id.replace(/[?#].*$/, "");
      if (!/\.[cm]?[jt]s$/.test(file) || !hasDirective(code)) return undefined;
      const { blind, ...made } = transformFile(code, file);
      if (blind.length > 0) console.warn(blindText(blind, file).trimEnd());
      return made;
    },
  };
}

/**
 * Applies the directive to the text of a file, JavaScript or TypeScript, that opens with it.
 *
 * @throws {SyntaxError} `orders.ts:3:7 - Expression expected.`
 */
export function transformFile(
  source: string,
  file: string,
): { code: string; map: string; blind: readonly Blind[] } {
  if (/\.[cm]?ts$/.test(file)) {
    const made = compileModule(source, file);
    const [problem] = made.problems;
    if (problem === undefined) return { code: withoutMap(made.code), map: made.map, blind: made.blind ?? [] };
    throw new SyntaxError(`${file}:${problem.line}:${problem.column} - ${problem.message}`);
  }
  try {
    const made = interleave(source, { file });
    return made ?? { code: source, map: "", blind: [] };
  } catch (error) {
    const { loc } = error as { loc?: { line: number; column: number } };
    if (!(error instanceof SyntaxError) || loc === undefined) throw error;
    throw new SyntaxError(`${file}:${loc.line}:${loc.column + 1} - ${error.message}`);
  }
}

function withoutMap(code: string): string {
  return code.replace(/\/\/# sourceMappingURL=[^\n]*\s*$/, "");
}
