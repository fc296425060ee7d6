// `npm test [-- slice…]`: installs what the tests need, runs the slices, each within its budget, and ends with the line
// `N passed, N failed`. Slices that mostly wait run beside the others; those that need a quiet machine run at the end, alone.

import { join } from "node:path";
import { runChild, stopChildren } from "./child.mjs";
import { findChromium, HOW_TO_GET_CHROMIUM } from "./chromium.mjs";
import { ensureLibrary } from "./compile.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { projectEnv } from "./environment.mjs";
import { Failure, printFailure } from "./failure.mjs";
import { ensureNbgrader, HOW_TO_GET_NBGRADERS_PYTHON } from "./nbgrader.mjs";
import { checkNode } from "./node-version.mjs";
import { runNodes } from "./nodes.mjs";
import { ensurePython } from "./python.mjs";
import { ROOT } from "./root.mjs";
import { SLICES } from "./slices.mjs";
import { Steps, seconds } from "./steps.mjs";
import { runVitest } from "./vitest.mjs";

const HELP = `Usage: npm test [-- slice...]   (or npm run test:<slice>)

Slices with their budgets in seconds; + runs beside the others, ! runs at the end, alone:
${Object.entries(SLICES)
  .map(([name, { what, budgetS, when }]) => {
    const mark = { beside: "+", alone: "!" }[when] ?? " ";
    return `${mark} ${name.padEnd(14)}${String(budgetS).padStart(4)}  ${what}`;
  })
  .join("\n")}
`;

async function test(words) {
  checkNode();
  if (words.some((word) => ["--help", "-h", "--list"].includes(word))) return void process.stdout.write(HELP);
  const unknown = words.find((word) => !(word in SLICES));
  if (unknown !== undefined) {
    throw new Failure(`${unknown} is not a slice.`, [`Slices: ${Object.keys(SLICES).join(", ")}.`]);
  }
  const begin = Date.now();
  const names = words.length > 0 ? words : Object.keys(SLICES);
  const steps = new Steps();
  const env = await prepare(names, steps);
  const quiet = names.filter((name) => SLICES[name].when === "alone");
  const beside = names.filter((name) => SLICES[name].when === "beside");
  const others = names.filter((name) => SLICES[name].when === undefined);
  const both = [
    inTurn(others, env, console.log),
    inTurn(beside, env, others.length > 0 ? undefined : console.log),
  ];
  const rows = (await Promise.all(both)).flat();
  rows.push(...(await inTurn(quiet, env, console.log)));
  summarize(rows, begin);
}

/** Installs and builds; the environment of the slices: smoke-size measurements, the browser's place, no network names. */
async function prepare(names, steps) {
  await ensureDependencies(ROOT, steps);
  await ensureLibrary(ROOT, steps);
  if (names.some((name) => SLICES[name].needs?.includes("python"))) await ensurePython(ROOT, { steps });
  const needsNbgrader = names.some((name) => SLICES[name].needs?.includes("nbgrader"));
  const nbgrader = needsNbgrader ? await ensureNbgrader(ROOT, steps) : undefined;
  const chromium = findChromium();
  return {
    ...projectEnv(ROOT),
    // Biome and Chromium keep their caches where these say; without them it would be the home folder.
    XDG_CACHE_HOME: join(ROOT, ".cache", "xdg"),
    XDG_CONFIG_HOME: join(ROOT, ".cache", "xdg"),
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
    HB_MODE: process.env.HB_MODE ?? "smoke",
    ...(chromium === undefined ? {} : { HB_CHROMIUM: chromium }),
    ...(nbgrader === undefined ? {} : { HB_NBGRADER_PYTHON: nbgrader }),
  };
}

/** One slice after the other. Without `print`, what each has to say is printed when it has ended. */
async function inTurn(names, env, print) {
  const rows = [];
  for (const name of names) {
    const kept = [];
    const row = await runSlice(name, env, print ?? ((line) => kept.push(line)));
    if (kept.length > 0) console.log(kept.join("\n"));
    rows.push({ name, ...row });
  }
  return rows;
}

async function runSlice(name, env, print) {
  const slice = SLICES[name];
  const begin = Date.now();
  print(`\n== ${name}: ${slice.what} (at most ${slice.budgetS} s)`);
  if (slice.needs?.includes("chromium") && env.HB_CHROMIUM === undefined) {
    print(`!! SKIPPED: no Chromium was found. ${HOW_TO_GET_CHROMIUM}`);
    return { passed: 0, failed: 0, skipped: 1, elapsedMs: 0, note: "SKIPPED: no Chromium" };
  }
  if (slice.needs?.includes("nbgrader") && env.HB_NBGRADER_PYTHON === undefined) {
    print(`!! SKIPPED: ${HOW_TO_GET_NBGRADERS_PYTHON}`);
    return { passed: 0, failed: 0, skipped: 1, elapsedMs: 0, note: "SKIPPED: no Python 3.11 or later" };
  }
  const limitMs = slice.budgetS * 1000;
  const onLine = (line) => print(`   ${line}`);
  const outcome = await outcomeOf(name, slice, { env, limitMs, onLine });
  const note = outcome.timedOut ? `over its budget of ${slice.budgetS} s` : "";
  return {
    ...outcome,
    failed: outcome.failed + (outcome.timedOut ? 1 : 0),
    elapsedMs: Date.now() - begin,
    note,
  };
}

async function outcomeOf(name, slice, options) {
  if (slice.program === "nodes") return runNodes(ROOT, options);
  if (slice.program === undefined) return runVitest(ROOT, { name, ...slice, ...options });
  const module = (...path) => join(ROOT, "node_modules", ...path);
  const args =
    slice.program === "tsc"
      ? [module("typescript", "bin", "tsc"), "-p", ".", "--pretty", "false"]
      : [module("@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings", "."];
  const done = await runChild(process.execPath, args, { cwd: ROOT, group: true, ...options });
  return {
    passed: done.code === 0 ? 1 : 0,
    failed: done.code === 0 ? 0 : 1,
    skipped: 0,
    timedOut: done.timedOut,
  };
}

function summarize(rows, begin) {
  const total = (field) => rows.reduce((sum, row) => sum + row[field], 0);
  const line = (...cells) =>
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(14) : cell.padStart(9))).join(""));
  console.log("");
  line("slice", "passed", "failed", "skipped", "time", "budget");
  for (const row of rows) {
    const time = seconds(0, row.elapsedMs);
    line(row.name, `${row.passed}`, `${row.failed}`, `${row.skipped}`, time, `${SLICES[row.name].budgetS} s`);
    if (row.note) console.log(`  ^ ${row.note}`);
  }
  line("all", `${total("passed")}`, `${total("failed")}`, `${total("skipped")}`, seconds(begin));
  console.log(`\n${total("passed")} passed, ${total("failed")} failed`);
  if (total("failed") > 0) process.exitCode = 1;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    stopChildren();
    process.exit(130);
  });
}

test(process.argv.slice(2)).catch((error) => {
  printFailure(error);
  console.log("\n0 passed, 1 failed");
  process.exitCode = 1;
});
