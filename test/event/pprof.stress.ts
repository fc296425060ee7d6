// Go's own pprof reads the profiles. In the stress run, since `go tool pprof` builds itself the first time, for a minute.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { blockProfile, Chan, go, goroutineProfile, mutexProfile, report, sleep } from "../../lib/index.js";
import { convoy } from "./convoy.js";

test("where Go is installed, its pprof opens each profile and shows the same figures", async () => {
  const seen = await report(convoy, { trace: true });
  const folder = mkdtempSync(join(tmpdir(), "hb-pprof-"));
  const top = (name: string, file: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, file);
    return spawnSync("go", ["tool", "pprof", "-top", path], { encoding: "utf8", timeout: 300_000 });
  };
  try {
    const block = top("block.pb.gz", blockProfile(seen));
    if (block.error !== undefined && "code" in block.error && block.error.code === "ENOENT") return; // no Go here
    expect(block.stdout).toMatch(/Type: delay\n[\s\S]*Showing nodes accounting for 6s, 100% of 6s total/);
    expect(block.stdout).toMatch(/\n\s+5s 83\.33% .* mutex\.lock\n/);
    expect(top("mutex.pb.gz", mutexProfile(seen)).stdout).toMatch(
      /\n\s+5s\s+100% .* mutex\.unlock\n[\s\S]* holder\n/,
    );
    const left = await report(function* main() {
      go(function* lost() {
        yield* new Chan<number>(0).recv();
      });
      yield* sleep(1);
    });
    expect(top("goroutine.pb.gz", goroutineProfile(left)).stdout).toMatch(
      /Type: goroutine\n[\s\S]*\s1\s+100% .* lost\n/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 600_000);
