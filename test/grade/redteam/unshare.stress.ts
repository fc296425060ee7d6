// Every attack on the wall, once more where unshare builds it.
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { buildCourse, WITH_OPEN, WITH_VAULT } from "../course.js";
import { fileAttacks, PROCESS_ATTACKS, testWall } from "./wallattacks.js";
import { hasUnshare, withoutBubblewrap } from "./withoutbubblewrap.js";

const places = buildCourse("redteam-unshare-all", [...WITH_VAULT, ...WITH_OPEN]);
const outside = join(tmpdir(), `hb-unshare-all-${process.pid}`);
const restore = withoutBubblewrap(join(outside, "bin"));
writeFileSync(join(outside, "secret.txt"), "SECRET");
afterAll(() => {
  restore();
  places.remove();
  rmSync(outside, { recursive: true, force: true });
});

describe.runIf(await hasUnshare())("without bubblewrap, with modules of Node in hand", () => {
  testWall([...fileAttacks(places, outside), ...PROCESS_ATTACKS], places);
});
