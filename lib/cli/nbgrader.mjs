// nbgrader's own Python environment, .python/nbgrader: nbgrader and JupyterLab want different versions of the same
// packages, and a class is graded elsewhere than it learns. Made from test/nbgrader/requirements.txt, with our kernel in it.
//
// Invariant I1: it appears by one rename, complete, with its stamp inside.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runChild } from "./child.mjs";
import { projectEnv } from "./environment.mjs";
import { findPython } from "./find-python.mjs";
import { writeKernel } from "./kernelspec.mjs";
import { withProjectLock } from "./lock.mjs";
import { installLocked } from "./python.mjs";
import { readRequirements, readUvPin } from "./uv.mjs";

/** What to say when there is none. */
export const HOW_TO_GET_NBGRADERS_PYTHON =
  "nbgrader needs Python 3.11 or later: install one, then run this again.";

const NAME = "Python environment (nbgrader)";

/** The folder of nbgrader's environment. */
export function nbgraderFolder(root) {
  return join(root, ".python", "nbgrader");
}

/**
 * Makes sure that `.python/nbgrader` holds the locked packages and the kernel's specification.
 *
 * Takes the project's lock while it installs. Cost: 20 ms when there is nothing to do, some seconds otherwise.
 *
 * @param {string} root the project folder
 * @param {import("./steps.mjs").Steps} steps where to say what is being done
 * @returns {Promise<string | undefined>} its Python; undefined when this machine has none that is new enough
 * @throws {Failure} when it cannot be installed
 */
export async function ensureNbgrader(root, steps) {
  const env = projectEnv(root);
  const folder = nbgraderFolder(root);
  const python = join(folder, "bin", "python");
  const lock = readFileSync(join(root, "test", "nbgrader", "requirements.txt"), "utf8");
  const stamp = createHash("sha256").update(`${process.platform} ${process.arch}\n${lock}`).digest("hex");
  const isCurrent = async () =>
    readIfThere(join(folder, "stamp")) === stamp &&
    (await runChild(python, ["-c", "import sys"], { env })).code === 0;
  if (await isCurrent()) {
    steps.skip(NAME, "up to date");
  } else {
    const base = await findNbgradersPython();
    if (base === undefined) return undefined;
    await withProjectLock(root, {}, async (holder) => {
      if (await isCurrent()) return;
      const how = { env, folder, lock, stamp, holder, note: (text) => steps.note(text) };
      await steps.run(NAME, (progress) => install(root, base, { ...how, progress }));
    });
  }
  writeKernel(root, folder);
  return python;
}

async function install(root, base, { env, folder, lock, stamp, progress, holder, note }) {
  const fresh = `${folder}-new-${process.pid}`;
  mkdirSync(join(root, ".python"), { recursive: true });
  rmSync(fresh, { recursive: true, force: true });
  const wanted = `${fresh}.txt`;
  writeFileSync(wanted, lock);
  const pin = readUvPin(readRequirements(root));
  try {
    await installLocked(root, base, fresh, wanted, { env, pin, progress, holder, note });
    writeFileSync(join(fresh, "stamp"), stamp);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder); // I1
  } finally {
    rmSync(wanted, { force: true });
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** The lock file is for Python 3.11 and later; undefined when there is none. */
async function findNbgradersPython() {
  for (const name of ["python3.11", "python3.12", "python3.13"]) {
    try {
      return await findPython(name);
    } catch {
      // The next one.
    }
  }
  const base = await findPython();
  if (!/^3\.10\./.test(base.version)) return base;
  return undefined;
}

function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
