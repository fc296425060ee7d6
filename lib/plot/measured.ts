// Measured: what the figures over a Comparison have in common: which role is drawn, and what is said below.
import type { Comparison, RatioData, RoleResult, VariantResult } from "../stats/index.js";
import { formatRatio } from "./units.js";

/** Options of every figure over a comparison. */
export interface MeasuredOptions {
  /** The role that is drawn. By default the one the comparison judges, else the one with the most operations. */
  readonly role?: string;
  readonly title?: string;
}

/**
 * Returns the role to draw.
 *
 * @throws {RangeError} `` latencyHistogram: expected `role` to be one of reader, reload, got "raeder" ``
 */
export function chooseRole(data: Comparison, options: MeasuredOptions, who: string): string {
  if (!Array.isArray(data?.variants)) {
    const got = data instanceof Promise ? "a promise (write `await` before it)" : String(data);
    throw new TypeError(`${who}: expected a comparison from \`contend\` or \`time\`, got ${got}`);
  }
  const names = [...new Set(data.variants.flatMap((variant) => Object.keys(variant.roles)))];
  if (names.length === 0)
    throw new RangeError(`${who}: expected a comparison with at least one role, got none`);
  if (options.role !== undefined) {
    if (names.includes(options.role)) return options.role;
    const got = JSON.stringify(options.role);
    throw new RangeError(`${who}: expected \`role\` to be one of ${names.join(", ")}, got ${got}`);
  }
  const judged = data.ratios[0]?.role;
  if (judged !== undefined && names.includes(judged)) return judged;
  const ops = (name: string): number => data.variants.reduce((sum, v) => sum + (v.roles[name]?.ops ?? 0), 0);
  return names.reduce((best, name) => (ops(name) > ops(best) ? name : best));
}

/** Returns the variants that have this role, with their numbers. */
export function variantsOf(data: Comparison, role: string): { variant: VariantResult; result: RoleResult }[] {
  return data.variants.flatMap((variant) => {
    const result = variant.roles[role];
    return result === undefined ? [] : [{ variant, result }];
  });
}

/**
 * Returns one sentence for a decision. The larger side comes first, so that the factor is one that people can picture.
 *
 * @example
 * const ratio = { a: "snapshot", b: "rwmutex", role: "order", ratio: 0.025, low: 0.02, high: 0.05 };
 * console.log(decisionSentence({ ...ratio, metric: "corrected p99", decision: "A faster" }));
 * // prints: order, corrected p99: rwmutex has 40× that of snapshot (95% interval 20× to 50×): snapshot faster.
 */
export function decisionSentence(given: RatioData): string {
  const ratio = given.ratio > 0 && given.ratio < 1 ? turned(given) : given;
  const decision =
    ratio.decision === "A faster"
      ? `${ratio.a} faster`
      : ratio.decision === "B faster"
        ? `${ratio.b} faster`
        : ratio.decision;
  const interval = `95% interval ${formatRatio(ratio.low)} to ${formatRatio(ratio.high)}`;
  return `${ratio.role}, ${ratio.metric}: ${ratio.a} has ${formatRatio(ratio.ratio)} that of ${ratio.b} (${interval}): ${decision}.`;
}

function turned(ratio: RatioData): RatioData {
  const { a, b, decision } = ratio;
  const other = decision === "A faster" ? "B faster" : decision === "B faster" ? "A faster" : decision;
  const inverse = { ratio: 1 / ratio.ratio, low: 1 / ratio.high, high: 1 / ratio.low };
  return { ...ratio, a: b, b: a, ...inverse, decision: other };
}

/** Which decisions are told below a figure: those about what it shows. */
export interface About {
  readonly role?: string;
  readonly metrics?: readonly RatioData["metric"][];
}

/** Returns the sentences that stand below every figure of a comparison: decisions, noise, size of the measurement. */
export function measuredNotes(data: Comparison, about: About = {}): string[] {
  const { mode, cores, cpu, node } = data.environment;
  const told = data.ratios.filter(
    (ratio) =>
      (about.role === undefined || ratio.role === about.role) &&
      (about.metrics === undefined || about.metrics.includes(ratio.metric)),
  );
  const notes =
    mode === "smoke"
      ? ["Smoke size: one short round to see that everything runs; no claim is judged."]
      : told.map(decisionSentence);
  if (data.noise.note !== "") notes.push(data.noise.note);
  else if (data.noise.isNoisy)
    notes.push("The machine was too noisy for small differences to mean anything.");
  notes.push(`Measured on ${cores} cores (${cpu.trim()}), Node ${node.replace(/^v/, "")}, ${mode} size.`);
  return notes;
}
