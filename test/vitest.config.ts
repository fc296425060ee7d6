// One configuration for every slice; a slice is a set of folders (see lib/cli/test.mjs).
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { SlowFirst } from "./slow-first.js";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  cacheDir: fileURLToPath(new URL("../.cache/vite", import.meta.url)),
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: "forks",
    maxWorkers: 2,
    sequence: { sequencer: SlowFirst },
    experimental: {
      fsModuleCache: true, // the next slice finds what this one has transformed
      fsModuleCachePath: fileURLToPath(new URL("../.cache/vitest-modules", import.meta.url)),
    },
  },
});
