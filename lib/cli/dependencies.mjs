// The npm packages: `npm ci` from package-lock.json, everything npm writes inside the project.
//
// Invariant I1: packages count as installed only when npm's own record, which it writes last, agrees with the lock file.
// A killed install leaves no such record, so the next start repeats it.

import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { runChild } from "./child.mjs";
import { projectEnv } from "./environment.mjs";
import { explain } from "./failure.mjs";
import { withProjectLock } from "./lock.mjs";

const NAME = "npm packages";

/**
 * Installs the locked npm packages where they are missing or differ.
 *
 * Cost: 10 ms when there is nothing to do. Takes the project's lock while it installs.
 *
 * @param {string} root the project folder
 * @param {import("./steps.mjs").Steps} steps where progress is shown
 * @throws {Failure} when npm cannot install them
 */
export async function ensureDependencies(root, steps) {
  if (areInstalled(root)) {
    steps.skip(NAME, "up to date");
  } else {
    const onWait = (pid) =>
      steps.note(`Another command is installing here (process ${pid}); waiting for it.`);
    await withProjectLock(root, { onWait }, async (holder) => {
      if (areInstalled(root)) return steps.skip(NAME, "installed by the other command");
      await steps.run(NAME, (progress) => install(root, holder, progress));
    });
  }
  linkCommand(root);
}

/** Whether node_modules holds what package-lock.json says, for this platform. */
export function areInstalled(root) {
  const locked = readPackages(join(root, "package-lock.json"));
  const present = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (locked === undefined || present === undefined) return false;
  for (const [path, wanted] of Object.entries(locked)) {
    if (path === "") continue;
    const found = present[path];
    if (found === undefined) {
      if (!wanted.optional) return false;
    } else if (found.version !== wanted.version || !fits(found)) return false;
  }
  return true;
}

// A folder copied from another machine holds that machine's binaries.
function fits({ os, cpu }) {
  const allows = (list, mine) =>
    list === undefined ||
    (list.some((name) => name[0] !== "!") ? list.includes(mine) : !list.includes(`!${mine}`));
  return allows(os, process.platform) && allows(cpu, process.arch);
}

async function install(root, holder, progress) {
  const total = Object.keys(readPackages(join(root, "package-lock.json")) ?? {}).length - 1;
  const [command, ...before] = npmCommand();
  const cache = join(root, ".cache", "npm");
  mkdirSync(cache, { recursive: true });
  let fetched = 0;
  const flags = [
    "--prefer-offline",
    "--ignore-scripts",
    "--include=dev",
    "--include=optional",
    "--no-audit",
    "--no-fund",
  ];
  const done = await runChild(command, [...before, "ci", ...flags, "--loglevel=http", `--cache=${cache}`], {
    cwd: root,
    env: { ...projectEnv(root), NODE_ENV: "" },
    onSpawn: (pid) => holder.add(pid),
    onLine(line) {
      if (/ GET .*\.tgz /.test(line)) fetched += 1;
      progress(
        fetched > 0 ? `${fetched} packages fetched (${total} in the lock file, not all for this system)` : "",
      );
    },
  });
  if (done.code === 0 && areInstalled(root)) return;
  const errors = done.text
    .split("\n")
    .filter((line) => !/^npm (http|warn|notice)/.test(line))
    .join("\n");
  throw explain("Installing the npm packages", errors, [
    "Run the same command again. If it fails again: remove node_modules and .cache/npm, then once more.",
  ]);
}

/** The npm that belongs to the running Node, else the one in PATH. */
function npmCommand() {
  const told = process.env.npm_execpath;
  if (told !== undefined && /^npm-cli\.c?js$/.test(basename(told))) return [process.execPath, told];
  const beside = join(dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js");
  if (existsSync(beside)) return [process.execPath, beside];
  return ["npm"];
}

// npm links the commands of dependencies only; `npx hb` should find ours without asking a registry.
function linkCommand(root) {
  try {
    symlinkSync("../../lib/cli/hb.mjs", join(root, "node_modules", ".bin", "hb"));
  } catch {
    // It is there already, or links are not possible here: then npx links the project itself.
  }
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}
