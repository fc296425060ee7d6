import { describe, expect, test } from "vitest";
import { Decoder, Encoder } from "../../lib/threads/values.js";

const encoder = new Encoder();
const buffer = new SharedArrayBuffer(65_536);
const decoder = new Decoder(buffer, 0, buffer.byteLength);

function through<T>(value: T): T {
  encoder.encode(value);
  encoder.copyTo(new Int32Array(buffer), 2);
  return decoder.decode(8) as T;
}

const shared = { a: 1 };
const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;
class Point {
  x = 1;
}
const withExtra = Object.assign([1, 2], { extra: true });
const deep = JSON.parse(`${"[".repeat(30)}1${"]".repeat(30)}`) as unknown;

describe("Values: what comes out is what structuredClone gives", () => {
  for (const [name, value] of [
    ["empty things", { a: {}, b: [], c: "" }],
    ["all simple values", [undefined, null, true, false, 0, -0, 1, -1, 2 ** 31, -(2 ** 31), 1.5, Number.NaN]],
    ["infinities", [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    [
      "texts of all widths",
      ["a", "é", "ÿ", "Ā", "𝄞", "\ud800", "x".repeat(24), "x".repeat(25), "é".repeat(5000)],
    ],
    [
      "an object in an array in an object",
      {
        list: [
          { id: 1, name: "tea" },
          { id: 2, name: "rum" },
        ],
      },
    ],
    ["numbers as property names, which come first", { b: 1, 2: 2, 1: 1 }],
    ["a property called __proto__", JSON.parse('{"__proto__": {"a": 1}, "b": 2}') as unknown],
    ["the same object twice", [shared, shared]],
    ["an object of a class", new Point()],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }) as unknown],
    ["an array with a property", withExtra],
    ["what is nested deeply", deep],
    ["more than 64 elements", Array.from({ length: 100 }, (_, i) => i)],
    ["a date in an object", { at: new Date(7) }],
    ["bigints", [2n ** 70n]],
    [
      "a property with a getter",
      Object.defineProperty({}, "g", { get: () => 5, enumerable: true }) as object,
    ],
  ] as const) {
    test(`Values: ${name}`, () => {
      const got = through(value as unknown);
      expect(got).toEqual(structuredClone(value));
      expect(Object.keys(Object(got))).toEqual(Object.keys(Object(structuredClone(value))));
    });
  }

  test("Values: holes stay holes, shared objects and cycles keep their identity", () => {
    const holed: number[] = [];
    holed[1] = 1;
    expect(0 in through(holed)).toBe(false);
    const [first, second] = through([shared, shared]) as [object, object];
    expect(first).toBe(second);
    const round = through(cyclic);
    expect(round.self).toBe(round);
    expect(Object.getPrototypeOf(through(new Point()))).toBe(Object.prototype);
    expect(Object.hasOwn(through(JSON.parse('{"__proto__": 1}') as object), "__proto__")).toBe(true);
  });

  test("Values: what cannot be copied is told as by structuredClone", () => {
    expect(() => encoder.encode({ f: () => {} })).toThrow(/could not be cloned/);
    expect(() => encoder.encode(Symbol("s"))).toThrow(/could not be cloned/);
    expect(through("still works")).toBe("still works");
  });

  test("Values: kept bytes come back whatever was encoded since", () => {
    encoder.encode({ a: "first" });
    const restore = encoder.keep();
    encoder.encode("x".repeat(3000));
    restore();
    encoder.copyTo(new Int32Array(buffer), 0);
    expect(decoder.decode(0)).toEqual({ a: "first" });
  });

  test("Values: texts that share a place in the cache do not mix (10,000 random ones, seed 5)", () => {
    let state = 5;
    const next = () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state >>> 8;
    };
    for (let i = 0; i < 10_000; i++) {
      const text = Array.from({ length: next() % 6 }, () => String.fromCharCode(32 + (next() % 220))).join(
        "",
      );
      expect(through(text)).toBe(text);
    }
  });
});
