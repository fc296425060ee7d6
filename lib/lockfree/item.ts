// Arguments of the structures in this room.

/** Throws on undefined, which the structures return when they are empty. */
export function checkItem(method: string, taker: string, noun: string, value: unknown): void {
  if (value !== undefined) return;
  throw new TypeError(
    `${method}: expected a value, got undefined, which ${taker} returns for an empty ${noun}`,
  );
}

/** Throws unless `capacityItems` is a power of two of `least` or more, so that a position's low bits are its slot. */
export function checkCapacity(owner: string, capacityItems: number, least: 1 | 2): void {
  const isPower = Number.isInteger(capacityItems) && (capacityItems & (capacityItems - 1)) === 0;
  if (isPower && capacityItems >= least && capacityItems <= 2 ** 30) return;
  throw new RangeError(
    `${owner}: expected \`capacityItems\` to be a power of two in ${least}..1073741824, got ${String(capacityItems)}`,
  );
}
