// Finds a Python that can carry JupyterLab: CPython 3.10 or later, whatever it is called on this machine.

import { existsSync, readFileSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { runChild } from "./child.mjs";
import { Failure } from "./failure.mjs";

const OLDEST = [3, 10];
const NAMES = ["python3", "python", "python3.13", "python3.12", "python3.11", "python3.10", "python3.14"];
const PLACES = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin"];
const ASK = `import sys, json, platform
print(json.dumps([sys.executable, list(sys.version_info[:3]), platform.python_implementation()]))`;

/**
 * Finds the Python to make the environment from.
 *
 * @param {string} [wanted] a path or name given by the user (`--python`); then no other is tried
 * @param {{ path?: string, places?: string[] }} [where] the folders to look in; for tests
 * @returns {Promise<{ python: string, version: string, wanted?: string }>} the real program and its version
 * @throws {Failure} saying what was found, how to get a Python here, and the way without one
 */
export async function findPython(wanted, where = {}) {
  const tried = [];
  for (const candidate of wanted === undefined ? candidates(where) : [wanted]) {
    const answer = await ask(candidate);
    if (answer === undefined) {
      if (wanted !== undefined) tried.push(`${wanted} (does not run)`);
      continue;
    }
    const version = answer.version.join(".");
    const isNewEnough = answer.version[0] === OLDEST[0] && answer.version[1] >= OLDEST[1];
    if (isNewEnough && answer.implementation === "CPython") {
      return { python: answer.executable, version, ...(wanted === undefined ? {} : { wanted }) };
    }
    tried.push(`${candidate} (${answer.implementation} ${version})`);
  }
  throw noPython(tried);
}

/** The message for a machine without a usable Python: what was found, how to get one, the course without it. */
export function noPython(tried, platform = process.platform, osRelease = readOsRelease()) {
  const found = tried.length === 0 ? "none was found" : `found only ${[...new Set(tried)].join(", ")}`;
  return new Failure(`JupyterLab needs Python 3.10 or later; ${found}.`, [
    `To get it: ${howToGet(platform, osRelease)}`,
    "Or name one: npm start -- --python /path/to/python3",
    "Without Python: `npx hb run 00` runs the first notebook in the terminal and writes it as a web page.",
  ]);
}

function howToGet(platform, osRelease) {
  if (platform === "darwin")
    return "`brew install python` (or the installer from python.org), then `npm start` again.";
  const family = ` ${/^ID=(.*)$/m.exec(osRelease)?.[1] ?? ""} ${/^ID_LIKE=(.*)$/m.exec(osRelease)?.[1] ?? ""} `;
  const command = [
    [/debian|ubuntu/, "sudo apt install python3 python3-venv"],
    [/fedora|rhel|centos/, "sudo dnf install python3.12"],
    [/suse/, "sudo zypper install python312"],
    [/arch/, "sudo pacman -S python"],
    [/alpine/, "apk add python3"],
  ].find(([pattern]) => pattern.test(family.replaceAll('"', " ")))?.[1];
  if (command === undefined) return "install the package python3 of your system, then `npm start` again.";
  return `\`${command}\`, then \`npm start\` again.`;
}

function* candidates({ path = process.env.PATH ?? "", places = PLACES }) {
  const seen = new Set();
  for (const folder of [...path.split(delimiter), ...places]) {
    if (!isAbsolute(folder)) continue;
    for (const name of NAMES) {
      const file = join(folder, name);
      if (seen.has(file) || !existsSync(file)) continue;
      seen.add(file);
      yield file;
    }
  }
}

async function ask(file) {
  if (process.platform === "darwin" && file === "/usr/bin/python3") {
    // Without the command line tools this is a stub that opens a dialogue.
    if ((await runChild("xcode-select", ["-p"])).code !== 0) return undefined;
  }
  const answer = await runChild(file, ["-I", "-B", "-c", ASK], { limitMs: 10_000 });
  try {
    const [executable, version, implementation] = JSON.parse(answer.text.split("\n").pop());
    return answer.code === 0 ? { executable, version, implementation } : undefined;
  } catch {
    return undefined;
  }
}

function readOsRelease() {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}
