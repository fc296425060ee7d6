// The kernel as Jupyter finds it, and the settings JupyterLab starts with. Both live inside the Python environment of
// the project, so nothing outside it knows of them and a moved project still works.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pythonEnvFolder } from "./environment.mjs";

/** The name that notebooks carry in `metadata.kernelspec.name`. */
export const KERNEL_NAME = "happens-before";

// `{resource_dir}` is the folder of kernel.json (<root>/.python/env/share/jupyter/kernels/happens-before); Jupyter
// fills it in, so the specification holds no absolute path.
const KERNEL = {
  argv: ["node", "{resource_dir}/../../../../../../lib/cli/kernel.mjs", "{connection_file}"],
  display_name: "TypeScript (Happens-Before)",
  language: "typescript",
  interrupt_mode: "signal",
  metadata: { debugger: false },
};

// No question about news, no look for updates: nothing leaves the machine. Errors name cell lines, so lines are numbered.
const LAB_SETTINGS = {
  "@jupyterlab/apputils-extension:notification": {
    fetchNews: "false",
    checkForUpdates: false,
  },
  "@jupyterlab/notebook-extension:tracker": { codeCellConfig: { lineNumbers: true } },
};

/** Writes kernel.json and overrides.json where they are missing or differ. Cost: two small reads. */
export function writeKernelspec(root) {
  const share = join(pythonEnvFolder(root), "share", "jupyter");
  writeKernel(root, pythonEnvFolder(root));
  writeJson(join(share, "lab", "settings", "overrides.json"), LAB_SETTINGS);
}

/** Writes kernel.json into an environment below .python where it is missing or differs. */
export function writeKernel(root, folder) {
  writeJson(join(folder, "share", "jupyter", "kernels", KERNEL_NAME, "kernel.json"), KERNEL);
  // JupyterLab runs scripts of its own with Node; without this they would be ES modules, as the project's files are.
  writeJson(join(root, ".python", "package.json"), { private: true });
}

function writeJson(file, value) {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (readIfThere(file) === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
