// The detectors: they listen to a run and tell what is wrong with it. Loading this room makes them known by name.
import { provideDetector } from "../runtime/index.js";
import { RaceDetector } from "./race.js";

provideDetector("race", (options) => new RaceDetector(options));

export { Ordering } from "./ordering.js";
export { RaceDetector } from "./race.js";
