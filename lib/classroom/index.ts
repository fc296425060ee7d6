// A class: hundreds of submissions graded on one machine or many, and what a teacher sees of them.

export { classPage } from "./classpage.js";
export type { Cluster } from "./clusters.js";
export { collect } from "./collect.js";
export { classCsv } from "./csv.js";
export { type Desk, DeskError, type Task } from "./desk.js";
export { feedbackPage, writeFeedback } from "./feedback.js";
export { CLASS_FORMATS, writeFormats } from "./formatfiles.js";
export { type ClassOptions, type ClassProgress, type ClassRun, gradeClass } from "./gradeclass.js";
export {
  type HandoutFile,
  type HandoutOptions,
  handoutFiles,
  UnknownUnitError,
  writeHandout,
  writeRelease,
} from "./handout.js";
export { Course, isInShard, parseShard, type Settings, type Shard } from "./identity.js";
export { LocalDesk, type LocalDeskOptions } from "./localdesk.js";
export { QueueError } from "./queue.js";
export { openQueueDesk, type QueueDeskOptions } from "./queuedesk.js";
export { type ClassReport, type Column, classReport, type Row, type Standing } from "./report.js";
export { type ClassRecord, type Expected, type Manifest, Results, ResultsError } from "./results.js";
export { type Match, type SimilarOptions, type SimilarPair, similarPairs, type Text } from "./similar.js";
export type { Collected, Submission, Unrecognised } from "./submission.js";
export { mergeResults, type Summary, summarise } from "./summary.js";
export { type RunningWorker, startWorker, type WorkerOptions } from "./worker.js";
