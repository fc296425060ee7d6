// Functions: a goroutine's body travels between threads as its source.
//
// What main and the arguments hold is the same on every thread, and has a number. Any other function is checked when it
// is first handed to `go`: its text goes into the run's memory, and its address there is its name on every thread.
//
// Invariants:
//  I1. A function that uses names from outside is refused, also where it would have run on the same thread.
//  I2. The frames of a function that was made inside another one name lines of the text that it was written in.
//  I3. A thread that is kept keeps the functions that it has made, as team's threads do (worker.ts): the next run finds them compiled,
//      which for a loop takes milliseconds. They hold nothing of a run: they use no names from outside (I1).

import { runInThisContext } from "node:vm";
import { functionSource } from "../threads/index.js";
import { classOf, type Heap } from "./heap.js";
import type { Words } from "./words.js";

/** What a thread calls. */
export type Callable = (...args: never[]) => unknown;

/** Where a text stands: in which of the host's texts, and from which line and column on, counted from 0. */
interface Origin {
  readonly number: number;
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

interface Made {
  readonly fn: Callable;
  readonly origin: Origin | null;
}

const STRICT = '"use strict";';
const MOST_MADE = 256;
/** What this thread has made so far, by its description (I3). */
const made = new Map<string, Made>();

/** The functions of one thread in one run. */
export class Functions {
  readonly #words: Words;
  readonly #heap: Heap;
  readonly #addresses = new WeakMap<Callable, number>();
  readonly #byAddress = new Map<number, Callable>();
  readonly #byText = new Map<string, number>();
  readonly #origins = new WeakMap<Callable, Origin>();

  readonly #isHost: boolean;
  readonly #label: string;

  /** `label` begins the messages; the host's numbers of texts are the ones that stacks are told in. */
  constructor(words: Words, heap: Heap, label = "go", isHost = false) {
    this.#words = words;
    this.#heap = heap;
    this.#label = label;
    this.#isHost = isHost;
  }

  /** Tells that the host knows `fn` as text `number`. */
  know(fn: Callable, number: number): void {
    this.#origins.set(fn, { number, text: textOf(fn), line: 0, column: 0 });
  }

  /** The address of `fn`, which `within` hands on. @throws {FreeNameError} */
  addressOf(fn: Callable, within: Callable | undefined): number {
    return this.#addresses.get(fn) ?? this.#register(fn, within);
  }

  /** The function at `address`. */
  at(address: number): Callable {
    return this.#byAddress.get(address) ?? this.#revive(address);
  }

  #register(fn: Callable, within: Callable | undefined): number {
    const text = textOf(fn);
    let address = this.#byText.get(text);
    if (address === undefined) {
      const { expression, number } = functionSource(fn, this.#label); // I1
      const origin = this.#isHost ? { number, text, line: 0, column: 0 } : this.#originOf(fn, text, within);
      const bytes = Buffer.from(JSON.stringify([fn.name, expression, text, origin]));
      address = this.#heap.take(classOf(bytes.length + 4));
      this.#words.i32[address] = bytes.length;
      this.#words.bytes.set(bytes, address * 4 + 4);
      this.#byText.set(text, address);
      this.#byAddress.set(address, fn);
      if (origin !== undefined) this.#origins.set(fn, origin);
    }
    this.#addresses.set(fn, address);
    return address;
  }

  /** I2. */
  #originOf(fn: Callable, text: string, within: Callable | undefined): Origin | undefined {
    const known = this.#origins.get(fn);
    if (known !== undefined) return known;
    const outer = within === undefined ? undefined : this.#origins.get(within);
    const start = outer === undefined ? -1 : outer.text.indexOf(text);
    if (outer === undefined || start < 0) return undefined;
    const before = outer.text.slice(0, start).split("\n");
    const column = (before.at(-1) as string).length;
    const line = before.length - 1;
    return {
      number: outer.number,
      text,
      line: outer.line + line,
      column: line === 0 ? outer.column + column : column,
    };
  }

  #revive(address: number): Callable {
    const start = address * 4 + 4;
    const json = this.#words.bytes.subarray(start, start + (this.#words.i32[address] as number)).toString();
    const { fn, origin } = made.get(json) ?? make(json);
    if (origin !== null) this.#origins.set(fn, origin);
    this.#byAddress.set(address, fn);
    this.#addresses.set(fn, address);
    return fn;
  }
}

/** Makes the function that `json` describes, and keeps it (I3). */
function make(json: string): Made {
  const [name, expression, text, origin] = JSON.parse(json) as [string, string, string, Origin | null];
  const lead = expression.indexOf(text.slice(0, 1));
  const fn = runInThisContext(STRICT + expression, {
    filename: origin === null ? `goroutine ${name}` : `hb-thread-${origin.number}.js`,
    lineOffset: origin?.line ?? 0,
    columnOffset: (origin?.column ?? 0) - STRICT.length - lead,
  }) as Callable;
  if (made.size >= MOST_MADE) made.clear();
  made.set(json, { fn, origin });
  return { fn, origin };
}

function textOf(fn: Callable): string {
  return Function.prototype.toString.call(fn);
}
