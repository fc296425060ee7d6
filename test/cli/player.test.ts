// hb player: a board in the terminal, by keys.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT } from "../../lib/cli/exit-code.js";
import type { Output } from "../../lib/cli/output.js";
import { type Keys, playerCommand } from "../../lib/cli/player.js";
import { coursePlaces, projectRoot } from "../../lib/grade/index.js";
import type { Board } from "../../lib/index.js";

const folder = join(projectRoot(), ".cache", `test-player-${process.pid}`);
const file = join(folder, "transfer.ts");
const PROGRAM = `import { Mutex, WaitGroup } from "happens-before";

export const transfer = {
  setup: () => ({ a: new Mutex(), b: new Mutex() }),
  *main({ a, b }: { a: Mutex; b: Mutex }) {
    const wg = new WaitGroup();
    wg.go(function* left() {
      yield* a.lock();
      yield* b.lock();
    });
    wg.go(function* right() {
      yield* b.lock();
      yield* a.lock();
    });
    yield* wg.wait();
  },
};

export function* alone() {
  return 42;
}
`;

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, PROGRAM);
  writeFileSync(join(folder, "none.ts"), "export const x = 1;\n");
  writeFileSync(join(folder, "broken.ts"), "export function* main() { let = ; }\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Played {
  readonly code: number;
  readonly frames: string[];
}

async function play(
  pieces: readonly string[],
  words: { width?: number } = {},
  isTerminal = false,
  rows?: number,
): Promise<Played> {
  const frames: string[] = [];
  const out: Output = {
    print: (t) => void frames.push(t),
    note: () => {},
    status: () => {},
    hasColor: false,
  };
  const keys: Keys = {
    isTerminal,
    columns: 80,
    rows,
    async *read() {
      yield* pieces;
    },
  };
  return { code: await playerCommand(file, "transfer", words, out, coursePlaces(), keys), frames };
}

/** Lines of source in vitest are those of the text as it was compiled. */
const steady = (frame: string): string => frame.replace(/ +transfer\.[jt]s:\d+/g, " @").trim();

test("a deadlock is played through, key by key, and told", async () => {
  const { code, frames } = await play(["11", "21", "q1"]);
  expect(code).toBe(EXIT.ok);
  expect(steady(frames[0] as string)).toBe(
    `transfer.ts: transfer · at the start

[1] ● g1 main  wait waitgroup#1 @
[2] ● g2 left  begin
[3] ● g3 right begin

    a            free
    b            free
    waitgroup#1  counter 2

The whole program: 46 states.
1-9 choose · u back · r forward · s start · ? keys · q end`,
  );
  expect(frames).toHaveLength(5);
});

test("arrow keys go back and forward; other keys do nothing; ? lists them; Ctrl-C interrupts", async () => {
  const { code, frames } = await play(["1", "\u001b[D", "\u001b[C", "x9", "s", "?", "\u0003"]);
  expect(code).toBe(EXIT.interrupted);
  const heads = frames.map((frame) => frame.split("\n")[0]?.split(" · ")[1]);
  expect(heads).toEqual([
    "at the start",
    "after 1 choice",
    "at the start",
    "after 1 choice",
    "at the start",
    "at the start",
  ]);
  expect(frames.at(-1)).toContain("← or u     one choice back");
});

test("the end says which bug it is, who waits, and how to replay it", async () => {
  const { frames } = await play(["1", "1", "2", "1", "2", "1", "1"]);
  const end = frames.find((frame) => frame.includes("THE END"));
  expect(end).toContain("THE END. DEADLOCK: all goroutines are asleep");
  expect(end).toMatch(/a +held by g2 · in line: g3/);
  expect(end).toMatch(/replay: report\(program, \{ schedule: "1\.[-0-9X]+\.[0-9a-f]{4}" \}\)/);
});

test("no line is longer than a narrow window, but for the command to copy", async () => {
  const { frames } = await play(["1", "1", "2", "1", "2", "1", "1"], { width: 60 });
  for (const line of frames.join("\n").split("\n")) {
    if (!line.startsWith("replay:")) expect(line.length, line).toBeLessThanOrEqual(60);
  }
});

test("a long title gives way to how many choices were made", async () => {
  const { frames } = await play(["1", "1"], { width: 30 });
  expect(frames.at(-1)?.split("\n")[0]).toBe("transfer.ts… · after 2 choices");
});

test("a terminal's screen is drawn anew for each key", async () => {
  const { frames } = await play(["1"], {}, true);
  expect(frames.every((frame) => frame.startsWith("\u001b[2J"))).toBe(true);
});

test("on a small screen who can be chosen stays in sight, and what is left out is counted", async () => {
  const keys = ["1", "1", "2", "2", "1"];
  const { frames } = await play(keys, {}, true, 15);
  for (const frame of frames) {
    expect(frame.split("\n").length, frame).toBeLessThan(15);
    expect(frame).toContain("g1 main");
  }
  expect(frames[0]).not.toContain("…");
  expect(frames[3]).toMatch(/^ {4}… \d before$/m);
  const { frames: whole } = await play(keys, {}, true, 60);
  expect(whole[3]).not.toContain("before");
  const { frames: least } = await play(keys, {}, true, 12);
  expect(least[3]).toMatch(/^ {4}… [12] more/m);
});

test("--json prints the graph; an exercise is played under its own name", async () => {
  const printed: string[] = [];
  const out: Output = {
    print: (t) => void printed.push(t),
    note: () => {},
    status: () => {},
    hasColor: false,
  };
  expect(await playerCommand("00/wait", undefined, { json: true }, out)).toBe(EXIT.ok);
  const board = JSON.parse(printed.join("")) as Board;
  expect(board.source).toBe("00/wait");
  expect(board.title).toMatch(/^00-start-here\/wait: /);
  expect(board.states.length).toBeGreaterThanOrEqual(1);
});

test("what cannot be played is refused with what could be", async () => {
  const printed: string[] = [];
  const out: Output = {
    print: (t) => void printed.push(t),
    note: () => {},
    status: () => {},
    hasColor: false,
  };
  const command = (name: string, which?: string) => playerCommand(join(folder, name), which, {}, out);
  await expect(command("transfer.ts", "nobody")).rejects.toThrow(
    "expected the name of a program among transfer, alone; got nobody",
  );
  await expect(command("none.ts")).rejects.toThrow("exports no program");
  expect(await command("broken.ts")).toBe(EXIT.failed);
  expect(printed.join()).toMatch(/^does-not-compile: /);
});
