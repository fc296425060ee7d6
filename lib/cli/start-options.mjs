// The words of `npm start --`, in plain JavaScript because they are read before any package is installed.

import { Failure } from "./failure.mjs";

export const HELP = `Usage: npm start [-- options]

Installs what is missing into this folder (npm packages, the built library, a Python environment with JupyterLab),
makes your workspace and opens the course. A second start skips what is done. Nothing outside this folder is written.

Options:
  --no-browser      print the address instead of opening a browser
  --port <number>   serve on this port (default: 8888, or the next free one)
  --python <path>   make the Python environment from this Python (3.10 or later)
  --prepare         install and build everything, then stop without starting JupyterLab
  --help            show this text

Stop with Ctrl-C. Your work is in workspace/. To remove everything that was installed:
  rm -rf node_modules .build .cache .python
Without Python: npx hb --help
`;

/**
 * Reads the options.
 *
 * @param {string[]} words what stands after `npm start --`
 * @returns {{ help: boolean, browser: boolean, prepare: boolean, port?: number, python?: string }}
 * @throws {Failure} naming a word that is not an option
 */
export function readOptions(words) {
  const options = { help: false, browser: true, prepare: false };
  const rest = [...words];
  while (rest.length > 0) {
    const [name, inline] = split(rest.shift());
    const value = () => inline ?? rest.shift() ?? fail(`${name} needs a value.`);
    if (name === "--help" || name === "-h") options.help = true;
    else if (name === "--no-browser") options.browser = false;
    else if (name === "--prepare") options.prepare = true;
    else if (name === "--port") options.port = readPort(value());
    else if (name === "--python") options.python = value();
    else fail(`${name} is not an option of npm start.`);
  }
  return options;
}

function split(word) {
  const at = word.indexOf("=");
  return word.startsWith("--") && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word, undefined];
}

function readPort(text) {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  return fail(`--port: expected a number from 1 to 65535, got ${text}.`);
}

function fail(message) {
  throw new Failure(message, ["`npm start -- --help` lists the options."]);
}
