// 05-the-rwmutex-incident/profile: what is judged by measured waits, all attempts.
import { describe, test } from "vitest";
import { expectFailure, ID, MEASURED } from "./profile05.js";

describe(ID, () => {
  for (const [name, attempt] of Object.entries(MEASURED)) {
    test(`fails: ${name}`, () => expectFailure(attempt), 120_000);
  }
});
