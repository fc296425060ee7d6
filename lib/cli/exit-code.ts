// ExitCode: what `hb` returns to the shell.

export const EXIT = {
  /** Passed; or the command did what it was asked to. */
  ok: 0,
  /** The exercise failed; or a cell of the notebook did. */
  failed: 1,
  /** The words make no sense: an unknown command, exercise, notebook or schedule. */
  usage: 2,
  /** Could not be judged: the machine was too noisy, or the check itself failed. */
  unknown: 3,
  /** Something went wrong that is not the learner's doing: an unwritable folder, a mistake in hb. */
  broken: 4,
  interrupted: 130,
} as const;

/** For the end of `hb --help`. */
export const EXIT_HELP = `
Exit codes:
  0    passed, or done
  1    the exercise failed, or a cell of the notebook did
  2    unknown command, option, exercise, notebook or schedule
  3    could not be judged: the machine is too noisy, or the check itself failed
  4    something else went wrong: a folder that cannot be written, a mistake in hb
  130  interrupted`;

/** Words that make no sense; the message says what to type instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
