// What a test prints: taken instead of shown, afresh for each test.
import { afterEach, beforeEach, vi } from "vitest";

/** Takes what the tests of this file print; the function returned tells what that is so far. */
export function printedHere(): () => string {
  let printed = "";
  beforeEach(() => {
    printed = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });
  afterEach(() => vi.restoreAllMocks());
  return () => printed;
}
