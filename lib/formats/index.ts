// Results in the formats of other systems.
export {
  type Classroom50Context,
  type Classroom50Result,
  classroom50,
  classroom50Context,
} from "./classroom50.js";
export { type ExercismOptions, type ExercismResults, exercism } from "./exercism.js";
export { FORMATS, type FormatContext, type FormatName, formatResult, formatter } from "./formats.js";
export { type GradescopeOptions, type GradescopeResults, gradescope } from "./gradescope.js";
export { type JsonOptions, type JsonResult, json, RESULT_SCHEMA } from "./json.js";
export { type JUnitOptions, junit } from "./junit.js";
export { type LegacyResult, legacy, legacyOutput } from "./legacy.js";
export { type PrairieLearnResults, prairielearn } from "./prairielearn.js";
