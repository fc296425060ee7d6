// The oldest Node that the course runs on, checked before anything else is loaded. This file, and those that are
// imported with it, must parse on Node 16.

import { Failure } from "./failure.mjs";

const OLDEST = [20, 19];

/**
 * Checks the running Node.
 *
 * @param {string} version e.g. `process.versions.node`
 * @throws {Failure} when it is older than 20.19
 */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new Failure(`Happens-Before needs Node ${OLDEST.join(".")} or later; this is Node ${version}.`, [
    "Get the current LTS from https://nodejs.org, or with a version manager: `nvm install --lts`, `fnm install --lts`,",
    process.platform === "darwin"
      ? "or `brew install node`."
      : "or your system's package (Debian: NodeSource).",
    `Then run the same command again. The node used now is ${process.execPath}.`,
  ]);
}
