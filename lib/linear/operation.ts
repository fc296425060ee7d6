// Operation: one call of a history, as plain data.

/** One operation of a recorded history. */
export interface Operation<I = unknown, O = unknown> {
  /** Who called: a goroutine, a thread, a process. One client has one operation at a time. */
  readonly client: number;
  readonly input: I;
  /** What it returned. Means nothing while `return` is absent. */
  readonly output?: O | undefined;
  /** When it was called: nanoseconds or places in a log, from one clock for the whole history. */
  readonly call: number;
  /** When it returned, not before `call`. Absent: nobody saw it return, so it may or may not have taken effect. */
  readonly return?: number | undefined;
}

/** Whether nobody saw the operation return. */
export function isPending(operation: Operation): boolean {
  return operation.return === undefined;
}

/** @throws {RangeError} naming the operation whose times are not in order. */
export function checkTimes(caller: string, history: readonly Operation[]): void {
  for (const [i, { call, return: end }] of history.entries()) {
    if (Number.isNaN(call) || typeof call !== "number") {
      throw new RangeError(`${caller}: expected \`call\` of operation ${i} to be a number, got ${call}`);
    }
    if (end !== undefined && !(end >= call)) {
      throw new RangeError(
        `${caller}: expected \`return\` of operation ${i} to be a number >= its \`call\` ${call}, got ${end}`,
      );
    }
  }
}

/** A value as reports print it. */
export function shown(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "bigint") return `${value}n`;
  try {
    return (
      JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part)) ??
      String(value)
    );
  } catch {
    return String(value);
  }
}
