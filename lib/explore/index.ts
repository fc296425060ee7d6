// Searching through schedules.
export { type ExploreOptions, explore } from "./explore.js";
