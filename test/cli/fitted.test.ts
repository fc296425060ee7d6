// What a command prints in a window of some width.
import { expect, test } from "vitest";
import { fitted } from "../../lib/cli/fitted.js";

const TEXT = [
  "✗ transfers in opposite directions do not wait for each other  0/2",
  '  goroutine 2 "transfers" waits for mutex#2 [sync.Mutex.Lock] at transfer.ts:29',
  "   9  ┊                   │               ○ lock mutex#1  transfer.ts:29",
  "replay: npx hb replay 06-deadlocks/transfer 1.1X2-2X2-3.859e",
  "A hint: npx hb check 06-deadlocks/transfer --hint 1",
].join("\n");

test("in a window sentences are broken between words, lanes are cut, and a command is never broken", () => {
  expect(fitted(TEXT, { columns: 50 }).split("\n")).toEqual([
    "✗ transfers in opposite directions do not wait for",
    "each other  0/2",
    '  goroutine 2 "transfers" waits for mutex#2',
    "  [sync.Mutex.Lock] at transfer.ts:29",
    "   9  ┊                   │               ○ lock …",
    "replay: npx hb replay 06-deadlocks/transfer 1.1X2-2X2-3.859e",
    "A hint: npx hb check 06-deadlocks/transfer --hint 1",
  ]);
});

test("a file or a pipe gets the text as it is", () => {
  expect(fitted(TEXT, { columns: undefined })).toBe(TEXT);
  expect(fitted(TEXT, { columns: 200 })).toBe(TEXT);
});
