// Whether this folder can hold the course at all: checked first, so a read-only folder or a full disk is one clear
// sentence and not whatever the first program to fail would say.

import * as fs from "node:fs";
import { join } from "node:path";
import { explain, Failure } from "./failure.mjs";

// Measured: see "How much disk" in the README; with room for npm's and uv's caches.
const NEEDED_MB = 900;

/**
 * Checks that the project folder can be written and, before the first install, that the disk has room.
 *
 * @param {string} root the project folder
 * @throws {Failure} saying what is wrong and what to do
 */
export function expectRoom(root) {
  const probe = join(root, ".cache", `probe-${process.pid}`);
  try {
    fs.mkdirSync(join(root, ".cache"), { recursive: true });
    fs.writeFileSync(probe, "");
    fs.rmSync(probe);
  } catch (error) {
    throw explain(`Writing into ${root}`, error);
  }
  if (fs.existsSync(join(root, "node_modules")) && fs.existsSync(join(root, ".python", "env"))) return;
  const { bavail, bsize } = fs.statfsSync(root);
  const freeMb = Math.floor((bavail * bsize) / 1e6);
  if (freeMb >= NEEDED_MB) return;
  throw new Failure(`The course needs about ${NEEDED_MB} MB; the disk of ${root} has ${freeMb} MB left.`, [
    "Free some space, or copy the project to another disk, then run the same command again.",
  ]);
}
