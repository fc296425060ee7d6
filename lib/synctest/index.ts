// Bubbles with a clock of their own, for tests of concurrent code.
export { synctest, synctestDate, synctestSleep, synctestWait } from "./synctest.js";
