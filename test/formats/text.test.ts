// Texts of submissions, made fit for files: the oddest ones there are.
import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanText, cutBytes, cutChars, wellFormed } from "../../lib/formats/text.js";
import { oddText } from "./results.js";

test("cleanText keeps lines and tabs, and takes out what moves a cursor, sets a colour or stands in no file", () => {
  expect(cleanText("a\tb\r\nc\u001b[31mred\u001b[0m\u0000\u0007\u009b2J")).not.toMatch(/[^\P{Cc}\n\t]/u);
  expect(cleanText("a\tb\r\nc")).toBe("a\tb\nc");
  expect(cleanText("\ud83d!\ude42 🙂 \uffff")).toBe("\ufffd!\ufffd 🙂 \ufffd");
});

test("cleanText: whatever comes in, what goes out is proper UTF-8 and has no control characters", () => {
  fc.assert(
    fc.property(oddText, (text) => {
      const clean = cleanText(text);
      expect(clean).not.toMatch(/[^\P{Cc}\n\t]|\p{Cs}|[\ufffe\uffff]/u);
      expect(cleanText(clean)).toBe(clean);
    }),
  );
});

test("cutChars and cutBytes: never longer than the limit, never half a character, untouched when it fits", () => {
  fc.assert(
    fc.property(oddText.map(wellFormed), fc.integer({ min: 20, max: 600 }), (text, limit) => {
      const chars = cutChars(text, limit);
      const bytes = cutBytes(text, limit);
      expect(chars.length).toBeLessThanOrEqual(limit);
      expect(Buffer.byteLength(bytes)).toBeLessThanOrEqual(limit);
      expect(`${chars}${bytes}`).not.toMatch(/\p{Cs}/u);
      if (text.length <= limit) expect(chars).toBe(text);
      if (Buffer.byteLength(text) <= limit) expect(bytes).toBe(text);
    }),
  );
});

test("a cut is said", () => {
  expect(cutChars("abcdefghijklmnopqrstuvwxyz", 15)).toBe("abcdefg\n… (cut)");
});
