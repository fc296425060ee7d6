// AtomicInt32, AtomicUint32, AtomicInt64, AtomicUint64: Go's atomic integers.
//
// Source: Go src/sync/atomic/type.go (1.26). Not here: Uintptr, and the functions on addresses (`atomic.AddInt32(&n)`),
// since nothing has an address.

import { AtomicInteger } from "./integer.js";
import { INT32, INT64, UINT32, UINT64 } from "./width.js";

/**
 * An integer of 32 bits with a sign, shared by goroutines. The sum of `add` wraps around.
 *
 * **Happens-before:** atomics are sequentially consistent: an operation synchronizes before every one that sees
 * its effect.
 * **Cost:** O(1), never waits; in a direct run it neither allocates nor yields.
 *
 * @throws {TypeError} `` AtomicInt32.add: expected `delta` to be a number, got 1n `` and the like
 * @throws {RangeError} `` AtomicInt32.add: expected `delta` to be an integer in -2147483648..2147483647, got 1.5 ``
 * @example
 * await run(function* () {
 *   const hits = new AtomicInt32();
 *   const wg = new WaitGroup();
 *   for (let i = 0; i < 3; i++) wg.go(function* () { yield* hits.add(1); });
 *   yield* wg.wait();
 *   console.log(yield* hits.load()); // prints: 3
 * });
 * @see Go: sync/atomic.Int32
 */
export class AtomicInt32 extends AtomicInteger<number> {
  constructor(value = 0) {
    super(INT32, value);
  }
}

/**
 * An integer of 32 bits without a sign, shared by goroutines. To subtract `c`, add `2 ** 32 - c`, as in Go.
 *
 * **Happens-before:** atomics are sequentially consistent: an operation synchronizes before every one that sees
 * its effect.
 * **Cost:** O(1), never waits; in a direct run it neither allocates nor yields.
 *
 * @throws {RangeError} `` AtomicUint32.add: expected `delta` to be an integer in 0..4294967295, got -1 ``
 * @example
 * await run(function* () {
 *   const flags = new AtomicUint32(0b0011);
 *   console.log(yield* flags.or(0b0100)); // prints: 3
 *   console.log(yield* flags.and(0b0110)); // prints: 7
 *   console.log(yield* flags.load()); // prints: 6
 * });
 * @see Go: sync/atomic.Uint32
 */
export class AtomicUint32 extends AtomicInteger<number> {
  constructor(value = 0) {
    super(UINT32, value);
  }
}

/**
 * An integer of 64 bits with a sign, as a bigint, shared by goroutines. The sum of `add` wraps around.
 *
 * **Happens-before:** atomics are sequentially consistent: an operation synchronizes before every one that sees
 * its effect.
 * **Cost:** O(1), never waits; allocates a bigint. Where 32 bits are enough, `AtomicInt32` is several times cheaper.
 *
 * @throws {TypeError} `` AtomicInt64.add: expected `delta` to be a bigint, got 1 ``
 * @throws {RangeError} when an argument does not fit into 64 bits, with the range and the value
 * @example
 * await run(function* () {
 *   const bytes = new AtomicInt64(2n ** 53n);
 *   console.log(yield* bytes.add(1n)); // prints: 9007199254740993n
 * });
 * @see Go: sync/atomic.Int64
 */
export class AtomicInt64 extends AtomicInteger<bigint> {
  constructor(value = 0n) {
    super(INT64, value);
  }
}

/**
 * An integer of 64 bits without a sign, as a bigint, shared by goroutines. To subtract `c`, add `2n ** 64n - c`.
 *
 * **Happens-before:** atomics are sequentially consistent: an operation synchronizes before every one that sees
 * its effect.
 * **Cost:** O(1), never waits; allocates a bigint. Where 32 bits are enough, `AtomicUint32` is several times cheaper.
 *
 * @throws {TypeError} `` AtomicUint64.add: expected `delta` to be a bigint, got 1 ``
 * @throws {RangeError} `` AtomicUint64.add: expected `delta` to be an integer in 0..18446744073709551615, got -1 ``
 * @example
 * await run(function* () {
 *   const ticket = new AtomicUint64(2n ** 64n - 1n);
 *   console.log(yield* ticket.add(1n)); // prints: 0n
 * });
 * @see Go: sync/atomic.Uint64
 */
export class AtomicUint64 extends AtomicInteger<bigint> {
  constructor(value = 0n) {
    super(UINT64, value);
  }
}
