// Goroutines on real threads: Go's scheduler with one M and one P for each thread.

export type { Received, RecvCase, SendCase } from "./chan.js";
export { Chan } from "./chan.js";
export { RunMemoryError } from "./heap.js";
export type { Machine } from "./machine.js";
export { Mutex } from "./mutex.js";
export type { ReportThreadsOptions } from "./report.js";
export { reportThreads } from "./report.js";
export type { RunThreadsOptions } from "./run.js";
export { runThreads } from "./run.js";
export type { Case, DefaultCase, Selected } from "./select.js";
export type { TaskPoolOptions } from "./taskpool.js";
export { TaskPool } from "./taskpool.js";
export { WaitGroup } from "./waitgroup.js";
