// BoardGame: where a reader stands on a board, and how they came there.
import type { Board, BoardEnding, BoardEvent, BoardState, BoardStep } from "../explore/index.js";
import { encodeChoices } from "../runtime/index.js";

/** A walk over a board: forwards by choices, backwards, and forwards again. */
export class BoardGame {
  readonly board: Board;
  #path: BoardStep[] = [];
  #undone: BoardStep[] = [];

  constructor(board: Board) {
    this.board = board;
  }

  get state(): BoardState {
    return this.board.states[this.#path.at(-1)?.to ?? 0] as BoardState;
  }

  /** How many choices were made. */
  get depth(): number {
    return this.#path.length;
  }

  get ending(): BoardEnding | undefined {
    const { end } = this.state;
    return end === undefined ? undefined : this.board.endings[end];
  }

  /** What can be chosen, in the order of the keys 1, 2, …; `to` is -1 where the board ends. */
  get choices(): readonly BoardStep[] {
    return this.state.steps;
  }

  /** What happened so far. */
  get events(): BoardEvent[] {
    return this.#path.flatMap((step) => step.log.map((at) => this.board.events[at] as BoardEvent));
  }

  /** The choices so far, as text for `report({ schedule })` and `hb replay`. */
  get schedule(): string {
    const { version, hash } = this.board;
    // A state that stands before any choice of who has only data to choose.
    const choices = this.#path.flatMap((step, i) => {
      const data = step.picks.map((option) => -1 - option);
      return i === 0 && this.board.isLateStart === true ? data : [step.id, ...data];
    });
    return encodeChoices(choices, hash, version === "1" ? "free" : "jump");
  }

  /** Takes choice `index`, from 0; false when there is none, or the board ends there. */
  take(index: number): boolean {
    const step = this.choices[index];
    if (step === undefined || step.to < 0) return false;
    const next = this.#undone.at(-1);
    this.#undone = next === step ? this.#undone.slice(0, -1) : [];
    this.#path = [...this.#path, step];
    return true;
  }

  /** Takes the last choice back; false at the start. */
  back(): boolean {
    const last = this.#path.at(-1);
    if (last === undefined) return false;
    this.#path = this.#path.slice(0, -1);
    this.#undone = [...this.#undone, last];
    return true;
  }

  /** Makes again the choice that was taken back last; false when there is none. */
  forward(): boolean {
    const next = this.#undone.at(-1);
    return next !== undefined && this.take(this.choices.indexOf(next));
  }

  /** Goes back to the start. */
  restart(): void {
    while (this.back());
  }
}
