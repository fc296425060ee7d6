// Child processes of the start and test commands: their output is watched line by line and kept for the message
// if they fail; they never outlive us when we are interrupted.

import { spawn } from "node:child_process";

const KEPT_LINES = 400;
const children = new Map();

/**
 * Runs a program to its end.
 *
 * @param {string} command the program
 * @param {string[]} args its arguments; no shell is involved
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, onLine?: (line: string) => void,
 *   onSpawn?: (pid: number) => void, limitMs?: number, group?: boolean }} options `onLine` sees stdout and stderr;
 *   `limitMs` ends it; with `group` it leads a process group that is ended as a whole
 * @returns {Promise<{ code: number, text: string, timedOut: boolean }>} the exit code (127 when it could not be
 *   started, 128 + signal when killed) and the last 400 lines
 */
export function runChild(command, args, options = {}) {
  return new Promise((resolve) => {
    const kept = [];
    const keep = (line) => {
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
      options.onLine?.(line);
    };
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: options.group ?? false,
    });
    const kill = killer(child, options.group ?? false);
    children.set(child, kill);
    if (child.pid !== undefined) options.onSpawn?.(child.pid);
    let timedOut = false;
    const fuse =
      options.limitMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            kill("SIGTERM");
            setTimeout(kill, 5000, "SIGKILL").unref();
          }, options.limitMs);
    const finish = (code) => {
      clearTimeout(fuse);
      children.delete(child);
      for (const rest of ends) rest();
      resolve({ code, text: kept.join("\n"), timedOut });
    };
    const ends = [lines(child.stdout, keep), lines(child.stderr, keep)];
    child.on("error", (error) => {
      keep(error.message);
      finish(127);
    });
    child.on("close", (code, signal) => finish(code ?? 128 + signalNumber(signal)));
  });
}

/** Sends a signal to every program that runChild started and that still runs. */
export function stopChildren(signal = "SIGTERM") {
  for (const kill of children.values()) kill(signal);
}

function killer(child, isGroup) {
  return (signal) => {
    if (!isGroup || child.pid === undefined) return void child.kill(signal);
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The whole group has ended.
    }
  };
}

/** Calls `keep` for each whole line of a stream; the returned function hands over what is left. */
function lines(stream, keep) {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk) => {
    const parts = (rest + chunk).split(/\r\n|\n|\r/);
    rest = parts.pop() ?? "";
    for (const part of parts) keep(part);
  });
  return () => {
    if (rest !== "") keep(rest);
    rest = "";
  };
}

function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1;
}
