import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { explainGoDump, goGroups, parseGoDump } from "../../lib/index.js";

const DUMPS = fileURLToPath(new URL("dumps/", import.meta.url));

function read(name: string): string {
  return readFileSync(join(DUMPS, `${name}.txt`), "utf8");
}

test("two locks taken in opposite orders: holders and cycle, from a real deadlock", () => {
  expect(explainGoDump(read("crossed"))).toBe(
    [
      "fatal error: all goroutines are asleep - deadlock!",
      "3 goroutines, 3 different stacks",
      "      1  sync.WaitGroup.Wait at main.main main.go:30 (goroutine 1)",
      "      1  sync.Mutex.Lock at main.transfer main.go:19 < main.main.func1 main.go:28 (goroutine 6)",
      "      1  sync.Mutex.Lock at main.transfer main.go:19 < main.main.func2 main.go:29 (goroutine 7)",
      "  goroutine 7 waits for the Mutex of the object 0x3c096437e020",
      "    probable holder: goroutine 6 [sync.Mutex.Lock] in main.transfer main.go:19",
      "  goroutine 6 waits for the Mutex of the object 0x3c096437e040",
      "    probable holder: goroutine 7 [sync.Mutex.Lock] in main.transfer main.go:19",
      "cycle: goroutine 6 → 0x3c096437e040 → goroutine 7 → 0x3c096437e020 → goroutine 6",
      "next: take these locks in one order everywhere, or hold one at a time",
    ].join("\n"),
  );
});

test("a lock held over a channel send: forty waiters in one row, and the holder with its state", () => {
  const text = explainGoDump(read("cache"));
  expect(text).toContain(
    "     40  sync.RWMutex.RLock at main.(*Cache).Get main.go:22 < main.handle main.go:35 (goroutines 5, 6, 7, 8, …)",
  );
  expect(text).toMatch(
    /\(40\) wait for the RWMutex of \*main\.Cache 0x\w+\n {4}probable holder: goroutine 19 \[chan send\] in main\.\(\*Cache\)\.Refresh main\.go:31\nnext:/,
  );
});

test("with GOTRACEBACK=system the runtime's goroutines are counted apart, and the holder is the same", () => {
  const text = explainGoDump(read("cache-system"));
  expect(text).toContain("10 goroutines, 8 different stacks, and 7 of the runtime");
  expect(text).toContain("probable holder: goroutine 19 [chan send] in main.(*Cache).Refresh main.go:31");
});

test("a lock that its holder asks for again, also by way of a writer that waits between", () => {
  expect(explainGoDump(read("twice"))).toContain(
    "probable holder: goroutine 1 itself: it got it in main.(*Store).Put main.go:22 and asks again",
  );
  expect(explainGoDump(read("reread"))).toContain(
    "goroutine 6 itself: it got it in main.(*Registry).Report main.go:24 and asks again; goroutine 17 began to wait for writing between",
  );
});

test("races, bubbles and leaks are named", () => {
  expect(explainGoDump(read("race"))).toContain(
    "read by goroutine 8 at main.(*Counter).add main.go:11; previous write by goroutine 1",
  );
  expect(explainGoDump(read("bubble"))).toContain("chan send (durable) at shop/bubble.TestBubble.func1.1");
  expect(explainGoDump(read("leak"))).toContain("chan send (leaked) at main.fetch.func1");
});

const WAITER = (id: number, lock: string, args: string) => `goroutine ${id} [sync.Mutex.Lock]:
internal/sync.(*Mutex).lockSlow(${lock})
\t/go/src/internal/sync/mutex.go:149 +0x15d
main.f(${args})
\t/srv/main.go:${id} +0xa7
`;

test("nobody is called a holder without evidence: doubtful words, far objects, other waiters", () => {
  const none = "no goroutine here seems to hold it";
  const doubtful = `${WAITER(7, "0xc000010008", "0xc000010000")}\ngoroutine 8 [sleep]:\nmain.g(0xc000010000?)\n\t/srv/main.go:1 +0x1\n`;
  expect(explainGoDump(doubtful)).toContain(none);
  expect(explainGoDump(doubtful.replace("0xc000010000?", "0xc000010000"))).toContain(
    "probable holder: goroutine 8",
  );
  expect(
    explainGoDump(WAITER(7, "0xc000010008", "0xc000010000") + WAITER(8, "0xc000010008", "0xc000010000")),
  ).toContain(none);
  expect(
    explainGoDump(
      `${WAITER(7, "0xc000020008", "0x1")}\ngoroutine 8 [sleep]:\nmain.g(0xc000010000)\n\t/srv/main.go:1 +0x1\n`,
    ),
  ).toContain(none);
});

test("a cycle of three locks is found; a chain without return is not called one", () => {
  const three = [
    WAITER(7, "0xc000020008", "0xc000010000, 0xc000020000"),
    WAITER(8, "0xc000030008", "0xc000020000, 0xc000030000"),
    WAITER(9, "0xc000010008", "0xc000030000, 0xc000010000"),
  ];
  expect(explainGoDump(three.join("\n"))).toMatch(/cycle: (goroutine \d → 0x\w+ → ){3}goroutine/);
  expect(explainGoDump(three.slice(0, 2).join("\n"))).not.toContain("cycle:");
});

test("the report stays under 40 rows for ten thousand goroutines with different stacks", () => {
  const many = Array.from({ length: 10_000 }, (_, i) =>
    WAITER(
      i + 2,
      `0x${(0xc000000008 + i * 4096).toString(16)}`,
      `0x${(0xc000000000 + i * 4096).toString(16)}`,
    ),
  );
  const text = explainGoDump(many.join("\n"));
  expect(text.split("\n").length).toBeLessThan(40);
  expect(text).toContain("10000 goroutines, 10000 different stacks");
});

test("equal stacks are one group although their addresses differ", () => {
  const [first, ...rest] = goGroups(parseGoDump(read("cache")));
  expect([first?.goroutines.length, first?.state]).toEqual([40, "sync.RWMutex.RLock"]);
  expect(rest.every((group) => group.goroutines.length === 1)).toBe(true);
});

test("a text without goroutines says what was expected", () => {
  expect(explainGoDump("nothing")).toBe(
    "no goroutine found: expected rows like `goroutine 18 [chan send]:` with frames below",
  );
});
