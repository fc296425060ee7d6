// Channels and select.
export { type DefaultCase, onDefault, type RecvCase, type SendCase } from "./cases.js";
export { Chan, type Received } from "./chan.js";
export { type Case, type Selected, select } from "./select.js";
