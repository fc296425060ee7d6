// The environment variables under which everything of ours runs: whatever Jupyter, IPython, uv, pip and Python write
// goes into the project folder, and nothing of the user's own Python set-up leaks in.

import { delimiter, dirname, join } from "node:path";

// Set by an activated environment or a profile; they would make our own Python load somebody else's packages, or compile its
// own ones anew at each start.
const FOREIGN = [
  "PYTHONHOME",
  "PYTHONPATH",
  "PYTHONSTARTUP",
  "__PYVENV_LAUNCHER__",
  "VIRTUAL_ENV",
  "CONDA_PREFIX",
  "PYTHONDONTWRITEBYTECODE",
];

/** The folder of the Python environment: `<root>/.python/env`. */
export function pythonEnvFolder(root) {
  return join(root, ".python", "env");
}

/**
 * The variables for every program that the project starts: Jupyter, its kernels, uv, pip.
 *
 * `node` in a kernel specification is the Node that runs now, because its folder comes first in PATH.
 *
 * @param {string} root the project folder
 * @param {Record<string, string | undefined>} base what to start from
 * @returns {Record<string, string>} a complete environment
 */
export function projectEnv(root, base = process.env) {
  const env = {};
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined && !FOREIGN.includes(name)) env[name] = value;
  }
  const python = join(root, ".python");
  const cache = join(root, ".cache");
  return Object.assign(env, {
    PATH: [dirname(process.execPath), join(pythonEnvFolder(root), "bin"), env.PATH ?? ""].join(delimiter),
    JUPYTER_CONFIG_DIR: join(python, "jupyter", "config"),
    JUPYTER_DATA_DIR: join(python, "jupyter", "data"),
    JUPYTER_RUNTIME_DIR: join(python, "jupyter", "runtime"),
    IPYTHONDIR: join(python, "ipython"),
    PYTHONPYCACHEPREFIX: join(cache, "pycache"),
    PYTHONNOUSERSITE: "1",
    PYTHONUTF8: "1",
    PIP_CACHE_DIR: join(cache, "pip"),
    UV_CACHE_DIR: join(cache, "uv"),
    UV_PYTHON_INSTALL_DIR: join(cache, "uv-python"),
    UV_PYTHON_DOWNLOADS: "never",
    npm_config_cache: join(cache, "npm"),
    npm_config_logs_max: "0",
    npm_config_update_notifier: "false",
  });
}
