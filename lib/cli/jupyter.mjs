// JupyterLab as a child of ours: on the loopback address, with a token, rooted at the project.
//
// Invariants:
//  I1. It never outlives us: it watches a pipe from us and shuts down, kernels included, when that closes.
//  I2. It stands in a session of its own, so a Ctrl-C reaches us only and we stop it in order.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { explain, Failure } from "./failure.mjs";

const FIRST_PORT = 8888;
const READY_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 8000;

// Reads stdin to its end, then asks the server to stop (I1). `jupyter` launchers are not used: they may name old paths.
const LAUNCH = `import os, signal, sys, threading
def watch():
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
from jupyterlab.labapp import main
sys.exit(main())`;

/**
 * Starts JupyterLab.
 *
 * @param {string} root the project folder
 * @param {{ python: string, env: Record<string, string>, port?: number }} options `port`: this one and no other
 * @returns {{ ready(progress: (text: string) => void): Promise<{ port: number, url(path: string): string }>,
 *   stopped: Promise<number>, stop(): Promise<void> }} `ready` resolves when the server answers; its `url` names a file
 *   with the token; `stopped` resolves with the exit code
 */
export function launchLab(root, { python, env, port }) {
  const token = randomBytes(24).toString("hex");
  const logFile = join(root, ".cache", "jupyterlab.log");
  mkdirSync(env.JUPYTER_RUNTIME_DIR, { recursive: true });
  const log = openSync(logFile, "w");
  const child = spawn(python, ["-c", LAUNCH, ...flags(root, port)], {
    cwd: root,
    env: { ...env, JUPYTER_TOKEN: token },
    stdio: ["pipe", log, log],
    detached: true, // I2
  });
  closeSync(log);
  child.stdin.on("error", () => {}); // it went first
  const stopped = new Promise((resolve) => {
    child.on("error", () => resolve(127));
    child.on("exit", (code) => resolve(code ?? 1));
  });
  const stop = () => stopLab(child, stopped);
  const record = join(env.JUPYTER_RUNTIME_DIR, `jpserver-${child.pid}.json`);
  const ready = async (progress) => {
    try {
      const found = await untilReady(record, token, stopped, progress);
      return { port: found, url: (path) => labUrl(found, token, path) };
    } catch (error) {
      await stop();
      throw explain("Starting JupyterLab", error instanceof Failure ? error : tail(logFile), [
        `The whole log is ${logFile}. If the Python environment is damaged: remove .python, then \`npm start\` again.`,
      ]);
    }
  };
  return { ready, stopped, stop };
}

function labUrl(port, token, path) {
  const file = path.split("/").map(encodeURIComponent).join("/");
  return `http://127.0.0.1:${port}/lab/tree/${file}?token=${token}`;
}

function flags(root, port) {
  const list = [
    "--no-browser",
    "--ServerApp.ip=127.0.0.1",
    `--ServerApp.port=${port ?? FIRST_PORT}`,
    `--ServerApp.port_retries=${port === undefined ? 200 : 0}`,
    `--ServerApp.root_dir=${root}`,
    // No question on the way out, and nobody is asked what is new: nothing leaves the machine.
    "--ServerApp.answer_yes=True",
    "--LabApp.extension_manager=readonly",
    "--LabApp.news_url=None",
    // One kernel to choose from: Python's own, which JupyterLab brings along, cannot run a cell of the course.
    "--KernelSpecManager.ensure_native_kernel=False",
    "--KernelSpecManager.allowed_kernelspecs={'happens-before'}",
    "--MappingKernelManager.default_kernel_name=happens-before",
  ];
  if (process.getuid?.() === 0) list.push("--allow-root");
  return list;
}

/** Waits for the server's own record (it names the port it took) and then for its first answer. */
async function untilReady(record, token, stopped, progress) {
  const deadline = Date.now() + READY_LIMIT_MS;
  let hasEnded = false;
  stopped.then(() => {
    hasEnded = true;
  });
  while (Date.now() < deadline) {
    if (hasEnded) throw new Error("it ended before it answered");
    const port = readPort(record, token);
    if (port !== undefined) {
      progress(`port ${port}`);
      if (await answers(port, token)) return port;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Failure(`JupyterLab did not answer within ${READY_LIMIT_MS / 1000} s.`, [
    "Run the same command again.",
  ]);
}

function readPort(record, token) {
  try {
    const found = JSON.parse(readFileSync(record, "utf8"));
    return found.token === token ? found.port : undefined; // else left over by an earlier process of this number
  } catch {
    return undefined;
  }
}

function answers(port, token) {
  return new Promise((resolve) => {
    const asked = request(
      {
        host: "127.0.0.1",
        port,
        path: "/api/status",
        headers: { Authorization: `token ${token}` },
        timeout: 5000,
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    asked.on("error", () => resolve(false));
    asked.on("timeout", () => asked.destroy());
    asked.end();
  });
}

async function stopLab(child, stopped) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill("SIGTERM");
  const fuse = setTimeout(() => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It ended in this moment.
    }
  }, STOP_LIMIT_MS);
  await stopped;
  clearTimeout(fuse);
}

/**
 * Checks that a port which the user asked for can be had.
 *
 * @throws {Failure} when another program holds it
 */
export function expectFree(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => {
      const why =
        error.code === "EADDRINUSE" ? "is in use by another program" : `cannot be used (${error.code})`;
      reject(
        new Failure(`Port ${port} ${why}.`, [
          "Name another with --port, or leave --port out: then the next free one is taken.",
        ]),
      );
    });
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}

function tail(file) {
  try {
    return readFileSync(file, "utf8").split("\n").slice(-30).join("\n");
  } catch {
    return "";
  }
}
