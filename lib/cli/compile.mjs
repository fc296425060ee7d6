// Compiling: lib/**/*.ts into .build/lib (and the checks of the exercises and the zoo's bugs into .build/test), then the lessons' Markdown
// into notebooks/*.ipynb. Incremental; skipped when no source has changed.

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runChild } from "./child.mjs";
import { projectEnv } from "./environment.mjs";
import { explain } from "./failure.mjs";
import { withProjectLock } from "./lock.mjs";
import { filesBelow, hashFiles, hasStamp, removeStamp, writeStamp } from "./stamp.mjs";

// What lib/tsconfig.json compiles: tests stand beside the checks, but are not built.
const isSource = (name) => name.endsWith(".ts") && !name.endsWith(".test.ts");
const OUTPUT = /(\.d\.ts|\.d\.ts\.map|\.js|\.js\.map)$/;

/**
 * Builds the library where a source has changed since the last build.
 *
 * @param {string} root the project folder
 * @param {import("./steps.mjs").Steps} steps where progress is shown
 * @param {{ always?: boolean }} options `always`: compile in any case, to hear the complaints again
 * @returns {Promise<string[]>} the compiler's complaints, if it ran; the library is built even so
 * @throws {Failure} when nothing could be built
 */
export async function ensureLibrary(root, steps, options = {}) {
  const stamp = join(root, ".build", "library.stamp");
  const wanted = hashLibrary(root);
  if (options.always) removeStamp(stamp);
  if (!isWhole(root)) {
    // Somebody removed outputs; the compiler's own record would still call them up to date.
    removeStamp(stamp);
    removeStamp(join(root, ".build", "tsconfig.tsbuildinfo"));
  }
  if (hasStamp(stamp, wanted)) {
    steps.skip("Library", "up to date");
    return [];
  }
  const onWait = (pid) => steps.note(`Another command is building here (process ${pid}); waiting for it.`);
  return withProjectLock(root, { onWait }, async (holder) => {
    if (hasStamp(stamp, wanted)) {
      steps.skip("Library", "built by the other command");
      return [];
    }
    const complaints = await steps.run("Library (TypeScript)", () => compile(root, holder));
    writeStamp(stamp, wanted);
    if (complaints.length > 0)
      steps.note(`Built in spite of ${complaints.length} type errors; \`npm run build\` lists them.`);
    return complaints;
  });
}

/**
 * Builds the notebooks from their Markdown where a lesson or an exercise has changed.
 *
 * @param {string} root the project folder; its library must be built
 * @param {import("./steps.mjs").Steps} steps where progress is shown
 * @throws {Failure} naming each authoring mistake with its line
 */
export async function ensureNotebooks(root, steps) {
  const stamp = join(root, ".build", "notebooks.stamp");
  const sources = [
    ...filesBelow(join(root, "notebooks"), (name) => /\.(md|ipynb)$/.test(name)),
    ...filesBelow(join(root, "exercises"), isSource),
  ];
  const wanted = () => `${hashFiles(root, sources)} ${hashLibrary(root)}`;
  if (hasStamp(stamp, wanted())) return steps.skip("Notebooks", "up to date");
  const onWait = (pid) => steps.note(`Another command is building here (process ${pid}); waiting for it.`);
  await withProjectLock(root, { onWait }, () =>
    steps.run("Notebooks (Markdown)", async () => {
      removeStamp(stamp);
      const built = join(root, ".build", "lib", "notebook", "lessons.js");
      const { buildLessons } = await import(pathToFileURL(built).href);
      try {
        await buildLessons(root);
      } catch (error) {
        throw explain("Building the notebooks", error);
      }
      writeStamp(stamp, wanted());
    }),
  );
}

function librarySources(root) {
  return [
    ...filesBelow(join(root, "lib"), isSource),
    ...filesBelow(join(root, "test", "exercises"), isSource),
    ...filesBelow(join(root, "test", "zoo", "kernels"), isSource),
  ];
}

function hashLibrary(root) {
  const configuration = ["tsconfig.json", join("lib", "tsconfig.json"), "package-lock.json"];
  return hashFiles(root, [...configuration.map((name) => join(root, name)), ...librarySources(root)]);
}

/** Whether every source has an output, however old. */
function isWhole(root) {
  return librarySources(root).every((file) =>
    existsSync(join(root, ".build", file.slice(root.length + 1).replace(/\.ts$/, ".js"))),
  );
}

async function compile(root, holder) {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const done = await runChild(process.execPath, [tsc, "-p", "lib", "--pretty", "false"], {
    cwd: root,
    env: projectEnv(root),
    onSpawn: (pid) => holder.add(pid),
  });
  removeOrphans(root);
  const complaints = done.text.split("\n").filter((line) => / error TS\d+: /.test(line));
  const isBuilt = existsSync(join(root, ".build", "lib", "index.js"));
  if (done.code === 0) return [];
  if (isBuilt && complaints.length > 0) return complaints;
  throw explain("Building the library", done.text, ["Run `npm run build` to see the whole output."]);
}

/** Removes output whose source is gone: a deleted module must not go on working. */
function removeOrphans(root) {
  const build = join(root, ".build");
  for (const folder of ["lib", "test"]) {
    for (const file of filesBelow(join(build, folder), (name) => OUTPUT.test(name))) {
      const source = join(root, file.slice(build.length + 1).replace(OUTPUT, ".ts"));
      if (!existsSync(source)) rmSync(file);
    }
  }
}
