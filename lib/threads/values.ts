// Values: what goes through a Chan as bytes: plain objects, arrays, strings and numbers by a short code, the rest by structured clone.
//
// A message between threads is mostly a small plain object. node:v8's serializer takes several microseconds for one; the code
// here a few hundred nanoseconds. Whatever it does not know it leaves, whole, to the serializer, so the result is always
// that of structuredClone.
//
// Invariants:
//  I1. The short code holds trees only: an object that comes twice (or a cycle) is left to structured clone, which keeps identity.
//  I2. Only own enumerable string properties of objects whose prototype is Object's, and elements of arrays without holes or
//      other properties, in number at most MOST_PARTS. A getter may run
//      twice (once for the short code that gives up), and a Proxy is read like an object.
//  I3. Decoding copies everything out of the bytes: they belong to the next value as soon as it returns.
//
// Rejected: JSON (loses undefined, NaN, -0, bigint; and the text has to be made and read twice).

import { deserialize, serialize } from "node:v8";
import { TextCache } from "./textcache.js";

const CLONED = 0;
const UNDEFINED = 1;
const NULL = 2;
const TRUE = 3;
const FALSE = 4;
const INT32 = 5;
const FLOAT64 = 6;
/** Text of one byte a character; its length in one byte, else in four. */
const SHORT_LATIN = 7;
const LATIN = 8;
const WIDE = 9;
const ARRAY = 10;
const OBJECT = 11;

const MOST_PARTS = 64;
const MOST_DEPTH = 16;
/** The longest text that is read character by character; longer ones are left to Buffer. */
const SHORT_CHARS = 24;

/** Fewer words are copied one by one: a call of `set` costs more. */
const MOST_WORDS_BY_HAND = 64;

/** Signals that the short code does not do; never leaves this file. */
const UNFIT = Symbol("unfit");

/** Makes values into bytes. One for each thread and channel; its bytes stand until the next `encode`. */
export class Encoder {
  #room: Buffer = Buffer.allocUnsafeSlow(1024);
  #view: DataView = new DataView(this.#room.buffer);
  #words: Int32Array = new Int32Array(this.#room.buffer);
  #length = 0;
  #isBusy = false;
  readonly #seen: object[] = [];

  /** Makes `value` into bytes and returns how many. @throws {DataCloneError} as structuredClone */
  encode(value: unknown): number {
    if (this.#isBusy)
      throw new TypeError("a value's getter may not send on the channel that the value goes through");
    this.#isBusy = true;
    this.#length = 0;
    this.#seen.length = 0;
    try {
      this.#put(value, 0);
    } catch (error) {
      if (error !== UNFIT) throw error;
      this.#putClone(serialize(value));
    } finally {
      this.#isBusy = false;
    }
    return this.#length;
  }

  /** Keeps the bytes: the function returned puts them back, whatever was encoded since. */
  keep(): () => void {
    const length = this.#length;
    const words = this.#words.slice(0, (length + 3) >> 2);
    return () => {
      this.#length = 0;
      this.#need(length);
      this.#words.set(words);
      this.#length = length;
    };
  }

  /** Copies the bytes, rounded up to whole words, to `words` from index `at` on. */
  copyTo(words: Int32Array, at: number): void {
    const count = (this.#length + 3) >> 2;
    if (count > MOST_WORDS_BY_HAND) words.set(this.#words.subarray(0, count), at);
    else for (let i = 0; i < count; i++) words[at + i] = this.#words[i]!;
  }

  #putClone(cloned: Buffer): void {
    this.#length = 0;
    this.#need(cloned.length + 5);
    this.#room[0] = CLONED;
    this.#view.setUint32(1, cloned.length, true);
    this.#room.set(cloned, 5);
    this.#length = cloned.length + 5;
  }

  #need(bytes: number): void {
    if (this.#length + bytes <= this.#room.length) return;
    const room = Buffer.allocUnsafeSlow(8 * Math.ceil((this.#length + bytes) / 4));
    room.set(this.#room.subarray(0, this.#length));
    this.#room = room;
    this.#view = new DataView(room.buffer);
    this.#words = new Int32Array(room.buffer);
  }

  #tag(tag: number): void {
    this.#need(9);
    this.#room[this.#length++] = tag;
  }

  #put(value: unknown, depth: number): void {
    if (typeof value === "string") this.#putText(value);
    else if (typeof value === "number") this.#putNumber(value);
    else if (value === undefined) this.#tag(UNDEFINED);
    else if (value === null) this.#tag(NULL);
    else if (typeof value === "boolean") this.#tag(value ? TRUE : FALSE);
    else if (typeof value === "object") this.#putObject(value, depth);
    else throw UNFIT;
  }

  #putNumber(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.#tag(INT32);
      this.#view.setInt32(this.#length, value, true);
      this.#length += 4;
      return;
    }
    this.#tag(FLOAT64);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  #putText(text: string): void {
    const { length } = text;
    if (length > SHORT_CHARS) {
      this.#putLongText(text);
      return;
    }
    this.#need(length + 9);
    const room = this.#room;
    let at = this.#length;
    room[at++] = SHORT_LATIN;
    room[at++] = length;
    for (let i = 0; i < length; i++) {
      const char = text.charCodeAt(i);
      if (char > 0xff) {
        this.#putLongText(text);
        return;
      }
      room[at++] = char;
    }
    this.#length = at;
  }

  #putLongText(text: string): void {
    const isLatin = isLatinText(text);
    const bytes = text.length * (isLatin ? 1 : 2);
    this.#need(bytes + 9);
    this.#tag(isLatin ? LATIN : WIDE);
    this.#view.setUint32(this.#length, bytes, true);
    this.#length += 4;
    this.#room.write(text, this.#length, isLatin ? "latin1" : "utf16le");
    this.#length += bytes;
  }

  #putObject(value: object, depth: number): void {
    const seen = this.#seen;
    if (depth === MOST_DEPTH || seen.length === MOST_PARTS || seen.includes(value)) throw UNFIT; // I1
    seen.push(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    const keys = Object.keys(value);
    if (keys.length > MOST_PARTS) throw UNFIT; // I2
    if (prototype === Object.prototype) {
      this.#tag(OBJECT);
      this.#room[this.#length++] = keys.length;
      for (const key of keys) {
        if (key.length > SHORT_CHARS || key === "__proto__") throw UNFIT;
        this.#putText(key);
        this.#put((value as Record<string, unknown>)[key], depth + 1);
      }
      return;
    }
    if (prototype !== Array.prototype || !Array.isArray(value) || !isDense(value, keys)) throw UNFIT; // I2
    this.#tag(ARRAY);
    this.#room[this.#length++] = keys.length;
    for (let i = 0; i < keys.length; i++) this.#put(value[i], depth + 1);
  }
}

function isLatinText(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

/** True when the own keys are just the indices. */
function isDense(array: readonly unknown[], keys: readonly string[]): boolean {
  return (
    keys.length === array.length && (keys.length === 0 || keys[keys.length - 1] === String(keys.length - 1))
  );
}

/** Makes values of bytes that an `Encoder` made, wherever in `bytes` they lie now. */
export class Decoder {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #texts = new TextCache();
  #at = 0;

  constructor(buffer: SharedArrayBuffer, offset: number, length: number) {
    this.#bytes = Buffer.from(buffer as unknown as ArrayBuffer, offset, length);
    this.#view = new DataView(buffer, offset, length);
  }

  /** The value whose bytes begin at `start`. */
  decode(start: number): unknown {
    this.#at = start;
    return this.#bytes[start] === CLONED ? this.#getClone() : this.#get();
  }

  #get(): unknown {
    switch (this.#bytes[this.#at++]) {
      case UNDEFINED:
        return undefined;
      case NULL:
        return null;
      case TRUE:
        return true;
      case FALSE:
        return false;
      case INT32:
        this.#at += 4;
        return this.#view.getInt32(this.#at - 4, true);
      case FLOAT64:
        this.#at += 8;
        return this.#view.getFloat64(this.#at - 8, true);
      case SHORT_LATIN:
        return this.#getShortText();
      case LATIN:
      case WIDE:
        return this.#getLongText(this.#bytes[this.#at - 1] === WIDE);
      case ARRAY:
        return this.#getArray();
      default:
        return this.#getObject();
    }
  }

  #getClone(): unknown {
    const length = this.#view.getUint32(this.#at + 1, true);
    const start = this.#at + 5;
    // I3: into memory that is not shared; the deserializer refuses the other, too.
    return deserialize(Uint8Array.prototype.slice.call(this.#bytes, start, start + length));
  }

  #getShortText(): string {
    const length = this.#bytes[this.#at]!;
    const start = this.#at + 1;
    this.#at = start + length;
    return this.#texts.read(this.#bytes, start, length);
  }

  #getLongText(isWide: boolean): string {
    const bytes = this.#view.getUint32(this.#at, true);
    const start = this.#at + 4;
    this.#at = start + bytes;
    return this.#bytes.toString(isWide ? "utf16le" : "latin1", start, this.#at);
  }

  #getArray(): unknown[] {
    const length = this.#bytes[this.#at++]!;
    const array: unknown[] = [];
    for (let i = 0; i < length; i++) array.push(this.#get());
    return array;
  }

  #getObject(): Record<string, unknown> {
    const length = this.#bytes[this.#at++]!;
    const object: Record<string, unknown> = {};
    for (let i = 0; i < length; i++) {
      this.#at++; // the key's tag
      const key = this.#getShortText();
      object[key] = this.#get();
    }
    return object;
  }
}
