// hb list: the exercises of the course.
import { coursePlaces, exerciseIds, type Places, submissionFile } from "../grade/index.js";
import { EXIT } from "./exit-code.js";
import type { Output } from "./output.js";

/** Prints every exercise and where its text is; returns the exit code. */
export function listCommand(
  words: { readonly json?: boolean },
  out: Output,
  places: Places = coursePlaces(),
): number {
  const ids = exerciseIds(places);
  const rows = ids.map((id) => ({ id, file: submissionFile(id, places).replace(`${places.root}/`, "") }));
  if (words.json === true) {
    out.print(JSON.stringify(rows, undefined, 2));
    return EXIT.ok;
  }
  if (rows.length === 0) out.note("No exercises are built yet. Run `npm run build`.");
  const width = Math.max(0, ...ids.map((id) => id.length));
  for (const { id, file } of rows) out.print(`${id.padEnd(width)}  ${file}`);
  if (rows.length > 0) out.note("\nCheck one: npx hb check <exercise>");
  return EXIT.ok;
}
