// Numbers: the typed arrays that hold numbers in shared memory.

/** The typed arrays of numbers that a snapshot can hold. */
export type Numbers =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** How their views over shared memory are made. */
export interface NumbersConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: SharedArrayBuffer, offset: number, length: number): Numbers;
}

/** Their constructors; a place in this list names one in shared memory. */
export const NUMBER_KINDS = [
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
] as const;
