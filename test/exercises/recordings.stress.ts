// `HB_RECORD=1 npx vitest run -c test/stress.config.ts test/exercises/recordings` measures anew what recordings.test.ts judges. On a
// quiet machine: the busy one is made here.
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { contend } from "happens-before/bench";
import { coursePlaces } from "happens-before/check";
import { expect, test } from "vitest";
import { loadHere } from "../../lib/grade/playable.js";
import { MEASURED, read } from "./profile05.js";
import { RECORDINGS, type Recording, recordingOf, waitsProperty } from "./recordings.js";

const HELD = MEASURED["half of the fetch still under the lock: it asks twice"]!;
const TEXTS = { solution: read("solutions"), held: HELD.text() };

async function recordAll(machine: string): Promise<[string, Recording][]> {
  const property = await waitsProperty();
  const recorded: [string, Recording][] = [];
  for (const [name, text] of Object.entries(TEXTS)) {
    const loaded = await loadHere(text, "profile.ts", coursePlaces());
    if ("problem" in loaded) throw new Error(loaded.problem.message);
    const measured = await contend(property.race(loaded.exports), property.measure);
    recorded.push([`${name}, ${machine}`, recordingOf(measured)]);
  }
  return recorded;
}

test.runIf(process.env["HB_RECORD"] === "1")("the waits are recorded", async () => {
  const quiet = await recordAll("quiet machine");
  const loops: ChildProcess[] = Array.from({ length: 4 }, () => spawn(process.execPath, ["-e", "for (;;);"]));
  let busy: [string, Recording][];
  try {
    busy = await recordAll("busy machine");
  } finally {
    for (const loop of loops) loop.kill("SIGKILL");
  }
  expect([...quiet, ...busy].every(([, recording]) => Object.keys(recording).length === 2)).toBe(true);
  writeFileSync(RECORDINGS, `${JSON.stringify(Object.fromEntries([...quiet, ...busy]))}\n`);
});
