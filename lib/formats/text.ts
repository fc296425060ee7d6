// text: what a submission said, made fit for files that other programs read.
//
// Invariant I1: what `cleanText` returns may stand in XML 1.0, in a JSON that PostgreSQL stores (no U+0000), and in
// UTF-8 (no half characters); it moves no cursor and sets no colour.
import { stripVTControlCharacters } from "node:util";

/** Takes terminal commands and control characters out, except line ends and tabs; half a character becomes U+FFFD. */
export function cleanText(text: string): string {
  return wellFormed(stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]/gu, "")).replace(
    /[\uFFFE\uFFFF]/g,
    "\uFFFD",
  );
}

/** Replaces halves of surrogate pairs by U+FFFD: strict readers of JSON refuse them. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\uFFFD");
}

/** Cuts a text to at most `limit` UTF-16 units, `notice` included, without leaving half a character. */
export function cutChars(text: string, limit: number, notice = CUT): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, Math.max(0, limit - notice.length));
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}${notice}`.slice(0, limit);
}

/** Cuts a text to at most `limit` bytes of UTF-8, `notice` included, without leaving half a character. */
export function cutBytes(text: string, limit: number, notice = CUT): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const bytes = Buffer.from(text);
  let end = Math.max(0, limit - Buffer.byteLength(notice));
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--; // the middle of a character
  return `${bytes.subarray(0, end).toString()}${notice}`;
}

const CUT = "\n… (cut)";
