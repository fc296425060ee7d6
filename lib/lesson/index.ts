// What the lessons say besides prose: predictions, claims, rules.
export {
  type AnyProgram,
  type BlockedPrediction,
  type BlockedTruth,
  predictBlocked,
  whoCanBlock,
} from "./blocked.js";
export { type Card, cardHtml, cardText, showCard, type Tone } from "./card.js";
export { claims, claimTable, type PublishedClaim } from "./claims.js";
export { type FieldClaim, fieldClaim, fieldClaimCard } from "./fieldclaim.js";
export type { Guess } from "./guess.js";
export { type NumberOptions, type NumberPrediction, predictNumber } from "./number.js";
export { type PredictOptions, predict, predictSet } from "./predict.js";
export {
  type Prediction,
  type PredictionWords,
  predictionCard,
  predictionOf,
  type TrueAnswer,
  type Truth,
} from "./prediction.js";
export { checkRules, type FieldRule, type RuleResult, rules } from "./rules.js";
export { type Figures, formatUnit, type Unit } from "./unit.js";
