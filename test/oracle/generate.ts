// generate: small programs at random: main and one or two other goroutines over two channels, a mutex and an atomic.

import fc from "fast-check";
import type { Block, Description, SelectCase, Stmt } from "./description.js";

const chan = fc.constantFrom("c", "d");
const item = fc.integer({ min: 1, max: 3 });

const selectCase: fc.Arbitrary<SelectCase> = fc.oneof(
  fc.tuple(fc.constant("send" as const), chan, item, fc.constant<Block>([])),
  fc.tuple(
    fc.constant("recv" as const),
    chan,
    fc.constant("v"),
    fc.constant("ok"),
    fc.constant<Block>([["log", "took", "v", "ok"]]),
  ),
);

/** A few statements that belong together. */
const piece: fc.Arbitrary<Block> = fc.oneof(
  fc.tuple(chan, item).map(([ch, v]): Block => [["send", ch, v]]),
  chan.map(
    (ch): Block => [
      ["recv", ch, "v"],
      ["log", `from ${ch}`, "v"],
    ],
  ),
  chan.map(
    (ch): Block => [
      ["recvOk", ch, "v", "ok"],
      ["log", `from ${ch}`, "v", "ok"],
    ],
  ),
  fc.constant<Block>([
    ["lock", "mu"],
    ["set", "x", ["+", ["*", "x", 2], 1]],
    ["unlock", "mu"],
  ]),
  fc.constant<Block>([
    ["lock", "mu"],
    ["log", "x", "x"],
    ["unlock", "mu"],
  ]),
  fc.constant<Block>([
    ["tryLock", "mu", "ok"],
    ["log", "tried", "ok"],
    ["if", ["==", "ok", 1], [["unlock", "mu"]]],
  ]),
  item.map((v): Block => [["store", "n", v]]),
  fc.constant<Block>([
    ["load", "n", "v"],
    ["log", "n", "v"],
  ]),
  fc.constant<Block>([["addTo", "n", 1, "v"]]),
  fc.constant<Block>([["close", "d"]]),
  fc
    .tuple(selectCase, selectCase, fc.boolean())
    .map(
      ([a, b, hasDefault]): Block => [
        ["select", hasDefault ? [a, b, ["default", [["log", "default"]]]] : [a, b]] as Stmt,
      ],
    ),
);

const body = fc.array(piece, { minLength: 1, maxLength: 2 }).map((pieces): Block => pieces.flat());

/** Main and one or two others, over two channels, a mutex and an atomic. */
const description: fc.Arbitrary<Description> = fc
  .record({
    capacity: fc.integer({ min: 0, max: 2 }),
    others: fc.array(body, { minLength: 1, maxLength: 2 }),
    own: body,
    waits: fc.boolean(),
  })
  .map(({ capacity, others, own, waits }) => ({
    name: "random",
    about: "made at random",
    objects: {
      c: ["chan", capacity],
      d: ["chan", 0],
      mu: ["mutex"],
      n: ["atomic", 0],
      x: ["var", 0],
      wg: ["waitgroup"],
    } as Description["objects"],
    main: [...others.map((b): Stmt => ["wgGo", "wg", b]), ...own, ...(waits ? [["wait", "wg"] as Stmt] : [])],
  }));

/** The same programs for the same seed. */
export function randomPrograms(seed: number, count: number): Description[] {
  return fc.sample(description, { seed, numRuns: count });
}
