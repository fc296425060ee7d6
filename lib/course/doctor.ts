// doctor: whether this machine can do what the course asks of it, and what to do where it cannot.
//
// Nothing is changed; each question is really tried (a file is written, a sandbox started, a change watched).
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { calibrate } from "../bench/index.js";
import { boundaryFor, courseState } from "../grade/index.js";
import { judgeNoise } from "../stats/index.js";
import { FileWatch } from "./filewatch.js";

/** One question and its answer. */
export interface Finding {
  readonly name: string;
  /** `warn`: something is left out, the rest works. `fail`: the course cannot work like this. */
  readonly status: "ok" | "warn" | "fail";
  /** What was found. */
  readonly found: string;
  /** What to do; missing when all is well. */
  readonly todo?: string;
}

export interface DoctorOptions {
  readonly root: string;
  /** Finds a Python for JupyterLab; rejects with a sentence and what to do. */
  findPython(): Promise<{ readonly python: string; readonly version: string }>;
  /** Whether a browser window can appear here. */
  hasDisplay(): boolean;
}

const ENOUGH_MB = 300;
const QUIET_MS = 300;
const WATCH_PATIENCE_MS = 3_000;

/** Asks everything, in a fixed order. **Cost:** about two seconds, most of it timing the cores. */
export async function examine(options: DoctorOptions): Promise<Finding[]> {
  const { root } = options;
  return [
    { name: "Node", status: "ok", found: `${process.version} at ${process.execPath}` },
    folderFinding(root),
    progressFinding(root),
    diskFinding(root),
    await watchFinding(root),
    await pythonFinding(options),
    labFinding(root),
    browserFinding(options),
    await sandboxFinding(),
    coresFinding(),
    await noiseFinding(),
  ];
}

function folderFinding(root: string): Finding {
  const name = "Project folder";
  try {
    rmSync(probeFolder(root), { recursive: true });
    return { name, status: "ok", found: `${root} can be written` };
  } catch (error) {
    const todo = "Copy the project to a folder that you can write to, and work there.";
    return { name, status: "fail", found: (error as Error).message, todo };
  }
}

function probeFolder(root: string): string {
  mkdirSync(join(root, ".cache"), { recursive: true });
  return mkdtempSync(join(root, ".cache", "doctor-"));
}

function progressFinding(root: string): Finding {
  const name = "Your progress";
  const state = courseState(root);
  try {
    if (!existsSync(state.path)) return { name, status: "ok", found: "none yet; the first check begins it" };
    const done = Object.values(state.read().exercises).filter(({ isDone }) => isDone).length;
    return { name, status: "ok", found: `${done} ${done === 1 ? "exercise" : "exercises"} done` };
  } catch (error) {
    const todo = `Look at ${state.path}; without it you begin anew, your texts stay.`;
    return { name, status: "fail", found: (error as Error).message, todo };
  }
}

function diskFinding(root: string): Finding {
  const { bavail, bsize } = statfsSync(root);
  const freeMb = Math.floor((bavail * bsize) / 1e6);
  const found = `${freeMb} MB free`;
  if (freeMb >= ENOUGH_MB) return { name: "Disk", status: "ok", found };
  return { name: "Disk", status: "warn", found, todo: `Free some space: ${ENOUGH_MB} MB are enough.` };
}

/** Writes a file and waits until the watcher has seen it. */
async function watchFinding(root: string): Promise<Finding> {
  const name = "Watching files";
  const todo = "Set HB_POLL=1: then your files are looked at every second.";
  let folder: string;
  try {
    folder = probeFolder(root);
  } catch (error) {
    return { name, status: "warn", found: (error as Error).message };
  }
  try {
    const tookMs = await seenAfter(folder);
    if (tookMs !== undefined)
      return { name, status: "ok", found: `a change is seen after ${tookMs.toFixed(0)} ms` };
    return { name, status: "warn", found: "a change was not seen; is this a network drive?", todo };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function seenAfter(folder: string): Promise<number | undefined> {
  const file = join(folder, "probe.ts");
  writeFileSync(file, "1");
  let begunMs = 0;
  let watch: FileWatch | undefined;
  const seen = await new Promise<number | undefined>((resolve) => {
    const fuse = setTimeout(() => resolve(undefined), WATCH_PATIENCE_MS);
    const done = (value: number | undefined): void => {
      clearTimeout(fuse);
      resolve(value);
    };
    watch = new FileWatch(
      { folders: [folder], files: [] },
      {
        ready() {
          begunMs = performance.now();
          writeFileSync(file, "2");
        },
        changed: () => done(performance.now() - begunMs),
        removed() {},
        polling: () => done(undefined),
      },
    );
    watch.remember(file);
  });
  await watch?.close();
  return seen;
}

async function pythonFinding({ findPython }: DoctorOptions): Promise<Finding> {
  const name = "Python";
  try {
    const { python, version } = await findPython();
    return { name, status: "ok", found: `${version} at ${python}` };
  } catch (error) {
    const { message, next = [] } = error as Error & { next?: readonly string[] };
    return { name, status: "warn", found: message, todo: next.join("\n") };
  }
}

function labFinding(root: string): Finding {
  const name = "JupyterLab";
  const kernel = join(root, ".python", "env", "share", "jupyter", "kernels", "happens-before", "kernel.json");
  if (existsSync(kernel))
    return { name, status: "ok", found: "installed in .python/env, with the course's kernel" };
  const todo = "`npm start` installs it. Everything in the terminal works without.";
  return { name, status: "warn", found: "not installed yet", todo };
}

function browserFinding({ hasDisplay }: DoctorOptions): Finding {
  const name = "Browser";
  if (hasDisplay()) return { name, status: "ok", found: "a window can be opened" };
  const todo =
    "`npm start` prints an address; open it where you have a browser (over ssh: forward the port).";
  return { name, status: "warn", found: "no display here", todo };
}

/** What puts a wall around other people's code. Your own needs none. */
async function sandboxFinding(): Promise<Finding> {
  const name = "Sandbox";
  try {
    const { kind } = await boundaryFor("strict");
    return { name, status: "ok", found: kind };
  } catch (error) {
    const [found = "", ...advice] = (error as Error).message.split(/(?<=\.) /);
    const todo = ["Only for grading other people's code:", ...advice].join(" ");
    return { name, status: "warn", found, todo };
  }
}

function coresFinding(): Finding {
  const name = "Cores";
  const cores = availableParallelism();
  if (cores > 1) return { name, status: "ok", found: `${cores}` };
  const todo =
    "The laboratory does not mind; on one core threads only take turns, so measurements show little.";
  return { name, status: "warn", found: "1", todo };
}

async function noiseFinding(): Promise<Finding> {
  const name = "Quiet machine";
  const calibrations = [];
  for (let i = 0; i < 3; i++) calibrations.push(await calibrate(availableParallelism(), QUIET_MS));
  const { isNoisy, note } = judgeNoise(calibrations);
  if (!isNoisy) return { name, status: "ok", found: note };
  const todo = "Close other programs before measured exercises; the laboratory does not mind.";
  return { name, status: "warn", found: note, todo };
}
