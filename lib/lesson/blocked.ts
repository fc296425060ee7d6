// predictBlocked: which of several programs can block for ever, and who stays behind; computed from every state that a
// schedule can bring a program into.
//
// Rejected: `explore`, which reports one failure. Here every way to get stuck counts, so the board's graph is walked.
import type { Verdict } from "../event/index.js";
import { type Board, type BoardOptions, playBoard } from "../explore/index.js";
import type { Body, Program } from "../op/index.js";
import { BoardGame, table } from "../plot/index.js";
import { alreadyShown, type Card, showCard } from "./card.js";
import { type Guess, guessState, NOT_GUESSED } from "./guess.js";
import { showWitness } from "./predict.js";
import { type Prediction, predictionLine, predictionOf, type TrueAnswer } from "./prediction.js";

/** A program; one that has a `setup` says the type of its state in `main`. */
export type AnyProgram = Program<unknown> | Body;

/** Who can be blocked for ever in one program. */
export interface BlockedTruth {
  /** Names of bodies, in order of their numbers; none when every schedule ends. */
  readonly names: readonly string[];
  /** How the first such run ends, when there is one. */
  readonly verdict?: Verdict;
  /** The shortest schedule that blocks somebody. */
  readonly witness?: string;
  /** True when all states were looked at. */
  readonly isComplete: boolean;
}

/** What became of the guesses, program by program. Plain data. */
export interface BlockedPrediction {
  readonly id: string;
  readonly isGuessed: boolean;
  readonly programs: Readonly<Record<string, Prediction<string>>>;
  /** The mean over the programs, 0 to 1. */
  readonly score: number;
}

const WAITING: readonly Verdict[] = ["global-deadlock", "partial-deadlock", "leak"];

/** Returns who can be blocked for ever in a program. **Cost:** that of `playBoard`: below 1 ms a state. */
export function whoCanBlock(program: AnyProgram, options: BoardOptions = {}): BlockedTruth {
  const board = playBoard(program, options);
  const stuck = stuckStates(board);
  const names = new Map<number, string>();
  for (const state of stuck) {
    for (const at of board.states[state]?.g ?? []) {
      const g = board.goroutines[at];
      if (g?.state === "waits") names.set(g.id, g.id === 1 ? "main" : g.name);
    }
  }
  const inOrder = [...names].sort(([a], [b]) => a - b).map(([, name]) => name);
  const first = stuck[0];
  const isComplete = board.isWhole;
  if (first === undefined) return { names: [], isComplete };
  const verdict = endingOf(board, first);
  const witness = wayTo(board, first);
  return {
    names: [...new Set(inOrder)],
    isComplete,
    ...(verdict === undefined ? {} : { verdict }),
    ...(witness === undefined ? {} : { witness }),
  };
}

function endingOf(board: Board, state: number): Verdict | undefined {
  const end = board.states[state]?.end;
  return end === undefined ? undefined : board.endings[end]?.verdict;
}

/** Indices of the states in which a run ends with somebody waiting, in the order of the shortest way to them. */
function stuckStates(board: Board): number[] {
  return inBreadth(board).filter((state) => {
    const verdict = endingOf(board, state);
    return verdict !== undefined && WAITING.includes(verdict);
  });
}

function inBreadth(board: Board): number[] {
  const seen = new Set([0]);
  for (const state of seen) for (const { to } of board.states[state]?.steps ?? []) if (to >= 0) seen.add(to);
  return [...seen];
}

/** The schedule of a shortest way to a state. */
function wayTo(board: Board, goal: number): string | undefined {
  const cameBy = new Map<number, readonly [from: number, choice: number]>();
  for (const state of inBreadth(board)) {
    board.states[state]?.steps.forEach(({ to }, choice) => {
      if (to > 0 && !cameBy.has(to)) cameBy.set(to, [state, choice]);
    });
  }
  const choices: number[] = [];
  for (let at = goal; at !== 0; ) {
    const by = cameBy.get(at);
    if (by === undefined) return undefined;
    choices.unshift(by[1]);
    at = by[0];
  }
  const game = new BoardGame(board);
  return choices.every((choice) => game.take(choice)) ? game.schedule : undefined;
}

/**
 * Compares what a learner thinks can block with what can: for each program the names of the goroutines that some
 * schedule leaves waiting for ever, `[]` for a program that always ends. Shows the answers side by side, a schedule
 * for each program that can block, and the lanes of the first that was guessed wrong.
 *
 * **Cost:** below 1 ms for each state of each program.
 * **Limits:** programs of up to 20,000 states; goroutines are told apart by the names of their bodies.
 * @throws {TypeError} `` predictBlocked "four": expected a guess for "abba", got none ``
 * @example
 * const seen = await predictBlocked("one", { twice: [] }, {
 *   *twice() {
 *     const mu = new Mutex();
 *     yield* mu.lock();
 *     yield* mu.lock();
 *   },
 * });
 * console.log(seen.programs.twice.missed[0].result); // prints: main
 */
export async function predictBlocked(
  id: string,
  guess: Readonly<Record<string, Guess<string>>>,
  programs: Readonly<Record<string, AnyProgram>>,
  options: BoardOptions = {},
): Promise<BlockedPrediction> {
  const what = `predictBlocked ${JSON.stringify(id)}`;
  const names = Object.keys(programs);
  for (const name of names) {
    if (!(name in guess)) {
      throw new TypeError(`${what}: expected a guess for ${JSON.stringify(name)}, got none`);
    }
  }
  const title = options.title ?? `Your prediction: ${id}`;
  if (names.some((name) => guessState(what, guess[name] ?? "?", true) === "not yet")) {
    showCard({ tone: "open", badge: "not guessed yet", title, lines: NOT_GUESSED, notes: [] });
    return alreadyShown({ id, isGuessed: false, programs: {}, score: 0 }, `prediction ${id}: not guessed`);
  }
  const rows = names.map((name) => judge(name, guess[name] ?? [], programs[name] as AnyProgram, options));
  const isGuessed = rows.some(({ prediction }) => prediction.isGuessed);
  const score = rows.reduce((sum, { prediction }) => sum + prediction.score, 0) / Math.max(1, rows.length);
  const wrong = rows.find(({ prediction, truth }) => prediction.score < 1 && truth.witness !== undefined);
  showCard(blockedCard(title, rows, isGuessed, isGuessed ? wrong : undefined));
  if (isGuessed && wrong?.truth.witness !== undefined) await showWitness(wrong.program, wrong.truth.witness);
  const result = {
    id,
    isGuessed,
    programs: Object.fromEntries(rows.map(({ name, prediction }) => [name, prediction])),
    score,
  };
  return alreadyShown(result, predictionLine(result));
}

interface Row {
  readonly name: string;
  readonly program: AnyProgram;
  readonly truth: BlockedTruth;
  readonly guessed: readonly string[];
  readonly prediction: Prediction<string>;
}

/** `[]`, nobody, is an answer of its own here: the one true answer of a program that cannot block. */
function judge(name: string, guess: Guess<string>, program: AnyProgram, options: BoardOptions): Row {
  const truth = whoCanBlock(program, options);
  const orNobody = (list: readonly string[]): readonly string[] => (list.length === 0 ? [NOBODY] : list);
  const answers = orNobody(truth.names).map(
    (result): TrueAnswer<string> =>
      truth.witness === undefined ? { result } : { result, witness: truth.witness },
  );
  const claim = truth.isComplete
    ? "Every state of the program was looked at."
    : "A part of the program was looked at.";
  const asked = typeof guess === "string" ? guess : orNobody(guess);
  const prediction = predictionOf(name, asked, { answers, isComplete: truth.isComplete, claim });
  const guessed = typeof asked === "string" ? [] : asked;
  return { name, program, truth, guessed, prediction };
}

const NOBODY = "nobody";

function blockedCard(title: string, rows: readonly Row[], isGuessed: boolean, wrong?: Row): Card {
  const right = rows.filter(({ prediction }) => prediction.score === 1).length;
  const cells = rows.map(({ name, truth, guessed, prediction }) => [
    name,
    guessed.length === 0 ? "–" : guessed.join(", "),
    truth.names.length === 0 ? NOBODY : truth.names.join(", "),
    !prediction.isGuessed ? "–" : prediction.score === 1 ? "✓ right" : "✗ wrong",
    truth.witness ?? "–",
  ]);
  const columns = ["program", "you", "can be blocked for ever", "", "a schedule that shows it"];
  const isWhole = rows.every(({ truth }) => truth.isComplete);
  const claim = isWhole
    ? "Every state that a schedule can lead to was looked at."
    : "Not every state fitted into the search: somebody else may block as well.";
  const isRight = right === rows.length;
  return {
    tone: !isGuessed ? "plain" : isRight ? "good" : "bad",
    badge: !isGuessed ? "shown" : isRight ? `all ${rows.length} right` : `${right} of ${rows.length}`,
    title,
    lines: [],
    table: table("", columns, cells),
    notes: [claim, ...(wrong === undefined ? [] : [`How ${wrong.name} blocks:`])],
  };
}
