// Copies of the project in folders whose path has a space and a letter outside ASCII, and npm start in them.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** A folder for copies and an empty home, removed by `remove`. */
export class Playground {
  readonly folder = mkdtempSync(join(tmpdir(), "hb stärt "));
  readonly home = join(this.folder, "home");

  constructor() {
    mkdirSync(this.home);
  }

  /** A copy of what git knows of the working tree: a fresh clone, with changes that are not committed. */
  clone(name: string): string {
    const target = join(this.folder, name);
    const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: ROOT,
    });
    for (const file of list.toString("utf8").split("\0")) {
      if (file === "" || !existsSync(join(ROOT, file))) continue;
      mkdirSync(dirname(join(target, file)), { recursive: true });
      copyFileSync(join(ROOT, file), join(target, file));
    }
    return target;
  }

  /** The variables of somebody who has nothing but Node and Python. */
  env(more: Record<string, string> = {}): Record<string, string> {
    const env: Record<string, string> = {};
    for (const [name, value] of Object.entries(process.env)) {
      const isOurs =
        /^(npm_|UV_|JUPYTER|IPYTHON|PYTHON|PIP_CACHE|HB_|XDG_|VITEST|NODE_ENV|NODE_OPTIONS|INIT_CWD)/.test(
          name,
        );
      if (value !== undefined && !isOurs) env[name] = value;
    }
    // The test run puts the project's own Python first; a stranger has none.
    const path = env["PATH"]?.split(":").filter((part) => !part.startsWith(ROOT)) ?? [];
    return { ...env, PATH: path.join(":"), HOME: this.home, ...more };
  }

  remove(): void {
    execFileSync("rm", ["-rf", this.folder]); // tens of thousands of files: rm is several times quicker than rmSync
  }
}

/** Variables under which nothing outside the machine can be reached. */
export const OFFLINE = {
  npm_config_registry: "http://127.0.0.1:9/",
  PIP_INDEX_URL: "http://127.0.0.1:9/simple",
  HTTPS_PROXY: "http://127.0.0.1:9",
  HTTP_PROXY: "http://127.0.0.1:9",
};

// What is installed is never written again, so a copy may share it; everything else gets its own files.
const INSTALLED = ["node_modules", ".python/env", ".cache/npm", ".cache/uv", ".cache/bin", ".cache/pycache"];

/** A copy of a whole project folder, installed things included. */
export function copyProject(source: string, target: string): void {
  cpSync(source, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !INSTALLED.some((name) => file === join(source, name)),
  });
  for (const name of INSTALLED) {
    if (existsSync(join(source, name))) linkTree(join(source, name), join(target, name));
  }
}

/** A copy whose files share their content with the original (hard links): quick, and it takes no room. */
export function linkTree(source: string, target: string): void {
  const about = lstatSync(source);
  if (about.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
  else if (!about.isDirectory()) linkSync(source, target);
  else {
    mkdirSync(target, { recursive: true });
    for (const name of readdirSync(source)) linkTree(join(source, name), join(target, name));
  }
}

/** Gives a clone the download caches of another one, so that it installs without asking the network much. */
export function shareCaches(from: string, to: string): void {
  mkdirSync(join(to, ".cache"), { recursive: true });
  // npm appends to its index; its contents are named by their hashes.
  const [ours, theirs] = [from, to].map((root) => join(root, ".cache", "npm", "_cacache"));
  cpSync(join(ours!, "index-v5"), join(theirs!, "index-v5"), { recursive: true });
  linkTree(join(ours!, "content-v2"), join(theirs!, "content-v2"));
  for (const name of ["uv", "bin"]) linkTree(join(from, ".cache", name), join(to, ".cache", name));
}

/** An npm start that runs. */
export class Start {
  output = "";
  readonly startedMs = Date.now();
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;
  #hasEnded = false;
  #waiting: (() => void)[] = [];

  constructor(folder: string, env: Record<string, string>, words: readonly string[] = []) {
    // Its own process group, as a terminal would give it.
    this.#child = spawn("npm", ["start", "--", "--no-browser", ...words], {
      cwd: folder,
      env,
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8");
      stream?.on("data", (chunk: string) => {
        this.output += chunk;
        this.#wake();
      });
    }
    this.ended = new Promise((resolve) => {
      this.#child.on("error", (error) => {
        this.output += error.message;
      });
      this.#child.on("close", (code, signal) => {
        this.#hasEnded = true;
        resolve(code ?? (signal === "SIGKILL" ? 137 : 1));
        this.#wake();
      });
    });
  }

  /** Resolves as soon as the output matches; throws with the output if it ends before. */
  async seen(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (this.#hasEnded) throw new Error(`ended without ${pattern}:\n${this.output}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The address of the served notebook. */
  async served(): Promise<{ origin: string; token: string; path: string; elapsedMs: number }> {
    const [, origin, path, token] = await this.seen(
      /(http:\/\/127\.0\.0\.1:\d+)\/lab\/tree\/(\S*)\?token=(\w+)\s/,
    );
    return { origin: origin!, path: path!, token: token!, elapsedMs: Date.now() - this.startedMs };
  }

  /** What a terminal does on Ctrl-C: a signal to the whole group. */
  signal(name: NodeJS.Signals): void {
    try {
      process.kill(-this.#child.pid!, name);
    } catch {
      // The group has ended.
    }
  }

  /** Ctrl-C, then the exit code. */
  async stop(): Promise<number> {
    this.signal("SIGINT");
    return this.ended;
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}

/** The processes whose command lines name a folder. */
export function processesOf(folder: string): string[] {
  const list = execFileSync("ps", ["-axww", "-o", "pid=,stat=,args="], { encoding: "utf8" });
  return list.split("\n").filter((line) => line.includes(folder) && !/^\s*\d+\s+Z/.test(line));
}

/** All files below a folder. */
export function contents(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
}

/** The text of a file. */
export function read(...path: string[]): string {
  return readFileSync(join(...path), "utf8");
}
