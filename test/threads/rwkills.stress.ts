// A thread is killed at every step of every call of every reader-writer lock, also of calls that wait and that give up.
import * as library from "happens-before/threads";
import { expect, test } from "vitest";
import { killAtAll, scriptsOf, VARIANTS } from "./rwkills.js";

for (const variant of VARIANTS) {
  for (const script of scriptsOf(variant)) {
    test(`${variant}: a thread is killed in ${script.calls.replaceAll(" ", ", ")}, while another holds: ${script.held}`, async () => {
      const { kills, wrong } = await killAtAll(library, variant, script);
      expect(wrong).toBe("");
      expect(kills).toBeGreaterThan(4);
      console.log(`${variant}: ${kills} kills in ${script.calls}`);
    }, 120_000);
  }
}
