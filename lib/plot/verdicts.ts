// Verdicts: the words with which a report begins.
import { type Finding, placeOf, type Report, type Verdict } from "../event/index.js";
import { nextStep } from "./nextstep.js";
import { type Blocked, blockedOf, cycleOf } from "./waits.js";

/** What each verdict means, in a line. */
export const VERDICT_TITLES: Readonly<Record<Verdict, string>> = {
  ok: "OK",
  "global-deadlock": "DEADLOCK: all goroutines are asleep",
  "partial-deadlock": "PARTIAL DEADLOCK: some goroutines can never go on",
  leak: "LEAK: main returned and left goroutines blocked for ever",
  race: "DATA RACE: two accesses that no edge orders",
  "lock-order": "LOCK ORDER: locks are taken in opposite orders; another schedule can deadlock",
  panic: "PANIC",
  fatal: "FATAL ERROR",
  "wrong-result": "WRONG RESULT",
  starvation: "STARVATION: a goroutine never gets its turn",
  livelock: "LIVELOCK: everybody moves and nobody gets on",
  misuse: "MISUSE of the library",
  "out-of-steps": "OUT OF STEPS: the run did not end within its limit",
  diverged: "NOT REPEATABLE: the same schedule did something else",
};

const SHORT_TITLES: readonly Verdict[] = ["panic", "fatal", "wrong-result", "misuse"];

/** Lines of a race or a lock order below its summary: both sides, and what is missing. */
const RACE_LINES = 20;

/** Of a finding about waiting, what the list of those who wait does not say. */
const NOT_IN_WAITS = /that wake-up is lost$|^not counted|^next:/;

/** Lines of any other finding below its summary; the last one, the next step, is always shown. */
const FINDING_LINES = 6;

/** Blocked goroutines listed one by one, before the rest is only counted. */
const MAX_BLOCKED = 8;

/**
 * Returns the head of a report: the verdict in the first line, then both sides and every other finding. `raceLines` is
 * how much of a race is told; with 1 it is the advice, for pictures, which show the rest.
 */
export function headLines(report: Report, raceLines: number = RACE_LINES): string[] {
  const lines: string[] = [];
  const below: string[] = [];
  const blocked = blockedOf(report);
  const isAboutWaiting = ["global-deadlock", "partial-deadlock", "leak"].includes(report.verdict);
  for (const finding of report.findings) {
    // Who waits stands below, goroutine by goroutine, with what each of them holds.
    if (finding.verdict === report.verdict && isAboutWaiting && blocked.length > 0) {
      below.push(...finding.message.split("\n").filter((line) => NOT_IN_WAITS.test(line)));
      continue;
    }
    lines.push(...findingLines(finding, finding.verdict === report.verdict, raceLines));
  }
  if (report.findings.length === 0 && report.error !== undefined) {
    lines.push(`  ${report.error.name}: ${firstLine(report.error.message)}`);
  }
  lines.push(...blockedLines(blocked), ...below.map((line) => `  ${line}`));
  const title = VERDICT_TITLES[report.verdict];
  // `PANIC` alone says too little: what was thrown joins it in the first line.
  if (!SHORT_TITLES.includes(report.verdict) || lines.length === 0) return [title, ...lines];
  const thrown = lines[0]!.trim().replace(/^(panic|fatal error|misuse): /, "");
  const next = lines.some((line) => line.trim().startsWith("next: ")) ? undefined : nextStep(thrown);
  return [`${title}: ${thrown}`, ...lines.slice(1), ...(next === undefined ? [] : [`  ${next}`])];
}

function findingLines(finding: Finding, isMain: boolean, raceLines: number): string[] {
  const [first = "", ...rest] = finding.message.split("\n");
  const where = finding.at.map(placeOf).filter((place) => place !== "");
  const at = where.length === 0 ? "" : ` (${[...new Set(where)].slice(0, 3).join(", ")})`;
  const most =
    finding.race !== undefined ? raceLines : finding.lockOrder !== undefined ? RACE_LINES : FINDING_LINES;
  return [
    `  ${isMain ? "" : `also ${finding.verdict}: `}${first}${at}`,
    ...shortened(rest, most).map((line) => `  ${line}`),
  ];
}

function shortened(lines: readonly string[], most: number): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), ...lines.slice(-1)];
}

function blockedLines(blocked: readonly Blocked[]): string[] {
  const lines = blocked.slice(0, MAX_BLOCKED).map(blockedLine);
  if (blocked.length > MAX_BLOCKED)
    lines.push(`  … and ${blocked.length - MAX_BLOCKED} more goroutines wait`);
  const cycle = cycleOf(blocked);
  if (cycle !== undefined) {
    const parts = cycle.map((id) => {
      const on = blocked.find((b) => b.goroutine.id === id)?.goroutine.waitingOn ?? "?";
      return `goroutine ${id} → ${on}`;
    });
    lines.push(`  cycle: ${parts.join(" → ")} → goroutine ${cycle[0]}`);
  }
  return lines;
}

function blockedLine({ goroutine: g, holds, heldBy }: Blocked): string {
  const name = g.name === "" ? "" : ` "${g.name}"`;
  const on = g.waitingOn === undefined || g.waitingOn.startsWith("#") ? "" : ` for ${g.waitingOn}`;
  const others = heldBy.filter((id) => id !== g.id);
  const by = heldBy.includes(g.id)
    ? ", which it holds itself"
    : others.length > 0
      ? `, held by goroutine ${others.join(", ")}`
      : "";
  const place = placeOf(g.stack[0]);
  const held = holds.length === 0 ? "" : `; holds ${holds.join(", ")}`;
  const spawned = placeOf(g.createdAt);
  const from = spawned === "" ? "" : `; started at ${spawned}`;
  return `  goroutine ${g.id}${name} waits${on} [${g.waitReason ?? "?"}]${place === "" ? "" : ` at ${place}`}${by}${held}${from}`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
