// Time on the runtime's clock.
export { afterFunc, FuncTimer } from "./afterfunc.js";
export { now } from "./now.js";
export { sleep } from "./sleep.js";
export { newTicker, Ticker, tick } from "./ticker.js";
export { after, newTimer, Timer, type TimerOptions } from "./timer.js";
