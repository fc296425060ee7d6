// TextCache: short texts read from bytes, remembered, because messages repeat them: property names first of all.
//
// Looking a text up by its bytes costs a few nanoseconds a character; making a new string many times that. Direct-mapped:
// a text that falls on another one's place replaces it, so the cache never grows.

const PLACES = 256;

/** Reads short texts of one byte a character. */
export class TextCache {
  readonly #texts: string[] = new Array<string>(PLACES).fill("");

  /** The text in the `length` bytes from `start` on. */
  read(bytes: Buffer, start: number, length: number): string {
    let hash = length;
    for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + bytes[start + i]!) | 0;
    const place = (hash ^ (hash >>> 8)) & (PLACES - 1);
    const known = this.#texts[place]!;
    if (known.length === length && isText(known, bytes, start)) return known;
    const text = bytes.toString("latin1", start, start + length);
    this.#texts[place] = text;
    return text;
  }
}

function isText(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
