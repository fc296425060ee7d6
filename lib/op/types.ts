// Op, Step, Go: the shape of a goroutine's source, without any behaviour.
//
// A goroutine body is a generator function. Each of its blocking operations is an `Op` and must be
// `yield*`-ed, so every place where the scheduler may switch stands in the source. An operation that never
// blocks is a `Step`: a plain call happens now, `yield*` makes it a scheduling point too.

/** The token that travels from a parked operation up to the scheduler. Made by the runtime only. */
export interface Wait {
  readonly wait: true;
}

/** An operation that may block. It must be `yield*`-ed; its value is the value of the `yield*`. */
export interface Op<T> {
  readonly must: true;
  [Symbol.iterator](): Iterator<Wait, T, unknown>;
}

/** An operation that never blocks. A plain call happens now; `yield*` makes it a scheduling point. */
export interface Step {
  readonly may: true;
  [Symbol.iterator](): Iterator<Wait, void, unknown>;
}

/** What a goroutine body returns: `function* worker(): Go<number> { … }`. */
export type Go<T = void> = Generator<Wait, T, unknown>;

/** A goroutine body: a generator function. Pass it to `go` with its arguments. */
export type Body<A extends unknown[] = [], T = unknown> = (...args: A) => Go<T>;

/**
 * A program that can be run many times: `setup` makes its state afresh for every schedule, `main` runs on it,
 * `after` looks at the result when everybody has stopped. A throw in `after` is the verdict `wrong-result`.
 */
export interface Program<S, T = unknown> {
  setup(): S;
  main(state: S): Go<T>;
  after?(state: S, result: T): void;
}
