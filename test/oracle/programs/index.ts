// All programs of the oracle.
import type { Description } from "../description.js";
import { CHANNELS } from "./channels.js";
import { ENDINGS } from "./endings.js";
import { LOCKS } from "./locks.js";
import { SELECTS } from "./selects.js";
import { SHARED } from "./shared.js";
import { TIMING } from "./timing.js";
import { WAITING } from "./waiting.js";

export const PROGRAMS: readonly Description[] = [
  ...CHANNELS,
  ...SELECTS,
  ...LOCKS,
  ...WAITING,
  ...SHARED,
  ...TIMING,
  ...ENDINGS,
];
