// `npm run build`: the npm packages, the library and the notebooks; ends with exit code 1 on a type error.

import { ensureLibrary, ensureNotebooks } from "./compile.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { printFailure } from "./failure.mjs";
import { checkNode } from "./node-version.mjs";
import { ROOT } from "./root.mjs";
import { Steps } from "./steps.mjs";

try {
  checkNode();
  const steps = new Steps();
  await ensureDependencies(ROOT, steps);
  const complaints = await ensureLibrary(ROOT, steps, { always: true });
  for (const line of complaints) console.error(line);
  await ensureNotebooks(ROOT, steps);
  if (complaints.length > 0) process.exitCode = 1;
} catch (error) {
  printFailure(error);
  process.exitCode = 1;
}
