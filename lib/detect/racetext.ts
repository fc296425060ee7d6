// The text of a data race, in the style of Go's race detector, with what orders the two accesses in a correct program.
//
// Source: Go src/runtime/race/output_test.go. Differs: variables, goroutines and locks have names instead of
// addresses, and the last line says what to do.

import type { AccessData, Position, RaceData } from "../event/index.js";

/** Frames shown of each stack. */
const FRAMES = 2;

/** The lines of a report: a summary, then both accesses, who started the two goroutines, and what is missing. */
export function raceText(race: RaceData): string {
  const [now, before] = race.accesses;
  const lines = [
    `data race on ${race.variable}: a ${verb(now)} by ${who(now)} and an earlier ${verb(before)} by ${who(before)} are not ordered`,
  ];
  if (now.stack.length > 0 || before.stack.length > 0) {
    lines.push("WARNING: DATA RACE");
    lines.push(...accessLines(now, race.variable, ""), ...accessLines(before, race.variable, "previous "));
    for (const access of [now, before]) lines.push(...creationLines(access));
  }
  lines.push(race.advice);
  return lines.join("\n");
}

function verb(access: AccessData): string {
  return access.isWrite ? "write" : "read";
}

/** `goroutine 3 "worker"`; main as Go calls it. */
export function who(access: AccessData): string {
  return access.createdBy === 0 && access.goroutine === 1
    ? "main goroutine"
    : `goroutine ${access.goroutine} ${JSON.stringify(access.name)}`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function accessLines(access: AccessData, variable: string, previous: string): string[] {
  const through = access.op === undefined || access.op === verb(access) ? "" : ` (${access.op})`;
  const held = access.locks.length === 0 ? "holding no lock" : `holding ${access.locks.join(", ")}`;
  return [
    `${capital(`${previous}${verb(access)}`)} of ${variable}${through} by ${who(access)}, ${held}:`,
    ...frameLines(access.stack, access.name),
  ];
}

function creationLines(access: AccessData): string[] {
  if (access.createdAt === undefined) return [];
  const state = access.hasEnded ? "finished" : "running";
  return [`${capital(who(access))} (${state}) created at:`, ...frameLines([access.createdAt], "main")];
}

function frameLines(stack: readonly Position[], name: string): string[] {
  const lines: string[] = [];
  for (const at of stack.slice(0, FRAMES)) {
    lines.push(`  ${at.name ?? name}()`, `      ${at.file}:${at.line}:${at.column}`);
  }
  if (stack.length > FRAMES) lines.push(`  ... ${stack.length - FRAMES} more`);
  return lines;
}

/** What would have ordered two accesses, as one sentence. */
export function adviceFor(now: AccessData, before: AccessData): string {
  if (isAtomic(now) !== isAtomic(before)) {
    return "One access is atomic and the other is plain, and an atomic one keeps no plain one away: make both atomic, or hold one Mutex in both places.";
  }
  const common = now.locks.map(plain).filter((lock) => before.locks.map(plain).includes(lock));
  const [shared] = common;
  if (shared !== undefined) {
    return `Both hold ${shared}, but one of them for reading only, and readers do not keep each other out: write while holding it for writing.`;
  }
  if (now.locks.length > 0 && before.locks.length > 0) {
    return `They hold different locks (${now.locks.join(", ")}; ${before.locks.join(", ")}): the same one must be held in both places.`;
  }
  const [lock] = [...now.locks, ...before.locks];
  if (lock !== undefined) {
    const [without] = now.locks.length === 0 ? [now] : [before];
    return `Only one of them holds ${plain(lock)}: ${who(without as AccessData)} must hold it too.`;
  }
  if (before.hasEnded && before.goroutine !== 1) {
    return `${capital(who(before))} has ended, but its end orders nobody after it: wait for it with a WaitGroup or a channel, or hold one Mutex in both places.`;
  }
  if (before.goroutine === now.createdBy || now.goroutine === before.createdBy) {
    return "The go statement orders only what comes before it: hold one Mutex in both places, or hand the value over through a channel.";
  }
  return "Nothing orders them: hold one Mutex in both places, or hand the value over through a channel.";
}

function isAtomic({ op }: AccessData): boolean {
  return op?.startsWith("atomic") === true;
}

function plain(lock: string): string {
  return lock.replace(/ \(for reading\)$/, "");
}
