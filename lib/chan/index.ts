// Channels and select.
export { type DefaultCase, onDefault, type RecvCase, type SendCase } from "./cases.js";
export { Chan } from "./chan.js";
export type { RecvChan, SendChan } from "./directions.js";
export { nilChan } from "./nil.js";
export type { Received } from "./received.js";
export { type Case, type Selected, select } from "./select.js";
export { Source } from "./source.js";
