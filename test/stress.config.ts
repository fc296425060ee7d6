// The long runs of `npm run stress`: the same configuration over *.stress.ts, with room for minutes.
import { mergeConfig } from "vitest/config";
import config from "./vitest.config.js";

const stress = mergeConfig(config, { test: { testTimeout: 20 * 60_000, hookTimeout: 5 * 60_000 } });
if (stress.test !== undefined) stress.test.include = ["test/**/*.stress.ts"];

export default stress;
