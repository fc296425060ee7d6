// plain: what crosses the pipe comes out as it went in, and cannot do anything on the way.
import fc from "fast-check";
import { expect, test } from "vitest";
import { decode, encode } from "../../lib/grade/plain.js";

test("any plain value comes back as it was, also what JSON loses", () => {
  const leaf = [
    fc.string(),
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
  ];
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, ...leaf, tie("list"), tie("object"), tie("map"), tie("set")),
    list: fc.array(tie("value"), { maxLength: 4 }),
    object: fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom("$map", "$number", "__proto__")),
      tie("value"),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
    map: fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    set: fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)),
  }));
  fc.assert(
    fc.property(value, (given) => {
      expect(decode(encode(given))).toStrictEqual(given);
    }),
    { seed: 42, numRuns: 300 },
  );
});

test("functions, symbols, errors, cycles and throwing getters become text", () => {
  const cycle: { self?: object } = {};
  cycle.self = cycle;
  const thrower = {
    get x(): never {
      throw new Error("no");
    },
  };
  const given = [function f() {}, Symbol("s"), new RangeError("r"), cycle, thrower];
  expect(decode(encode(given))).toEqual([
    "[function f]",
    "Symbol(s)",
    { name: "RangeError", message: "r" },
    { self: "[circular]" },
    { x: "[threw Error: no]" },
  ]);
});

test("a text cannot reach a prototype", () => {
  const value = decode('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test("tags with the wrong inside give undefined instead of an error", () => {
  expect(decode('[{"$map":1},{"$set":{}},{"$bigint":"x"},{"$unheard":1}]')).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
