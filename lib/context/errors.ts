// The two errors that a context ends with.

class DeadlineExceededError extends Error {
  override readonly name: string = "DeadlineExceeded";

  constructor() {
    super("context deadline exceeded");
  }

  /** Go: net.Error */
  timeout(): boolean {
    return true;
  }

  /** Go: net.Error */
  temporary(): boolean {
    return true;
  }
}

/** What `ctx.err()` returns when the context was cancelled: `context canceled`. */
export const Canceled: Error = new Error("context canceled");

/** What `ctx.err()` returns when the deadline has passed: `context deadline exceeded`. */
export const DeadlineExceeded: Error & { timeout(): boolean; temporary(): boolean } =
  new DeadlineExceededError();
