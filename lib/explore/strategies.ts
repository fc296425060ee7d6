// The strategies of this room, made known to the runtime by name, so that `run`, `report` and `explore` all take them.

import { provideStrategy } from "../runtime/index.js";
import { Delay } from "./delay.js";
import { Pct } from "./pct.js";
import { Pos } from "./pos.js";
import { Urw } from "./urw.js";

provideStrategy("pct", () => new Pct());
provideStrategy("pos", () => new Pos());
provideStrategy("urw", () => new Urw());
provideStrategy("delay", () => new Delay());

/** What `explore` takes in turn: each is good at what the others miss. */
export const PORTFOLIO = ["random", "pct", "pos", "urw", "delay"] as const;
