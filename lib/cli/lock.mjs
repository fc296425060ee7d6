// The lock of a project folder: only one command at a time installs or builds in it.
//
// Invariants:
//  I1. The lock file exists from before the first change until after the last one, and names every process that may
//      still be changing something: the command itself and the program it runs.
//  I2. It is broken only when all the processes it names are gone (a process id that was given out again is told apart
//      by its start time), and only by one breaker at a time.
//
// A killed command thus never blocks the next one, and its npm, if that outlived it, is waited for.

import { spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const POLL_MS = 200;
const HALF_WRITTEN_MS = 5000;

/**
 * Runs `work` while this process holds the lock of the project.
 *
 * @template T
 * @param {string} root the project folder
 * @param {{ onWait?: (owner: number) => void }} options `onWait` is called once when somebody else holds it
 * @param {(holder: { add(pid: number): void }) => Promise<T>} work `add` names a child that changes the project as well
 * @returns {Promise<T>}
 */
export async function withProjectLock(root, options, work) {
  const file = join(root, ".cache", "start.lock");
  mkdirSync(join(root, ".cache"), { recursive: true });
  const owners = [identity(process.pid)];
  const text = () => `${owners.join("\n")}\n`;
  let told = false;
  while (!tryCreate(file, text())) {
    const owner = breakIfStale(file);
    if (owner === undefined) continue;
    if (!told) options.onWait?.(owner);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const release = () => remove(file);
  process.once("exit", release);
  try {
    return await work({
      add(pid) {
        owners.push(identity(pid));
        writeFileSync(file, text()); // I1
      },
    });
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

function tryCreate(file, text) {
  let handle;
  try {
    handle = openSync(file, "wx");
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
  writeFileSync(handle, text);
  closeSync(handle);
  return true;
}

/** Removes a lock whose processes are all gone (I2). Returns a process that still holds it, or undefined. */
function breakIfStale(file) {
  const holder = livingOwner(file);
  if (holder !== undefined) return holder;
  const breaker = `${file}.break`;
  try {
    mkdirSync(breaker);
  } catch {
    // Somebody else is breaking it, or died doing so.
    if (ageMs(breaker) > HALF_WRITTEN_MS) removeFolder(breaker);
    return 0;
  }
  try {
    if (livingOwner(file) === undefined) remove(file);
  } finally {
    removeFolder(breaker);
  }
  return undefined;
}

function livingOwner(file) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  // Between creating and writing: 0 stands for "somebody".
  if (text === "") return ageMs(file) < HALF_WRITTEN_MS ? 0 : undefined;
  const living = text.split("\n").find((line) => line !== "" && identity(Number.parseInt(line, 10)) === line);
  return living === undefined ? undefined : Number.parseInt(living, 10);
}

/** `<pid> <start time>`: the same for as long as that process lives, never again afterwards. */
function identity(pid) {
  return `${pid} ${startTime(pid)}`;
}

function startTime(pid) {
  if (process.platform === "linux") {
    try {
      // Field 22, counted after the command name, which may itself hold spaces and parentheses.
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    } catch {
      return "gone";
    }
  }
  const ps = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return ps.stdout?.trim() || "gone";
}

function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function remove(file) {
  try {
    unlinkSync(file);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

function removeFolder(folder) {
  try {
    rmdirSync(folder);
  } catch {
    // Already removed by another breaker.
  }
}
