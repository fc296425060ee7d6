// The long runs of `npm run stress`: the same configuration over *.stress.ts, with room for minutes.
import { defineConfig } from "vitest/config";
import config from "./vitest.config.js";

export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: ["test/**/*.stress.ts"],
    testTimeout: 20 * 60_000,
    hookTimeout: 5 * 60_000,
  },
});
