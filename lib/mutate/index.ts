// Mutation testing of the exercises' checks.
export { type Edit, edited, type Mistake, type Mutant } from "./mutant.js";
export { mutantsOf, OPERATORS } from "./mutants.js";
export {
  type Equivalents,
  type Fate,
  type MutationScore,
  mutationScore,
  type ScoreOptions,
  scoreOf,
  solutionFile,
} from "./score.js";
