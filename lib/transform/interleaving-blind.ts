// Blind: what the directive cannot see. Apart from the rewriter, so that what the package shows of it drags no parser in.

/** Something that cannot be seen. `line` and `column` start at 1. */
export interface Blind {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
