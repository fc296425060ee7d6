// uv, the installer of the Python environment: its version and hashes stand in requirements.txt like everything else's;
// its program is fetched once into .cache and never installed anywhere.

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "./child.mjs";

const FETCH = fileURLToPath(new URL("fetch-uv.py", import.meta.url));

/**
 * Splits the lock file into uv's own entry and the rest.
 *
 * @param {string} text requirements.txt
 * @returns {{ version: string, hashes: string[], rest: string }} `rest` is what belongs into the environment
 */
export function readUvPin(text) {
  const entry = /^uv==(\S+) \\\n((?: {4}\S.*\n)*)/m.exec(text);
  if (entry === null) throw new Error("requirements.txt: expected an entry `uv==…` with hashes, found none");
  const hashes = [...entry[2].matchAll(/--hash=sha256:([0-9a-f]{64})/g)].map((match) => match[1]);
  return { version: entry[1], hashes, rest: text.replace(entry[0], "") };
}

/**
 * Finds or fetches the pinned uv.
 *
 * @param {string} root the project folder
 * @param {string} python the Python to fetch it with
 * @param {Record<string, string>} env the project's environment
 * @param {{ version: string, hashes: string[] }} pin what to fetch
 * @returns {Promise<{ uv?: string, reason?: string }>} the program, or why it cannot be had
 */
export async function ensureUv(root, python, env, pin) {
  const folder = join(root, ".cache", "bin");
  const uv = join(folder, `uv-${pin.version}-${process.platform}-${process.arch}`);
  if (existsSync(uv)) return { uv };
  mkdirSync(folder, { recursive: true });
  const fetched = await runChild(python, ["-I", FETCH, pin.version, uv, ...pin.hashes], {
    env,
    limitMs: 300_000,
  });
  if (fetched.code !== 0) return { reason: fetched.text.split("\n").pop() };
  const works = await runChild(uv, ["--version"], { env });
  return works.code === 0 ? { uv } : { reason: `uv does not run here: ${works.text}` };
}

/** What uv must be told so that it uses the index, certificates and hosts that pip is configured for. */
export async function pipSettingsForUv(python, env) {
  const asked = await runChild(python, ["-I", FETCH, "--settings"], { env });
  const set = {};
  let pip = {};
  try {
    pip = JSON.parse(asked.text.split("\n").pop());
  } catch {
    return set;
  }
  const give = (name, value) => {
    if (value !== undefined && env[name] === undefined) set[name] = value;
  };
  if (env.UV_INDEX_URL === undefined) give("UV_DEFAULT_INDEX", pip["index-url"]);
  give("UV_INDEX", pip["extra-index-url"]?.trim().split(/\s+/).join(" "));
  give("SSL_CERT_FILE", pip.cert);
  give("UV_INSECURE_HOST", pip["trusted-host"]?.trim().split(/\s+/).join(" "));
  return set;
}

/** The lock file's text. */
export function readRequirements(root) {
  return readFileSync(join(root, "requirements.txt"), "utf8");
}
