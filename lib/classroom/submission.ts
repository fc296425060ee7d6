// Submission: one text of one student for one exercise, as it was found in what a class handed in.

/** A text to grade. */
export interface Submission {
  /** As the folder or file says it; never read as a path. */
  readonly student: string;
  /** `NN-name/x`. */
  readonly exercise: string;
  readonly text: string;
  /** Where it was found, from the folder that was given; a zip counts as a folder. */
  readonly origin: string;
}

/** A file that is not a submission, and why. */
export interface Unrecognised {
  readonly path: string;
  /** A sentence without its full stop; says what to do where something can be done. */
  readonly why: string;
}

/** Everything that a class handed in, sorted by student and exercise. */
export interface Collected {
  readonly submissions: readonly Submission[];
  /** Everybody of whom anything was found, also those of whom nothing was recognised. */
  readonly students: readonly string[];
  readonly unrecognised: readonly Unrecognised[];
}
