// What can go wrong before the course opens, each as one clear message: exit code 1, no stack trace, what to do next.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { linkTree, Playground, ROOT } from "./copies.js";

const place = new Playground();
const tree = place.clone("tree");
afterAll(() => place.remove());

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the start script of the copy as npm would, with more variables; `as` runs it as another user. */
function run(
  words: readonly string[],
  env: Record<string, string> = {},
  as: { uid?: number; gid?: number } = {},
  node = process.execPath,
): Ended {
  const ended = spawnSync(node, [join(tree, "lib", "cli", "start.mjs"), "--no-browser", ...words], {
    cwd: tree,
    env: place.env(env),
    encoding: "utf8",
    ...as,
  });
  return { code: ended.status, output: ended.stdout + ended.stderr };
}

/** An npm that fails with the given words. */
function brokenNpm(words: string): Record<string, string> {
  const file = join(place.folder, "npm-cli.js");
  writeFileSync(file, `console.error(${JSON.stringify(words)}); process.exit(1);\n`);
  return { npm_execpath: file };
}

function expectOneMessage(ended: Ended, ...parts: (string | RegExp)[]): void {
  expect(ended.code, ended.output).toBe(1);
  for (const part of parts) expect(ended.output).toMatch(part);
  expect(ended.output).not.toMatch(/\n\s+at .*:\d+/);
}

test("--help lists the options and installs nothing", () => {
  const ended = run(["--help"]);
  expect(ended.code).toBe(0);
  for (const option of ["--no-browser", "--port", "--python", "--prepare", "--help"])
    expect(ended.output).toContain(option);
  expect(existsSync(join(tree, ".cache"))).toBe(false);
});

test("an unknown option is named", () => {
  expectOneMessage(run(["--prot", "8888"]), /--prot is not an option of npm start\./, /--help/);
});

test("a port that is no port is named", () => {
  expectOneMessage(run(["--port", "80x"]), /--port: expected a number from 1 to 65535, got 80x\./);
});

test("a folder that may not be written is one message", () => {
  const isRoot = process.getuid?.() === 0;
  chmodSync(place.folder, 0o755);
  chmodSync(tree, 0o555);
  const ended = run(["--prepare"], {}, isRoot ? { uid: 65534, gid: 65534 } : {});
  chmodSync(tree, 0o755);
  expectOneMessage(
    ended,
    /Writing into .* failed: you may not write here\./,
    /Copy the project to a folder you own/,
  );
});

test("a full disk is one message", () => {
  expectOneMessage(
    run(["--prepare"], brokenNpm("npm error code ENOSPC\nnpm error nospc no space left on device, write")),
    /Installing the npm packages failed: there is no space left on the disk\./,
    /Free about 1 GB/,
  );
});

test("no network is one message that says that what is done is kept", () => {
  expectOneMessage(
    run(
      ["--prepare"],
      brokenNpm("npm error code ENOTFOUND\nnpm error network request to https://registry.npmjs.org/x failed"),
    ),
    /Installing the npm packages failed: the network cannot be reached\./,
    /HTTPS_PROXY/,
  );
});

test("an old Node (16, really run) is told which it needs", { timeout: 180_000 }, async () => {
  const { ensureNode } = await load<{
    ensureNode(root: string, version: string): Promise<{ node?: string; reason?: string }>;
  }>("nodes.mjs");
  const { node, reason } = await ensureNode(ROOT, "16.20.2");
  expect(node, reason).toBeDefined();
  const ended = run([], {}, {}, node);
  expectOneMessage(
    ended,
    /Happens-Before needs Node 20\.19 or later; this is Node 16\.20\.2\./,
    /nvm install --lts/,
  );
});

const versions: [version: string, isEnough: boolean][] = [
  ["18.20.4", false],
  ["20.18.3", false],
  ["20.19.0", true],
  ["22.0.0", true],
];
for (const [version, isEnough] of versions) {
  test(`Node ${version} is ${isEnough ? "enough" : "too old"}`, async () => {
    const { checkNode } = await load<{ checkNode(version: string): void }>("node-version.mjs");
    if (isEnough) expect(() => checkNode(version)).not.toThrow();
    else expect(() => checkNode(version)).toThrow(`this is Node ${version}`);
  });
}

interface Pythons {
  findPython(
    wanted?: string,
    where?: { path: string; places: string[] },
  ): Promise<{ python: string; version: string }>;
  noPython(tried: string[], platform: string, osRelease: string): Error & { next: string[] };
}

test("no usable Python: what was found, how to get one, the course without it", async () => {
  const { findPython } = await load<Pythons>("find-python.mjs");
  const bin = join(place.folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "python3"), `#!/bin/sh\necho '["/x/python3.9", [3, 9, 2], "CPython"]'\n`, {
    mode: 0o755,
  });
  await expect(findPython(undefined, { path: bin, places: [] })).rejects.toMatchObject({
    message: `JupyterLab needs Python 3.10 or later; found only ${join(bin, "python3")} (CPython 3.9.2).`,
    next: [expect.any(String), expect.stringContaining("--python"), expect.stringContaining("npx hb run")],
  });
});

test("--python with a path that leads nowhere is one message", () => {
  const env = { npm_execpath: join(place.folder, "never.js") };
  useInstalled();
  expectOneMessage(
    run(["--prepare", "--python", "/no/such/python3"], env),
    /found only \/no\/such\/python3 \(does not run\)\./,
    /npx hb run/,
  );
});

const systems: [system: string, platform: string, release: string, command: string][] = [
  ["Debian", "linux", 'ID=debian\nVERSION_ID="12"\n', "sudo apt install python3 python3-venv"],
  ["Ubuntu's children", "linux", 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', "sudo apt install"],
  ["Fedora", "linux", "ID=fedora\n", "sudo dnf install"],
  ["macOS", "darwin", "", "brew install python"],
  ["an unknown Linux", "linux", "ID=plan9\n", "the package python3 of your system"],
];
for (const [system, platform, release, command] of systems) {
  test(`how to get Python on ${system}`, async () => {
    const { noPython } = await load<Pythons>("find-python.mjs");
    expect(noPython([], platform, release).next[0]).toContain(command);
  });
}

test("a start that is interrupted while it installs ends at once and says so", async () => {
  const file = join(place.folder, "npm-cli.js");
  writeFileSync(file, "setInterval(() => {}, 1000);\n");
  const child = spawn(
    process.execPath,
    [join(place.clone("waiting"), "lib", "cli", "start.mjs"), "--prepare"],
    {
      env: place.env({ npm_execpath: file }),
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      output += chunk;
      if (/npm packages …/.test(output)) child.kill("SIGINT");
    });
  }
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(output).toContain("Stopping …");
  expect(code).toBe(130);
});

/** Lets the copy use the packages and the build of this project, so that only the Python is missing. */
function useInstalled(): void {
  linkTree(join(ROOT, "node_modules"), join(tree, "node_modules"));
  cpSync(join(ROOT, ".build"), join(tree, ".build"), { recursive: true });
}

function load<T>(name: string): Promise<T> {
  return import(pathToFileURL(join(ROOT, "lib", "cli", name)).href);
}
