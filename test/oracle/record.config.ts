// The configuration of record.mjs.
import { defineConfig } from "vitest/config";
import config from "../vitest.config.js";

export default defineConfig({
  ...config,
  test: { ...config.test, include: ["test/oracle/record.task.ts"], testTimeout: 20 * 60_000 },
});
