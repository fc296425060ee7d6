// Plain accesses: the variables that code with the directive accessed in plain functions, where nobody can switch. The
// explorer says so, since an interleaving that needs a switch there cannot be found.

const names = new Set<string>();

/** Notes an access of a variable in a plain function. */
export function notePlainAccess(name: string): void {
  names.add(name);
}

/** Forgets what was noted; called before an exploration. */
export function forgetPlainAccesses(): void {
  names.clear();
}

const MOST_NAMES = 5;

/**
 * Returns the end of a sentence about what was noted since `forgetPlainAccesses`, or an empty text.
 *
 * @example
 * notePlainAccess("counter");
 * console.log(plainAccessText());
 * // prints: ; counter is accessed in plain functions too, where no goroutine can switch: `function*` makes them visible
 * forgetPlainAccesses();
 */
export function plainAccessText(): string {
  if (names.size === 0) return "";
  const sorted = [...names].sort();
  const more = sorted.length > MOST_NAMES ? ["…"] : [];
  const list = [...sorted.slice(0, MOST_NAMES), ...more].join(", ");
  const verb = sorted.length === 1 ? "is" : "are";
  return `; ${list} ${verb} accessed in plain functions too, where no goroutine can switch: \`function*\` makes them visible`;
}
