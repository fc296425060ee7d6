// GoReport: dumps of real Go programs as reports that our own pictures draw.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { goDumpReport, parseGoDump } from "../../lib/index.js";
import { waitGraph } from "../../lib/plot/index.js";

const read = (name: string): string => readFileSync(new URL(`dumps/${name}.txt`, import.meta.url), "utf8");
const orders = readFileSync(new URL("../../notebooks/dumps/orders.txt", import.meta.url), "utf8");

test("the order service: three goroutines in a circle, those behind them, and nobody else", () => {
  const seen = goDumpReport(orders);
  expect(seen.verdict).toBe("partial-deadlock"); // Go said nothing: main still ran
  expect(seen.findings[0]?.message).toMatch(/^goroutines \d+, \d+, \d+ wait for each other\n.*inferred/);
  expect(seen.goroutines).toHaveLength(6);
  expect(seen.goroutines.every((g) => g.status === "waiting")).toBe(true);
  const { text } = waitGraph(seen);
  expect(text.split("\n").at(-1)).toMatch(
    /^circle: goroutine \d+ → \w+ of \*main\.\w+ → goroutine \d+ → \w+ of \*main\.\w+ → goroutine \d+ → \w+ of \*main\.\w+ → goroutine \d+$/,
  );
  for (const type of ["Mutex of *main.Users", "Mutex of *main.Risk", "RWMutex of *main.Prices"]) {
    expect(text).toContain(type);
  }
});

test("a deadlock that Go found itself is global; locks of one type are told apart by their addresses", () => {
  const seen = goDumpReport(parseGoDump(read("crossed")));
  expect(seen.verdict).toBe("global-deadlock");
  expect(seen.error?.message).toBe("fatal error: all goroutines are asleep - deadlock!");
  expect(waitGraph(seen).text).toContain(
    "circle: goroutine 6 → Mutex of the object 0x3c096437e040 → goroutine 7 → Mutex of the object 0x3c096437e020 → goroutine 6",
  );
});

test("a holder that waits for a channel is drawn with what it waits for", () => {
  const seen = goDumpReport(read("cache"));
  expect(seen.verdict).toBe("partial-deadlock");
  expect(seen.findings[0]?.message).toContain("a lock is held by somebody who waits");
  const holder = seen.findings[0]?.waits?.find(({ reason }) => reason === "chan send");
  expect(holder?.objects).toEqual([`channel of goroutine ${holder?.goroutine}`]);
});

test("a lock whose holder runs is no deadlock", () => {
  const text = `goroutine 7 [sync.Mutex.Lock]:
internal/sync.(*Mutex).lockSlow(0xc000010008)
\t/go/src/internal/sync/mutex.go:149 +0x15d
main.f(0xc000010000)
\t/srv/main.go:7 +0xa7

goroutine 8 [running]:
main.g(0xc000010000)
\t/srv/main.go:8 +0x1
`;
  const seen = goDumpReport(text);
  expect(seen.verdict).toBe("ok");
  expect(seen.findings[0]?.waits?.[0]?.wakers).toEqual([
    expect.objectContaining({ goroutine: 8, why: "holds", state: "goes on" }),
  ]);
});

test("a dump in which nobody waits for a lock is refused", () => {
  expect(() => goDumpReport(read("leak"))).toThrow(
    new RangeError("goDumpReport: expected a dump in which a goroutine waits for a lock"),
  );
});
