// A check cell is worth what its check is, hidden properties included: nbgrader takes what `check` returns as partial
// credit, and refuses to grade a cell that is given more than it is worth.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { coursePlaces, loadExercise } from "../../lib/grade/index.js";
import { parseLesson } from "../../lib/notebook/index.js";

const places = coursePlaces();
const folder = join(places.root, "notebooks");

for (const name of readdirSync(folder).filter((file) => file.endsWith(".md"))) {
  const lesson = parseLesson(readFileSync(join(folder, name), "utf8"), `notebooks/${name}`);
  for (const cell of lesson.cells.filter(({ kind }) => kind === "check")) {
    test(`notebooks/${name}: the check of ${cell.exercise} is worth all its points`, async () => {
      const { exercise, missingPoints } = await loadExercise(cell.exercise ?? "", places);
      const points = exercise.properties.reduce((sum, property) => sum + property.points, 0);
      expect(cell.points, `notebooks/${name}:${cell.line}`).toBe(points + missingPoints);
    });
  }
}
