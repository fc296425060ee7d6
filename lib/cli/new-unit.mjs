// `npm run new-unit -- 07-channels`: writes the skeleton of a unit, and says what comes next. Writes nothing when one of
// the files is there already.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure, printFailure } from "./failure.mjs";
import { ROOT } from "./root.mjs";
import { skeletonOf } from "./unit-skeleton.mjs";

const NAME = /^[0-9][0-9](-[a-z0-9]+)+$/;

/** Writes the unit and returns the paths, in order. */
function writeUnit(root, unit) {
  const files = Object.entries(skeletonOf(unit));
  const there = files.filter(([path]) => existsSync(join(root, path))).map(([path]) => path);
  if (there.length > 0) {
    throw new Failure(`Unit ${unit} is there already: ${there.join(", ")}.`, [
      "Nothing was written. Choose another number, or remove those files first.",
    ]);
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return files.map(([path]) => path);
}

try {
  const [unit, ...rest] = process.argv.slice(2);
  if (unit === undefined || rest.length > 0 || !NAME.test(unit)) {
    const got = unit === undefined ? "nothing" : process.argv.slice(2).join(" ");
    throw new Failure(`new-unit: expected one name such as 07-channels, got ${got}.`, [
      "npm run new-unit -- 07-channels",
    ]);
  }
  for (const path of writeUnit(ROOT, unit)) console.log(`  ${path}`);
  console.log(`
Next, in this order (CONTRIBUTING.md, "A unit", says more):
  1. npm run build                      builds the notebook; npx hb run notebooks/${unit}.ipynb runs it
  2. write the lesson, cell by cell; rename the exercise "sum" in all of its files
  3. test/notebook/curriculum/${unit.slice(0, 2)}.ts     each row of rows.ts: its cells, and what proves it
  4. npm run test:grader, npm run test:notebooks
  5. README.md: the course map`);
} catch (error) {
  printFailure(error);
  process.exitCode = error instanceof Failure ? 2 : 1;
}
