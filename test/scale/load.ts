// Load: a program with n goroutines on one primitive, and the invariants that must hold at its end.

import { type Go, type Program, WaitGroup } from "happens-before";

export interface Load {
  /** The exported names of the library that it puts under load. */
  readonly subjects: readonly string[];
  readonly name: string;
  /** Goroutines above which it makes no sense, with the reason in a comment. */
  readonly most?: number;
  /** The same for a random walk, where whoever tries to swap a word is nearly always too late. */
  readonly mostAtRandom?: number;
  /** A program of about `n` goroutines. Its `after` throws when an invariant does not hold. */
  program(n: number): Program<unknown>;
}

/** What a load is made from: a program whose parts are also told `n`. */
interface Parts<S> {
  setup(n: number): S;
  main(state: S, n: number): Go<unknown>;
  after?(state: S, n: number, result: unknown): void;
}

/** Makes a load. `after` throws when an invariant does not hold. */
export function load<S>(subjects: string | readonly string[], name: string, parts: Parts<S>): Load {
  const program = (n: number): Program<unknown> => ({
    setup: () => parts.setup(n),
    main: (state) => parts.main(state as S, n),
    after: (state, result) => parts.after?.(state as S, n, result),
  });
  return { subjects: typeof subjects === "string" ? [subjects] : subjects, name, program };
}

/** Runs `body(i)` in `n` goroutines and waits for all of them. */
export function* crowd(n: number, body: (i: number) => Go<unknown>): Go {
  const all = new WaitGroup();
  for (let i = 0; i < n; i++) all.go(body, i);
  yield* all.wait();
}

/** Throws unless the two are the same. The texts end up in a report's wrong result. */
export function same(what: string, got: unknown, expected: unknown): void {
  if (got !== expected) throw new Error(`${what}: expected ${String(expected)}, got ${String(got)}`);
}

/** A section that counts who is inside: never a writer beside anybody. */
export class Section {
  #readers = 0;
  #writers = 0;
  passed = 0;

  enter(isWriter: boolean): void {
    if (this.#writers > 0 || (isWriter && this.#readers > 0)) {
      throw new Error(`the section holds ${this.#readers} readers and ${this.#writers} writers`);
    }
    if (isWriter) this.#writers++;
    else this.#readers++;
  }

  leave(isWriter: boolean): void {
    if (isWriter) this.#writers--;
    else this.#readers--;
    this.passed++;
  }
}
