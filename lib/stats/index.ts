// Distributions, confidence and what a measurement leaves behind.
export { type BootstrapOptions, type Interval, ratioOfMedians } from "./bootstrap.js";
export type {
  Comparison,
  Decision,
  EnvironmentData,
  LatencyData,
  NoiseData,
  RatioData,
  RoleResult,
  SpanData,
  TimeSlice,
  VariantResult,
} from "./comparison.js";
export { decide, type Judged, SMALLEST_EFFECT } from "./decision.js";
export { jainIndex } from "./fairness.js";
export { Histogram, mergeLatency } from "./histogram.js";
export { judgeNoise } from "./noise.js";
export { median, quantile } from "./quantile.js";
