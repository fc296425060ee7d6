// node test/oracle/record.mjs: runs every program of the oracle some thousand times in the Go that is on the PATH,
// once more under its race detector, and rewrites recorded.json.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, "run", "-c", "test/oracle/record.config.ts"], {
  cwd: root,
  stdio: "inherit",
});
process.exitCode = status ?? 1;
