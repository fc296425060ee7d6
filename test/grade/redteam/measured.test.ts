// The first attacks on a measured check; the others are in measured.stress.ts.
import { afterAll } from "vitest";
import { buildCourse } from "../course.js";
import { testMeasured } from "./measuredattacks.js";

const places = buildCourse("measured-test");
afterAll(() => places.remove());

testMeasured(0, 3, places);
