// Schedule strings: a whole run as a short text, `version.choices.hash-of-the-source`.
//
// Only real choices are written: where one goroutine could run, nothing is. Tokens are joined by "-":
//   7      goroutine 7 went on (base 36)          T      the earliest timer fired
//   P2     a data choice took option 2            7X3    the token, three times (base 36)
// Version `1` is a controlled run on the free clock, `j1` one on the jump clock. A direct run has no choices: it is its
// strategy and seed, version `d1`.

import { hash32 } from "./random.js";

/** A choice of the earliest timer. Goroutines are their ids (>= 1); data choices are -1 - option. */
export const TIMER = 0;

export interface Schedule {
  /** Choices of a controlled run. */
  readonly choices?: readonly number[];
  /** The clock of a controlled run. */
  readonly clock?: "free" | "jump";
  /** Strategy and seed of a direct run. */
  readonly direct?: { readonly strategy: string; readonly seed: string };
  readonly hash: string;
}

/** Four hexadecimal digits over the text of a program. */
export function sourceHash(text: string): string {
  const h = hash32(text);
  return ((h ^ (h >>> 16)) & 0xffff).toString(16).padStart(4, "0");
}

function token(choice: number): string {
  if (choice === TIMER) return "T";
  return choice < 0 ? `P${(-1 - choice).toString(36)}` : choice.toString(36);
}

/** Writes the choices of a controlled run. */
export function encodeChoices(choices: readonly number[], hash: string, clock: "free" | "jump"): string {
  const tokens: string[] = [];
  for (let i = 0; i < choices.length; ) {
    let end = i + 1;
    while (end < choices.length && choices[end] === choices[i]) end++;
    const text = token(choices[i] as number);
    tokens.push(end - i === 1 ? text : `${text}X${(end - i).toString(36)}`);
    i = end;
  }
  return `${clock === "free" ? "1" : "j1"}.${tokens.length === 0 ? "0" : tokens.join("-")}.${hash}`;
}

/** Writes a direct run. */
export function encodeDirect(strategy: string, seed: string, hash: string): string {
  return `d1.${strategy}-${encodeURIComponent(seed).replaceAll(".", "%2E")}.${hash}`;
}

/**
 * Reads a schedule string.
 *
 * @throws {RangeError} `` schedule: expected `version.choices.hash` such as 1.2-1X3.7be1, got "…" ``
 */
export function decodeSchedule(text: string): Schedule {
  const parts = text.trim().split(".");
  const [version, body, hash] = parts;
  if (parts.length === 3 && body !== undefined && hash !== undefined && /^[0-9a-f]{4}$/.test(hash)) {
    if (version === "1" || version === "j1") {
      const choices = decodeChoices(body);
      if (choices !== undefined) return { choices, clock: version === "1" ? "free" : "jump", hash };
    }
    const direct = version === "d1" ? /^([a-z]+)-(.*)$/.exec(body) : null;
    if (direct !== null) {
      return {
        direct: { strategy: direct[1] as string, seed: decodeURIComponent(direct[2] as string) },
        hash,
      };
    }
  }
  throw new RangeError(
    `schedule: expected \`version.choices.hash\` such as 1.2-1X3.7be1, got ${JSON.stringify(text)}`,
  );
}

function decodeChoices(body: string): number[] | undefined {
  if (body === "0") return [];
  const choices: number[] = [];
  for (const part of body.split("-")) {
    const m = /^(?:(T)|(P?)([0-9a-z]+))(?:X([0-9a-z]+))?$/.exec(part);
    if (m === null) return undefined;
    const n = m[1] === "T" ? TIMER : Number.parseInt(m[3] as string, 36);
    const count = m[4] === undefined ? 1 : Number.parseInt(m[4], 36);
    if (count > 1_000_000 - choices.length) return undefined;
    const choice = m[2] === "P" ? -1 - n : n;
    for (let i = 0; i < count; i++) choices.push(choice);
  }
  return choices;
}
