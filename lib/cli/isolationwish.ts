// The word after --isolation: what must hold a submission that is checked.
import { InvalidArgumentError } from "commander";
import type { IsolationWish } from "../grade/index.js";

export const ISOLATION_HELP = "auto: the strongest boundary there is; strict: a real one or an error; none";

/** @throws {InvalidArgumentError} `Expected auto, strict or none.` */
export function isolationWish(text: string): IsolationWish {
  if (text === "auto" || text === "strict" || text === "none") return text;
  throw new InvalidArgumentError("Expected auto, strict or none.");
}
