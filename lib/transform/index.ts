// Source text in, JavaScript or plain sentences out.
export type { CompiledModule, Problem } from "./compile.js";
export { compileModule, javascriptProblem, showProblem, sourcePosition } from "./compile.js";
export { useCompiler } from "./compiler.js";
export {
  type Blind,
  blindText,
  hasDirective,
  type Interleaved,
  type InterleaveOptions,
  interleave,
} from "./interleaving.js";
export { explainMistakes, type Mistake } from "./mistakes.js";
export { isOpFunction, isOpMethod, isPrimitive } from "./words.js";
