// A planted bug: an M that goes to sleep without the last look at the queues.
import { Search } from "../../.build/lib/mn/search.js";

export { runM } from "./latework.mjs";

Search.prototype.lastLook = () => false;
