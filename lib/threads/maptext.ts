// Maptext: strings in shared words, as they are: one byte a character where all are below 256, else two.
//
// A text's head is its length times two, plus 1 when it has two bytes a character. Its words are written and read by Atomics,
// because a reader may look at a block that has just become somebody else's; it finds that out afterwards (maptable.ts).
//
// Rejected: UTF-8. Two different strings with halves of surrogate pairs would become one, and TextEncoder costs more
// than these loops for the short strings that keys are.

const WIDE = 1;
const MOST_AT_ONCE = 4096;

/** A hash of 32 bits. **Cost:** about a nanosecond for each character. */
export function hashText(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** The head of a text. */
export function headOf(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 255) return 2 * text.length + WIDE;
  return 2 * text.length;
}

/** How many words a text with this head takes. */
export function wordsOfText(head: number): number {
  return Math.ceil((head >>> 1) / charactersPerWord(head));
}

/** Writes a text at `at`. */
export function writeText(words: Int32Array, at: number, head: number, text: string): void {
  const step = charactersPerWord(head);
  for (let i = 0, to = at; i < text.length; i += step, to++) {
    Atomics.store(words, to, wordOf(text, i, step)); // ORDER: before the store of the state, which publishes it
  }
}

/** True when the text with this head at `at` is `text`. Whatever stands there, it does not look beyond the end. */
export function equalsText(words: Int32Array, at: number, head: number, text: string): boolean {
  const { length } = text;
  if (head >>> 1 !== length || at + wordsOfText(head) > words.length) return false;
  const step = charactersPerWord(head);
  for (let i = 0, from = at; i < length; i += step, from++) {
    if (step === 4 && !isNarrow(text, i)) return false;
    // ORDER: between two looks at the state.
    if (Atomics.load(words, from) !== wordOf(text, i, step)) return false;
  }
  return true;
}

/** The text with this head at `at`. */
export function readText(words: Int32Array, at: number, head: number): string {
  const length = head >>> 1;
  const step = charactersPerWord(head);
  const bits = 32 / step;
  const codes = new Uint16Array(length);
  let word = 0;
  for (let i = 0; i < length; i++) {
    if (i % step === 0) word = Atomics.load(words, at + i / step); // ORDER: between two looks at the state
    codes[i] = step === 4 ? word & 255 : word;
    word >>>= bits;
  }
  let text = "";
  for (let from = 0; from < length; from += MOST_AT_ONCE) {
    text += String.fromCharCode(...codes.subarray(from, from + MOST_AT_ONCE));
  }
  return text;
}

function charactersPerWord(head: number): number {
  return (head & WIDE) === 0 ? 4 : 2;
}

/** Characters beyond the end count as 0: `charCodeAt` is NaN there, and NaN has no bits. */
function wordOf(text: string, i: number, step: number): number {
  const two = text.charCodeAt(i);
  if (step === 2) return two | (text.charCodeAt(i + 1) << 16);
  return (
    two | (text.charCodeAt(i + 1) << 8) | (text.charCodeAt(i + 2) << 16) | (text.charCodeAt(i + 3) << 24)
  );
}

function isNarrow(text: string, i: number): boolean {
  const all = text.charCodeAt(i) | text.charCodeAt(i + 1) | text.charCodeAt(i + 2) | text.charCodeAt(i + 3);
  return all < 256;
}
