// The table of real threads: every row, in the order it is printed.
import type { ThreadRow } from "./row.js";
import { channels } from "./rows/channels.js";
import { goroutines } from "./rows/goroutines.js";
import { locks } from "./rows/locks.js";
import { maps } from "./rows/maps.js";
import { teams } from "./rows/teams.js";

/** All rows. */
export const THREADS: readonly ThreadRow[] = [...locks, ...channels, ...maps, ...teams, ...goroutines];
