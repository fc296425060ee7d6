// The ESLint plugin: rules about mistakes that compile.

export type { Rule } from "./estree.js";
export { plugin as default, plugin } from "./plugin.js";
