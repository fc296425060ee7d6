import { BoundedQueue, Disruptor, FreeList, MSQueue, SeqLock, TreiberStack, WorkDeque } from "happens-before";
import { expect, test } from "vitest";
import { isOpMethod } from "../../lib/transform/words.js";

/** Methods that are plain calls. */
const PLAIN = new Set(["constructor", "consumer"]);

const consumer = Object.getPrototypeOf(new Disruptor(1).consumer()) as { constructor: { name: string } };
const prototypes = [BoundedQueue, Disruptor, FreeList, MSQueue, SeqLock, TreiberStack, WorkDeque].map(
  (type) => type.prototype as { constructor: { name: string } },
);
for (const prototype of [...prototypes, consumer]) {
  const owner = prototype.constructor.name;
  for (const method of Object.getOwnPropertyNames(prototype).filter((name) => !PLAIN.has(name))) {
    test(`the compiler's table of operations knows that ${owner}.${method}() needs yield*`, () => {
      expect(isOpMethod(method, owner)).toBe(true);
    });
  }
}
