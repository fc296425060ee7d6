// The Python environment of the project: JupyterLab at exact versions in .python/env, made from requirements.txt.
//
// Invariants:
//  I1. .python/env appears by one rename, complete, with its stamp inside; a killed install leaves nothing that the
//      next one would trust.
//  I2. Nothing in it names the project's own path (relocatable launchers), so a moved project starts.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runChild } from "./child.mjs";
import { projectEnv, pythonEnvFolder } from "./environment.mjs";
import { explain } from "./failure.mjs";
import { findPython } from "./find-python.mjs";
import { writeKernelspec } from "./kernelspec.mjs";
import { withProjectLock } from "./lock.mjs";
import { Steps } from "./steps.mjs";
import { ensureUv, pipSettingsForUv, readRequirements, readUvPin } from "./uv.mjs";

const NAME = "Python environment";

/**
 * Makes sure that `.python/env` holds the locked packages and the kernel's specification.
 *
 * Takes the project's lock while it installs. Cost: 20 ms when there is nothing to do, some seconds otherwise.
 *
 * @param {string} root the project folder
 * @param {{ log?: (line: string) => void, steps?: Steps, wanted?: string }} options `wanted`: use this Python only
 * @returns {Promise<{ python: string, env: Record<string, string> }>} the environment's Python, and the variables to run
 *   everything under
 * @throws {Failure} when there is no usable Python, or it cannot be installed
 */
export async function ensurePython(root, options = {}) {
  const log = options.log;
  const steps =
    options.steps ?? new Steps(log ? { write: (text) => log(text.trimEnd()), quiet: true } : { quiet: true });
  const env = projectEnv(root);
  const python = join(pythonEnvFolder(root), "bin", "python");
  if (await isCurrent(root, python, env, options.wanted)) {
    steps.skip(NAME, "up to date");
  } else {
    const onWait = (pid) =>
      steps.note(`Another command is installing here (process ${pid}); waiting for it.`);
    await withProjectLock(root, { onWait }, async (holder) => {
      if (await isCurrent(root, python, env, options.wanted))
        return steps.skip(NAME, "made by the other command");
      const base = await findPython(options.wanted);
      await steps.run(`${NAME} (JupyterLab, Python ${base.version})`, (progress) =>
        install(root, base, env, { progress, holder, steps }),
      );
    });
  }
  writeKernelspec(root);
  return { python, env };
}

function stampOf(root, wanted) {
  const lock = createHash("sha256").update(readRequirements(root)).digest("hex");
  return JSON.stringify({
    lock,
    platform: process.platform,
    arch: process.arch,
    ...(wanted ? { wanted } : {}),
  });
}

async function isCurrent(root, python, env, wanted) {
  let stamp;
  try {
    stamp = JSON.parse(readFileSync(join(pythonEnvFolder(root), "stamp.json"), "utf8"));
  } catch {
    return false;
  }
  const expected = JSON.parse(stampOf(root, wanted));
  if (!Object.keys(expected).every((key) => stamp[key] === expected[key])) return false;
  // The Python it was made from may be gone since.
  return (await runChild(python, ["-c", "import sys"], { env })).code === 0;
}

async function install(root, base, env, { progress, holder, steps }) {
  const home = join(root, ".python");
  mkdirSync(home, { recursive: true });
  for (const left of readdirSync(home)) {
    if (/^(new|old)-/.test(left)) rmSync(join(home, left), { recursive: true, force: true });
  }
  const fresh = join(home, `new-${process.pid}`);
  const pin = readUvPin(readRequirements(root));
  const wanted = join(home, "requirements.txt");
  writeFileSync(wanted, pin.rest);
  await installLocked(root, base, fresh, wanted, {
    env,
    pin,
    progress,
    holder,
    note: (text) => steps.note(text),
  });
  writeFileSync(join(fresh, "stamp.json"), stampOf(root, base.wanted));
  const env0 = pythonEnvFolder(root);
  try {
    renameSync(env0, join(home, `old-${process.pid}`));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  renameSync(fresh, env0); // I1
  rmSync(join(home, `old-${process.pid}`), { recursive: true, force: true });
}

/**
 * Makes the environment `fresh` from the lock file `wanted`, which has hashes: by uv, or where that cannot be had by
 * venv and pip.
 *
 * @param {{ env: Record<string, string>, pin: object, progress: (text: string) => void, holder: { add(pid: number): void }, note: (text: string) => void }} how
 *   `pin`: which uv (`readUvPin`); `holder`: the project's lock; `note` hears why it takes longer
 * @throws {Failure} when it cannot be made
 */
export async function installLocked(root, base, fresh, wanted, { env, pin, progress, holder, note }) {
  progress("fetching the installer");
  const found = await ensureUv(root, base.python, env, pin);
  const run = (command, args, extra = {}) =>
    runChild(command, args, {
      cwd: root,
      env: { ...env, ...extra },
      onLine: (line) => progress(line.trim()),
      onSpawn: (pid) => holder.add(pid),
    });
  if (found.uv === undefined) {
    note(`uv cannot be had (${found.reason}); using venv and pip instead, which is slower.`);
    await installWithPip(run, base, fresh, wanted);
  } else {
    await installWithUv(run, base, fresh, wanted, found.uv, await pipSettingsForUv(base.python, env));
  }
}

async function installWithUv(run, base, fresh, wanted, uv, settings) {
  const made = await run(
    uv,
    ["venv", "--relocatable", "--no-project", "--python", base.python, fresh],
    settings,
  );
  if (made.code !== 0) throw explain("Making the Python environment", made.text);
  const install = [
    "pip",
    "install",
    "--python",
    join(fresh, "bin", "python"),
    "--require-hashes",
    "--no-deps", // the lock file is complete, but for what it leaves out on purpose (requirements.in)
    "-r",
    wanted,
  ];
  let done = await run(uv, install, settings);
  if (done.code !== 0 && /certificate|UnknownIssuer/i.test(done.text)) {
    // A company's own certificate authority stands in the system's store, not in the list uv brings along.
    done = await run(uv, install, { ...settings, UV_SYSTEM_CERTS: "1" });
  }
  if (done.code !== 0) throw explain("Installing JupyterLab", done.text);
}

async function installWithPip(run, base, fresh, wanted) {
  const made = await run(base.python, ["-m", "venv", fresh]);
  if (made.code !== 0) {
    throw explain("Making the Python environment", made.text, [
      "On Debian and Ubuntu: `sudo apt install python3-venv`, then run the same command again.",
    ]);
  }
  const python = join(fresh, "bin", "python");
  const words = ["--require-hashes", "--no-deps", "--no-input", "-r", wanted];
  const done = await run(python, ["-m", "pip", "install", ...words]);
  if (done.code !== 0) throw explain("Installing JupyterLab", done.text);
}
