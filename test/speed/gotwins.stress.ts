// Where Go is installed, one iteration of each row's twin in Go does the same work as the row.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TABLE } from "./table.js";
import { THREADS } from "./threads/table.js";

const folder = mkdtempSync(join(tmpdir(), "hb-speed-"));
const program = join(folder, "go-bench");
let isGo = true; // without Go the table says so in its "–" cells

beforeAll(() => {
  try {
    execFileSync("go", ["build", "-buildvcs=false", "-o", program, "."], {
      cwd: fileURLToPath(new URL("go", import.meta.url)),
      env: {
        ...process.env,
        GOCACHE: fileURLToPath(new URL("../../.cache/go", import.meta.url)),
        GOTOOLCHAIN: "local",
      },
      stdio: "pipe",
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    isGo = false;
  }
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true }));

function once(row: string): number {
  const text = execFileSync(program, ["-row", row, "-once"], { encoding: "utf8" });
  return (JSON.parse(text) as { check: number }).check;
}

test("rows of the laboratory", () => {
  if (!isGo) return;
  for (const row of TABLE.filter(({ times }) => times === undefined)) {
    expect([row.name, once(row.go ?? row.name)]).toEqual([row.name, row.expected(1)]);
  }
});

test("rows of real threads", () => {
  if (!isGo) return;
  for (const { name, unit, go, expected } of THREADS) {
    if (unit === "ms" || go === undefined) continue;
    expect([name, once(go.row)]).toEqual([name, (go.expected ?? expected)(1)]);
  }
});
