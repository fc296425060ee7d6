// The rest of the attacks on a measured check.
import { afterAll } from "vitest";
import { buildCourse } from "../course.js";
import { testMeasured } from "./measuredattacks.js";

const places = buildCourse("measured-stress");
afterAll(() => places.remove());

testMeasured(3, 100, places);
