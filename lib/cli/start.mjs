// `npm start`: from a fresh clone to an open notebook, with nothing but Node and Python on the machine.
//
// Plain JavaScript over Node's own modules, because it runs before anything is installed; must parse on Node 16.
// Each step is skipped when it is done already and repeated when it was killed (each file says how it knows).

import { hasDisplay, openBrowser } from "./browser.mjs";
import { stopChildren } from "./child.mjs";
import { ensureLibrary, ensureNotebooks } from "./compile.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { printFailure } from "./failure.mjs";
import { expectFree, launchLab } from "./jupyter.mjs";
import { checkNode } from "./node-version.mjs";
import { ensurePython } from "./python.mjs";
import { expectRoom } from "./room.mjs";
import { ROOT } from "./root.mjs";
import { HELP, readOptions } from "./start-options.mjs";
import { Steps, seconds } from "./steps.mjs";
import { ensureWorkspace, firstNotebook } from "./workspace.mjs";

let lab;
let isStopping = false;

async function start() {
  const begin = Date.now();
  checkNode();
  const options = readOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(HELP);
  console.error("Happens-Before");
  expectRoom(ROOT);
  const steps = new Steps();
  await ensureDependencies(ROOT, steps);
  await ensureLibrary(ROOT, steps);
  await ensureNotebooks(ROOT, steps);
  const { python, env } = await ensurePython(ROOT, { steps, wanted: options.python });
  reportWorkspace(steps, await ensureWorkspace(ROOT));
  if (options.prepare) return void console.error(`Everything is installed (${seconds(begin)}).`);
  if (options.port !== undefined) await expectFree(options.port);
  lab = launchLab(ROOT, { python, env, port: options.port });
  const served = await steps.run("JupyterLab", lab.ready);
  const url = served.url(firstNotebook(ROOT));
  const isOpen = options.browser && hasDisplay() && (await openBrowser(url));
  console.error(`\nReady after ${seconds(begin)}. ${isOpen ? "Your browser opens" : "Open"} this address:`);
  console.log(url);
  console.error("Stop with Ctrl-C.");
  const code = await lab.stopped;
  if (!isStopping && code !== 0) {
    console.error(`\nJupyterLab ended with exit code ${code}; its log is .cache/jupyterlab.log.`);
    process.exitCode = 1;
  }
}

function reportWorkspace(steps, { text, details }) {
  steps.skip("Your workspace", text === "" ? "up to date" : text);
  for (const line of details) steps.note(line);
}

/** Ctrl-C, a closed terminal or a polite kill: stop JupyterLab with its kernels, leave nothing behind. */
function stopInOrder(signal) {
  if (isStopping) return;
  isStopping = true;
  console.error("\nStopping …");
  stopChildren();
  if (lab === undefined) process.exit(signal === "SIGINT" ? 130 : 143);
  else lab.stop();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stopInOrder(signal));

// npm passes a polite kill on to a shell that dies without us; then nobody could stop us by Ctrl-C any more.
if (process.env.npm_lifecycle_event === "start") {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || stopInOrder("SIGTERM"), 1000).unref();
}

start().catch((error) => {
  if (!isStopping) printFailure(error);
  process.exitCode = 1;
});
