// plugin: what `eslint.config.js` imports from "happens-before/eslint".
import type { Rule } from "./estree.js";
import { noHostInGoroutine } from "./no-host-in-goroutine.js";
import { noUnyieldedOp } from "./no-unyielded-op.js";

/** One entry of a flat configuration. */
export interface LintConfig {
  readonly name: string;
  readonly plugins: Readonly<Record<string, Plugin>>;
  readonly rules: Readonly<Record<string, "error">>;
}

export interface Plugin {
  readonly meta: { readonly name: string; readonly namespace: string };
  readonly rules: Readonly<Record<string, Rule>>;
  readonly configs: { readonly recommended: LintConfig };
}

/**
 * The plugin, for ESLint 9 and later. In `eslint.config.js`:
 * `import happensBefore from "happens-before/eslint"; export default [happensBefore.configs.recommended];`
 *
 * Rules: `no-unyielded-op` (by types where typescript-eslint has them, else by the API's words) and
 * `no-host-in-goroutine`.
 *
 * @example
 * console.log(Object.keys(plugin.rules).join(" ")); // prints: no-host-in-goroutine no-unyielded-op
 */
export const plugin: Plugin = {
  meta: { name: "happens-before", namespace: "happens-before" },
  rules: { "no-host-in-goroutine": noHostInGoroutine, "no-unyielded-op": noUnyieldedOp },
  get configs() {
    return CONFIGS;
  },
};

const CONFIGS = {
  recommended: {
    name: "happens-before/recommended",
    plugins: { "happens-before": plugin },
    rules: { "happens-before/no-host-in-goroutine": "error", "happens-before/no-unyielded-op": "error" },
  },
} as const;
