// Width: the arithmetic of Go's four atomic integers. 32 bits are numbers, 64 bits are bigints.
//
// Rejected: numbers for 64 bits. They are exact to 2 ** 53 only, and a counter that silently stops counting, or an
// `and` that loses its high half, is worse than the `n` after a literal.

/** How integers of one width are checked and combined; results wrap around as in Go. */
export interface Width<N extends number | bigint> {
  readonly className: string;
  readonly label: string;
  readonly zero: N;
  readonly low: N;
  readonly high: N;
  plus(a: N, b: N): N;
  and(a: N, b: N): N;
  or(a: N, b: N): N;
}

export const INT32: Width<number> = {
  className: "AtomicInt32",
  label: "int32",
  zero: 0,
  low: -(2 ** 31),
  high: 2 ** 31 - 1,
  plus: (a, b) => (a + b) | 0,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
};

export const UINT32: Width<number> = {
  className: "AtomicUint32",
  label: "uint32",
  zero: 0,
  low: 0,
  high: 2 ** 32 - 1,
  plus: (a, b) => (a + b) >>> 0,
  and: (a, b) => (a & b) >>> 0,
  or: (a, b) => (a | b) >>> 0,
};

export const INT64: Width<bigint> = {
  className: "AtomicInt64",
  label: "int64",
  zero: 0n,
  low: -(2n ** 63n),
  high: 2n ** 63n - 1n,
  plus: (a, b) => BigInt.asIntN(64, a + b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
};

export const UINT64: Width<bigint> = {
  className: "AtomicUint64",
  label: "uint64",
  zero: 0n,
  low: 0n,
  high: 2n ** 64n - 1n,
  plus: (a, b) => BigInt.asUintN(64, a + b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
};

/**
 * Throws unless `value` is an integer that fits into `width`.
 *
 * @throws {TypeError} `` AtomicInt64.add: expected `delta` to be a bigint, got 1 ``
 * @throws {RangeError} `` AtomicInt32.add: expected `delta` to be an integer in -2147483648..2147483647, got 1.5 ``
 */
export function checkFits<N extends number | bigint>(
  width: Width<N>,
  method: string,
  parameter: string,
  value: N,
): void {
  if (typeof value !== typeof width.zero) {
    throw new TypeError(
      `${width.className}.${method}: expected \`${parameter}\` to be a ${typeof width.zero}, got ${String(value)}`,
    );
  }
  if (value < width.low || value > width.high || (typeof value === "number" && !Number.isInteger(value))) {
    throw new RangeError(
      `${width.className}.${method}: expected \`${parameter}\` to be an integer in ${width.low}..${width.high}, got ${String(value)}`,
    );
  }
}
