// Arguments of the structures in this room.

/** Throws on undefined, which the structures return when they are empty. */
export function checkItem(method: string, taker: string, noun: string, value: unknown): void {
  if (value !== undefined) return;
  throw new TypeError(
    `${method}: expected a value, got undefined, which ${taker} returns for an empty ${noun}`,
  );
}

/** Throws unless `capacityItems` is a power of two, so that a position becomes a slot by its low bits. */
export function checkCapacity(owner: string, capacityItems: number): void {
  const isPower =
    Number.isInteger(capacityItems) && capacityItems >= 1 && Number.isInteger(Math.log2(capacityItems));
  if (isPower && capacityItems <= 2 ** 30) return;
  throw new RangeError(
    `${owner}: expected \`capacityItems\` to be a power of two in 1..1073741824, got ${String(capacityItems)}`,
  );
}
