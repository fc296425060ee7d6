// Hashes of 32 bits for values and for sets of numbers. Equal values have equal hashes; unequal ones may too.

/** Spreads a number over 32 bits. Source: the finalizer of MurmurHash3 (Austin Appleby). */
export function mix(n: number): number {
  let h = Math.imul(n, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** How many characters at either end of a string count: a state may be a string that grows all the time. */
const ENDS = 8;

/** Hashes a primitive in O(1); all objects have the same hash. */
export function hashOf(value: unknown): number {
  switch (typeof value) {
    case "number":
      return Number.isInteger(value) ? mix(value | 0) : mix(Math.trunc(value * 1024) | 0);
    case "string":
      return hashOfString(value);
    case "boolean":
      return value ? 1 : 2;
    case "bigint":
      return mix(Number(BigInt.asIntN(32, value)));
    default:
      return 0;
  }
}

function hashOfString(text: string): number {
  const length = text.length;
  let h = length;
  for (let i = 0; i < length && i < ENDS; i++) h = Math.imul(h, 31) + text.charCodeAt(i);
  for (let i = Math.max(ENDS, length - ENDS); i < length; i++) h = Math.imul(h, 31) + text.charCodeAt(i);
  return mix(h);
}
