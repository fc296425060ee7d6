// Distributions, confidence and what a measurement leaves behind.
export { type BootstrapOptions, type Interval, ratioOfMedians } from "./bootstrap.js";
export type {
  BypassData,
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
  WarmupData,
} from "./comparison.js";
export { decide, type Judged, SMALLEST_EFFECT } from "./decision.js";
export { jainIndex, longestBypass, type Turn } from "./fairness.js";
export { Histogram, mergeLatency } from "./histogram.js";
export { judgeNoise } from "./noise.js";
export { median, quantile } from "./quantile.js";
