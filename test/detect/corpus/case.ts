// One program of the race corpus, and words that keep the programs short.
//
// Source: the programs are written from what Go's race tests check (src/runtime/race/testdata, prefixes TestRace and
// TestNoRace dropped). A plain variable is a Cell; `recover` is `catch`.
import { Cell } from "../../../lib/atomic/cell.js";
import { type Body, type Go, PanicError } from "../../../lib/index.js";

export interface Case {
  /** Go's name without its prefix. */
  readonly name: string;
  readonly body: Body<[], unknown>;
}

export type Variable = Cell<number>;

/** Cases by their names. */
export function cases(table: Readonly<Record<string, Body<[], unknown>>>): Case[] {
  return Object.entries(table).map(([name, body]) => ({ name, body }));
}

export function variable<T = number>(label = "x", value = 0 as T): Cell<T> {
  return new Cell<T>(value, label);
}

/** Runs `body`; says whether it panicked. */
export function* panics(body: () => Go<unknown>): Go<boolean> {
  try {
    yield* body();
    return false;
  } catch (error) {
    if (error instanceof PanicError || error instanceof TypeError) return true;
    throw error;
  }
}
