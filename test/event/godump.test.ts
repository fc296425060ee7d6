import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type GoGoroutine, parseGoDump } from "../../lib/index.js";

const DUMPS = new URL("dumps/", import.meta.url);

function read(name: string): string {
  return readFileSync(new URL(`${name}.txt`, DUMPS), "utf8");
}

function only(text: string): GoGoroutine {
  const { goroutines } = parseGoDump(text);
  expect(goroutines).toHaveLength(1);
  return goroutines[0] as GoGoroutine;
}

test("a real dump gives every goroutine that has a header", () => {
  for (const name of ["crossed", "reread", "twice", "cache", "cache-system", "race", "bubble", "leak"]) {
    const text = read(name);
    const headers = text.match(/^goroutine \d+ .*\[.*\]:$/gm) ?? [];
    const { goroutines } = parseGoDump(text);
    expect([name, goroutines.length]).toEqual([name, headers.length]);
    expect(goroutines.every((g) => g.frames.length > 0)).toBe(true);
    const created = text.match(/^created by .* in goroutine \d+$/gm) ?? [];
    expect(goroutines.filter((g) => g.createdBy > 0 && g.createdAt !== undefined)).toHaveLength(
      created.length,
    );
  }
});

test("frames have function, argument words, file and line; doubtful words are marked", () => {
  const { goroutines, headline } = parseGoDump(read("crossed"));
  expect(headline).toBe("fatal error: all goroutines are asleep - deadlock!");
  const g = goroutines[1] as GoGoroutine;
  expect(g).toMatchObject({
    id: 6,
    status: "waiting",
    waitReason: "sync.Mutex.Lock",
    creator: "sync.(*WaitGroup).Go",
  });
  expect(g.frames[0]?.args.map((a) => a.isSure)).toEqual([false, false, false]);
  expect(g.frames[4]).toEqual({
    func: "main.transfer",
    args: [0x3c096437e020, 0x3c096437e040, 0xa].map((value) => ({ value, isSure: true })),
    file: "/srv/shop/crossed/main.go",
    line: 19,
  });
});

const HEADERS: [header: string, seen: Partial<GoGoroutine>][] = [
  ["goroutine 7 [running]:", { id: 7, status: "running", waitMs: 0 }],
  ["goroutine 7 [runnable]:", { status: "runnable" }],
  ["goroutine 7 [select (no cases), 12 minutes]:", { waitReason: "select (no cases)", waitMs: 720_000 }],
  ["goroutine 7 [chan receive (nil chan)]:", { waitReason: "chan receive (nil chan)" }],
  ["goroutine 7 [syscall, 3 minutes, locked to thread]:", { isLockedToThread: true, waitMs: 180_000 }],
  [
    "goroutine 7 [chan send (durable), synctest bubble 4]:",
    { waitReason: "chan send", isDurable: true, bubble: 4 },
  ],
  ["goroutine 7 [chan send (leaked)]:", { waitReason: "chan send", isLeaked: true }],
  ["goroutine 7 [semacquire (scan), 1 minutes]:", { waitReason: "semacquire", waitMs: 60_000 }],
  ["goroutine 7 gp=0xc0000081e0 m=3 mp=0x601500 [IO wait]:", { waitReason: "IO wait" }],
  [
    'goroutine 7 gp=0xc0000081e0 m=nil [select labels:{"a": "b, c", "d": "e"}]:',
    { waitReason: "select", labels: { a: "b, c", d: "e" } },
  ],
  ['goroutine 7 [select, 2 minutes labels:{"a": "b"}]:', { waitMs: 120_000, labels: { a: "b" } }],
  ["2026-01-02T03:04:05Z app goroutine 7 [sleep]:", { waitReason: "sleep" }],
];
for (const [header, seen] of HEADERS) {
  test(`the header \`${header}\` is read`, () => {
    expect(only(`${header}\nmain.f()\n\t/a.go:3 +0x1\n`)).toMatchObject(seen);
  });
}

test("Go before 1.21 does not say which goroutine was the creator", () => {
  const g = only("goroutine 5 [chan send]:\nmain.f(...)\n\t/a.go:3\ncreated by main.main\n\t/a.go:9 +0x2c\n");
  expect(g).toMatchObject({ creator: "main.main", createdBy: 0, createdAt: { file: "/a.go", line: 9 } });
});

test("a log with a prefix and CRLF on every row is read like the bare dump", () => {
  const bare = read("crossed");
  const logged = bare
    .split("\n")
    .map((row) => `12:00:00 web-1 | ${row}`)
    .join("\r\n");
  expect(parseGoDump(logged).goroutines).toEqual(parseGoDump(bare).goroutines);
});

test("elided frames, missing stacks and generic functions do not end a goroutine", () => {
  const rows = [
    "main.f[...](0xc000010000)",
    "\t/a.go:3 +0x1",
    "...23 frames elided...",
    "main.main()",
    "\t/a.go:9 +0x2",
  ];
  expect(only(`goroutine 1 [running]:\n${rows.join("\n")}`).frames.map((f) => f.func)).toEqual([
    "main.f[...]",
    "main.main",
  ]);
  const bare =
    "goroutine 1 [running]:\n\tgoroutine running on other thread; stack unavailable\ncreated by main.main in goroutine 2\n\t/a.go:9 +0x2";
  expect(only(bare)).toMatchObject({ frames: [], createdBy: 2 });
});

test("race reports around a dump are read, both sides with their frames", () => {
  const { races } = parseGoDump(read("race"));
  expect(
    races.map((r) => r.map((a) => `${a.what} ${a.goroutine} ${a.frames[0]?.func}:${a.frames[0]?.line}`)),
  ).toEqual([
    ["Read 8 main.(*Counter).add:11", "Previous write 1 main.(*Counter).add:11"],
    ["Read 1 main.main:19", "Previous write 8 main.(*Counter).add:11"],
  ]);
});

test("a text without a dump has no goroutines; anything but a text is refused", () => {
  expect(parseGoDump("hello\n\nworld")).toEqual({ goroutines: [], races: [] });
  expect(() => Reflect.apply(parseGoDump, null, [7])).toThrow(
    new TypeError("parseGoDump: expected `text` to be a string, got number"),
  );
});
