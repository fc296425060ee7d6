// A dump that real Go makes now is explained like the recorded ones. In the stress run, since Go compiles itself first.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { explainGoDump } from "../../lib/index.js";

const DUMPS = fileURLToPath(new URL("dumps/", import.meta.url));

test("where Go is installed, a deadlock made now is explained like the recorded one", () => {
  const folder = mkdtempSync(join(tmpdir(), "hb-dump-"));
  try {
    const program = join(folder, "crossed");
    const env = {
      ...process.env,
      GOCACHE: fileURLToPath(new URL("../../.cache/go", import.meta.url)),
      GOTOOLCHAIN: "local",
    };
    try {
      execFileSync("go", ["build", "-buildvcs=false", "-o", program, "./crossed"], {
        cwd: join(DUMPS, "programs"),
        env,
        stdio: "pipe",
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return; // no Go here: the recorded one was tested
      throw error;
    }
    const text = explainGoDump(spawnSync(program, { encoding: "utf8", timeout: 20_000 }).stderr);
    expect(text).toMatch(/cycle: goroutine \d+ → 0x\w+ → goroutine \d+ → 0x\w+ → goroutine \d+\n/);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
