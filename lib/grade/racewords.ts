// RaceWords: a race in a few lines: what it is on, both sides, and what would have ordered them. The stacks and the
// places where goroutines were started stand in the drawn report, and in what `hb replay` prints.
import { type AccessData, type Finding, placeOf } from "../event/index.js";

/** What a check says of a finding: its message, which for a race is cut down to the two lines and the missing edge. */
export function findingWords({ message, race }: Finding): string {
  if (race === undefined) return message;
  const [first = ""] = message.split("\n", 1);
  const [now, before] = race.accesses;
  return [first, sideOf(now), sideOf(before), race.advice].join("\n");
}

/** `  write in Day.morning(), chain.ts:21, holding no lock`. */
function sideOf({ isWrite, name, stack, locks }: AccessData): string {
  const [at] = stack;
  const where = at === undefined ? "" : `, ${placeOf(at)}`;
  const held = locks.length === 0 ? "holding no lock" : `holding ${locks.join(", ")}`;
  return `  ${isWrite ? "write" : "read"} in ${at?.name ?? name}()${where}, ${held}`;
}
