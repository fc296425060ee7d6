import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isOpFunction, isOpMethod, isPrimitive, isStarter, isStepMethod } from "../../lib/transform/words.js";

const lib = new URL("../../lib/", import.meta.url);
const ROOMS = ["chan", "sync", "atomic", "context", "time", "runtime", "patterns", "synctest"];

/** Every exported class and function of the laboratory that returns an operation, a step, or a goroutine. */
function apiOf(room: string): { owner: string | undefined; name: string; returns: string }[] {
  const found: { owner: string | undefined; name: string; returns: string }[] = [];
  for (const file of readdirSync(new URL(room, lib)).filter((name) => name.endsWith(".ts"))) {
    let owner: string | undefined;
    for (const line of readFileSync(new URL(`${room}/${file}`, lib), "utf8").split("\n")) {
      owner = /^export class (\w+)/.exec(line)?.[1] ?? (line === "}" ? undefined : owner);
      const method = /^ {2}\*?([a-z]\w*)(?:<.*>)?\(.*\): (Op|Step|Go)\b/.exec(line);
      const plain = /^export function\*? (\w+)(?:<.*>)?\(.*\): (Op|Step|Go)\b/.exec(line);
      const match = owner === undefined ? plain : method;
      if (match !== null) found.push({ owner, name: match[1]!, returns: match[2]! });
    }
  }
  return found;
}

const published = readFileSync(new URL("index.ts", lib), "utf8");
const api = ROOMS.filter((room) => readdirSync(lib).includes(room))
  .flatMap(apiOf)
  .filter(({ owner, name }) => new RegExp(`\\b${owner ?? name}\\b`).test(published));

test("the words table is compared with an API that is not empty", () => {
  expect(api.map(({ owner, name }) => `${owner}.${name}`)).toContain("Chan.recv");
});

for (const { owner, name, returns } of api) {
  const shown = owner === undefined ? `${name}()` : `${owner}.${name}()`;
  test(`the words table knows that ${shown} returns ${returns === "Op" ? "an Op" : `a ${returns}`}`, () => {
    if (owner === undefined) {
      expect(returns === "Step" ? isStarter(name) : isOpFunction(name)).toBe(true);
      return;
    }
    expect(isPrimitive(owner)).toBe(true);
    expect((returns === "Step" ? isStepMethod : isOpMethod)(name, owner)).toBe(true);
  });
}
