// Contexts: deadlines, cancellation, values.
export { afterCancel } from "./aftercancel.js";
export type { CancelCauseFunc, CancelFunc, Context } from "./context.js";
export { Canceled, DeadlineExceeded } from "./errors.js";
export { background, todo } from "./node.js";
export { cause } from "./propagate.js";
export { newTask, type Region, startRegion, type Task, traceEnabled, traceLog, withRegion } from "./task.js";
export { withCancel, withCancelCause } from "./withcancel.js";
export { withDeadline, withDeadlineCause, withTimeout, withTimeoutCause } from "./withdeadline.js";
export { withoutCancel, withValue } from "./withvalue.js";
