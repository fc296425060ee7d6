// Budget: how long a search may go on. There is no clock in this room: whoever has one passes `isOver`.
//
// A check has several searches, one a key; each gets slices in turn, so one that is too hard does not hide what another
// finds at once.

/** Bounds of a search. Deciding is NP-complete, so a history can be too hard; the verdict is then `unknown`. */
export interface CheckOptions {
  /** How often the model may be asked. Default 10,000,000, some seconds; the same on every machine. */
  readonly maxSteps?: number;
  /** Asked now and then; true ends the search, e.g. `() => performance.now() > deadlineMs`. */
  readonly isOver?: () => boolean;
}

const DEFAULT_STEPS = 10_000_000;
/** Questions to the model between two questions to `isOver`. */
const BETWEEN = 1024;

/** Counts the steps of one check over all its searches. */
export class Budget {
  steps = 0;
  /** Whether nothing is left at all. */
  isSpent = false;
  readonly #max: number;
  readonly #isOver: (() => boolean) | undefined;
  #sliceEnd = Number.POSITIVE_INFINITY;

  constructor(caller: string, { maxSteps = DEFAULT_STEPS, isOver }: CheckOptions) {
    if (!(maxSteps >= 0)) {
      throw new RangeError(`${caller}: expected \`maxSteps\` to be a number >= 0, got ${maxSteps}`);
    }
    this.#max = maxSteps;
    this.#isOver = isOver;
  }

  /** Begins a slice of so many steps. */
  slice(steps: number): void {
    this.#sliceEnd = this.steps + steps;
  }

  /** Takes one step; false when the slice or the budget is at its end. */
  take(): boolean {
    if (this.isSpent || this.steps >= this.#sliceEnd) return false;
    if (this.steps >= this.#max || (this.steps % BETWEEN === 0 && this.#isOver?.() === true)) {
      this.isSpent = true;
      return false;
    }
    this.steps++;
    return true;
  }
}
