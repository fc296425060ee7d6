// TraceLayout: where the events of each thread lie in the shared memory of a recording.
//
// A header, then a slot for each thread: its number, how much it has written, a ring of events, an area for the stacks
// that its events name. Untouched pages of all that cost nothing.

/** Options of the recording, as words of the header. */
export const ON = 0;
export const EVERY = 1;
export const HAS_STACKS = 2;
export const CAPACITY = 3;
/** The number of the recording, so that a kept thread knows that it is another one. */
export const NUMBER = 4;
/** The last number that was given to a buffer. */
export const BUFFERS = 5;
/** Threads that found no slot. */
export const WITHOUT_SLOT = 6;
const HEADER_WORDS = 16;

export const SLOTS = 64;
const SLOT_HEADER_WORDS = 16;
/** In a slot: the thread's number plus one; events written, ever; bytes of stacks; stacks that found no room. */
export const THREAD = 0;
export const WRITTEN = 1;
export const STACK_BYTES_USED = 2;
export const STACKS_LOST = 3;
export const STACK_BYTES = 1 << 17;

/** An event: the time (two words, a double), a code, type and place of the object, the stack, a value, the task. */
export const EVENT_WORDS = 8;
export const CODE = 2;
export const TYPE = 3;
export const BUFFER = 4;
export const OFFSET = 5;
export const STACK = 6;
export const VALUE = 7;
/** The task is in the upper half of the code. */
export const TASK_SHIFT = 8;

/** What happened. */
export const Code = { START: 1, EXIT: 2, PARK: 3, WAKE: 4, HELD: 5, FREED: 6 } as const;
/** The value of FREED. */
export const Freed = { ALONE: 0, CONTENDED: 1, HANDED_OVER: 2 } as const;
/** Above that, and in the value of HELD: how the lock is held (0 for itself, 1 to read, 2 upgradable). */
export const KIND_SHIFT = 2;

/** How many words a recording takes. */
export function traceWords(capacity: number): number {
  return HEADER_WORDS + SLOTS * slotWords(capacity);
}

/** Where slot `slot` begins. */
export function slotAt(capacity: number, slot: number): number {
  return HEADER_WORDS + slot * slotWords(capacity);
}

/** Where the ring of a slot that begins at `slot` begins. */
export function ringAt(slot: number): number {
  return slot + SLOT_HEADER_WORDS;
}

/** Where its stacks begin, in words. */
export function stacksAt(capacity: number, slot: number): number {
  return slot + SLOT_HEADER_WORDS + capacity * EVENT_WORDS;
}

function slotWords(capacity: number): number {
  return SLOT_HEADER_WORDS + capacity * EVENT_WORDS + STACK_BYTES / 4;
}
