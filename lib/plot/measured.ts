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
 * Returns one sentence for a decision.
 *
 * @example
 * // reader, corrected p99: rwmutex is 35× snapshot (95% interval 30× to 41×): snapshot faster
 */
export function decisionSentence(ratio: RatioData): string {
  const decision =
    ratio.decision === "A faster"
      ? `${ratio.a} faster`
      : ratio.decision === "B faster"
        ? `${ratio.b} faster`
        : ratio.decision;
  const interval = `95% interval ${formatRatio(ratio.low)} to ${formatRatio(ratio.high)}`;
  return `${ratio.role}, ${ratio.metric}: ${ratio.a} is ${formatRatio(ratio.ratio)} ${ratio.b} (${interval}): ${decision}.`;
}

/** Returns the sentences that stand below every figure of a comparison: decisions, noise, size of the measurement. */
export function measuredNotes(data: Comparison, role?: string): string[] {
  const { mode, cores, cpu, node } = data.environment;
  const notes =
    mode === "smoke"
      ? ["Smoke size: one short round to see that everything runs; no claim is judged."]
      : data.ratios.filter((ratio) => role === undefined || ratio.role === role).map(decisionSentence);
  if (data.noise.note !== "") notes.push(`${data.noise.isNoisy ? "Noisy machine: " : ""}${data.noise.note}`);
  notes.push(`Measured on ${cores} cores (${cpu.trim()}), Node ${node.replace(/^v/, "")}, ${mode} size.`);
  return notes;
}
