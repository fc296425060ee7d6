// Distributions, confidence and what a measurement leaves behind.
export type {
  Comparison,
  Decision,
  EnvironmentData,
  LatencyData,
  NoiseData,
  RatioData,
  RoleResult,
  TimeSlice,
  VariantResult,
} from "./comparison.js";
