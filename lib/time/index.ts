// Time on the runtime's clock.
export { now } from "./now.js";
export { sleep } from "./sleep.js";
