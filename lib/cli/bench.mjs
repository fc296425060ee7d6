// `npm run bench`: this library beside the best npm packages and real Go, every measurement in a process of its own.
//
// Makes ready what test/speed/main.ts wants: the built library (a copy, so that a build beside us changes nothing), the
// harness itself, the Go programs, the packages to compare with. Everything goes below .cache/. What cannot be had (no
// network, no Go) is left out, loudly.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { runChild, stopChildren } from "./child.mjs";
import { ensureLibrary } from "./compile.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { projectEnv } from "./environment.mjs";
import { printFailure } from "./failure.mjs";
import { checkNode } from "./node-version.mjs";
import { ROOT } from "./root.mjs";
import { filesBelow, hashFiles, hasStamp, removeStamp, writeStamp } from "./stamp.mjs";
import { Steps } from "./steps.mjs";

const SPEED = join(ROOT, "test", "speed");
const CACHE = join(ROOT, ".cache", "bench");
// A folder for each run: two at a time are odd, but must not pull the ground from under each other.
const OUT = join(CACHE, String(process.pid));
const PEERS = join(ROOT, ".cache", "bench-peers");
const steps = new Steps();
const loudly = (text) => process.stderr.write(`!! ${text}\n`);

async function bench(words) {
  checkNode();
  await ensureDependencies(ROOT, steps);
  await ensureLibrary(ROOT, steps);
  removeOldRuns();
  cpSync(join(ROOT, ".build", "lib"), join(OUT, "lib"), { recursive: true });
  await compileHarness();
  const { main } = await import(pathToFileURL(join(OUT, "test", "speed", "main.js")).href);
  return main(words, { root: ROOT, prepare });
}

/** Removes the folders of runs that were killed. */
function removeOldRuns() {
  mkdirSync(CACHE, { recursive: true });
  for (const name of readdirSync(CACHE).filter((each) => /^\d+$/.test(each))) {
    try {
      process.kill(Number(name), 0);
    } catch {
      rmSync(join(CACHE, name), { recursive: true, force: true });
    }
  }
}

/** Removes the types of test/speed; `happens-before` and its parts become the copy beside it. */
async function compileHarness() {
  const { default: ts } = await import("typescript");
  const sources = filesBelow(SPEED, (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  for (const file of sources) {
    const target = join(OUT, relative(ROOT, file)).replace(/\.ts$/, ".js");
    const library = relative(dirname(target), join(OUT, "lib")).split(sep).join("/");
    const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    mkdirSync(dirname(target), { recursive: true });
    const linked = outputText.replace(/from "happens-before(\/\w+)?"/g, `from "${library}$1/index.js"`);
    writeFileSync(target, linked);
  }
}

async function prepare(parts) {
  const go = parts.go ? await buildGo("go-bench", []) : null;
  const goRace = go !== null && parts.race ? await buildGo("go-bench-race", ["-race"]) : null;
  return { go, goRace, peers: parts.peers ? await installPeers() : null };
}

/** Builds test/speed/go; null when that is not possible here. */
async function buildGo(name, flags) {
  const program = join(OUT, process.platform === "win32" ? `${name}.exe` : name);
  const env = {
    ...projectEnv(ROOT),
    GOCACHE: join(ROOT, ".cache", "go"),
    GOFLAGS: "-mod=mod",
    GOTOOLCHAIN: "local",
  };
  if (flags.length > 0) env.CGO_ENABLED = "1";
  const done = await steps
    .run(`Go program ${name}`, () =>
      runChild("go", ["build", "-buildvcs=false", ...flags, "-o", program, "."], {
        cwd: join(SPEED, "go"),
        env,
      }),
    )
    .catch((error) => ({ code: 1, text: String(error) }));
  if (done.code === 0) return program;
  loudly(`${name} is left out: ${done.text.trim().split("\n").at(-1)}`);
  return null;
}

/** `npm ci` of test/speed/peers into .cache/bench-peers; null when that is not possible here. */
async function installPeers() {
  const files = ["package.json", "package-lock.json"].map((name) => join(SPEED, "peers", name));
  const stamp = join(PEERS, "installed.stamp");
  const wanted = hashFiles(ROOT, files);
  mkdirSync(PEERS, { recursive: true });
  if (!hasStamp(stamp, wanted)) {
    removeStamp(stamp);
    for (const file of files) cpSync(file, join(PEERS, relative(join(SPEED, "peers"), file)));
    const told = process.env.npm_execpath;
    const [command, ...before] = told === undefined ? ["npm"] : [process.execPath, told];
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
    const env = { ...projectEnv(ROOT), NODE_ENV: "" };
    const done = await steps.run("npm packages to compare with", () =>
      runChild(command, [...before, "ci", ...flags], { cwd: PEERS, env, limitMs: 300_000 }),
    );
    if (done.code !== 0) {
      const why = done.text.split("\n").find((line) => /npm error |Error: /.test(line)) ?? done.text.trim();
      loudly(`npm packages are left out, they could not be installed: ${why}`);
      return null;
    }
    writeStamp(stamp, wanted);
  }
  copyBodies(join(SPEED, "peers"), PEERS);
  copyBodies(join(SPEED, "threads", "peers"), join(PEERS, "threads"));
  return PEERS;
}

/** Puts what the packages are to do where they are installed. */
function copyBodies(from, to) {
  mkdirSync(to, { recursive: true });
  const isBody = (name) => name.endsWith(".mjs");
  for (const name of readdirSync(to).filter(isBody)) rmSync(join(to, name));
  for (const name of readdirSync(from).filter(isBody)) cpSync(join(from, name), join(to, name));
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    stopChildren();
    process.exit(130);
  });
}

process.on("exit", () => rmSync(OUT, { recursive: true, force: true }));

bench(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    if (error instanceof RangeError || error instanceof TypeError) console.error(error.message);
    else printFailure(error);
    process.exit(1);
  },
);
