// Linearizability and sequential consistency of recorded histories.
export type { CheckOptions } from "./budget.js";
export { checkLinearizable, type Linearizability, type LinearPart } from "./check.js";
export { type DrawOptions, drawLinear, type LinearBar, type LinearDrawing } from "./drawing.js";
export { type Edn, readEdn } from "./edn.js";
export { History } from "./history.js";
export {
  type JepsenInput,
  type JepsenOutput,
  readJepsen,
  readKeyValueLog,
  readRegisterLog,
} from "./jepsen.js";
export { type Applied, type Model, modelOf, REFUSED, type Specification, type Stepped } from "./model.js";
export { models } from "./models.js";
export type { Operation } from "./operation.js";
export type { Found, LinearVerdict, PartialLinearization } from "./search.js";
export type { DequeInput, QueueInput, SequenceOptions, SequenceOutput } from "./sequences.js";
export { checkSequential, type SequentialConsistency } from "./sequential.js";
export type { Span } from "./span.js";
export { linearText } from "./text.js";
export type {
  CasRegisterInput,
  CounterInput,
  LockInput,
  MapInput,
  RegisterInput,
  SetInput,
} from "./values.js";
