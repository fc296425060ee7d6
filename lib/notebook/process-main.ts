// The process in which the cells of a session run: `node process-main.js <project root>`, started by process.ts.
import { Executor } from "./executor.js";

new Executor(process.argv[2] ?? process.cwd()).start();
