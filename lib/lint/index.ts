// The ESLint plugin: rules about mistakes that compile.

export type { Rule } from "./estree.js";
export { default, plugin } from "./plugin.js";
