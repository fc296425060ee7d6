#!/usr/bin/env node
// `hb`: makes sure that the packages are installed and the library is built, then hands the words over to
// lib/cli/main.ts. Silent when there is nothing to do; needs no Python.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureLibrary } from "./compile.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { printFailure } from "./failure.mjs";
import { checkNode } from "./node-version.mjs";
import { ROOT } from "./root.mjs";
import { Steps } from "./steps.mjs";

async function hb() {
  checkNode();
  const steps = new Steps({ quiet: true });
  await ensureDependencies(ROOT, steps);
  await ensureLibrary(ROOT, steps);
  const { main } = await import(pathToFileURL(join(ROOT, ".build", "lib", "cli", "main.js")).href);
  return main(process.argv.slice(2));
}

hb().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    printFailure(error);
    process.exitCode = 1;
  },
);
