// Ten million rounds of each litmus test with Atomics, and what plain accesses show on this machine.
import { litmus, litmusTests, litmusText } from "happens-before/bench";
import { expect, test } from "vitest";

const ROUNDS = 10_000_000;

for (const name of Object.keys(litmusTests) as (keyof typeof litmusTests)[]) {
  test(`${name}: ten million rounds, no forbidden outcome with Atomics; plain accesses as seen`, async () => {
    const atomics = await litmus(name, { rounds: ROUNDS });
    const plain = await litmus(name, { accesses: "plain", rounds: ROUNDS / 10 });
    console.log(litmusText([atomics, plain]));
    expect(atomics.forbidden).toBe(0);
  });
}
