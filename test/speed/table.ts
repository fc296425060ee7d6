// The table: every row, in the order it is printed.
import type { Row } from "./row.js";
import { channels } from "./rows/channels.js";
import { checked } from "./rows/checked.js";
import { classics } from "./rows/classics.js";
import { contexts } from "./rows/contexts.js";
import { goroutines } from "./rows/goroutines.js";
import { locks } from "./rows/locks.js";
import { selects } from "./rows/selects.js";
import { shared } from "./rows/shared.js";
import { timers } from "./rows/timers.js";

/** All rows. */
export const TABLE: readonly Row[] = [
  ...channels,
  ...selects,
  ...goroutines,
  ...locks,
  ...shared,
  ...contexts,
  ...timers,
  ...classics,
  ...checked,
];
