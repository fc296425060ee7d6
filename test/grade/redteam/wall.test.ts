// Attacks on what lies outside, with modules of Node in hand, as if the lock inside of the process were broken: only the
// boundary around the process is left, and the kernel's limits.
import { createSocket } from "node:dgram";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkText } from "../../../lib/grade/index.js";
import { IsolationError } from "../../../lib/grade/sandbox.js";
import { buildCourse, OPEN, WITH_OPEN, WITH_VAULT } from "../course.js";
import { found, hasWall, LIMITS } from "./attack.js";
import { fileAttacks, PROCESS_ATTACKS, testWall } from "./wallattacks.js";

const places = buildCourse("redteam-wall", [...WITH_VAULT, ...WITH_OPEN]);
const outside = join(tmpdir(), `hb-redteam-${process.pid}`);
mkdirSync(outside, { recursive: true });
writeFileSync(join(outside, "secret.txt"), "SECRET");
process.env["HB_REDTEAM_SECRET"] = "SECRET";
afterAll(() => {
  places.remove();
  rmSync(outside, { recursive: true, force: true });
  delete process.env["HB_REDTEAM_SECRET"];
});

const isWalled = await hasWall();
const quoted = (text: string) => JSON.stringify(text);

test("strict isolation runs here, or says what to install", async () => {
  const text = "export const answer = () => ({ n: 5 });";
  const strict = checkText(OPEN, text, { places, isolation: "strict" });
  if (isWalled) expect(await strict).toMatchObject({ status: "pass" });
  else await expect(strict).rejects.toThrow(IsolationError);
});

test("the result says what was in force, and `none` when nothing was", async () => {
  const text = "export const answer = () => ({ n: 5 });";
  const [held, free] = [
    await checkText(OPEN, text, { places }),
    await checkText(OPEN, text, { places, isolation: "none" }),
  ];
  expect(held.isolation[0]).toMatch(isWalled ? /^own mount, pid, network/ : /^weak boundary|^no boundary/);
  expect(free.isolation[0]).toBe("no boundary around the process");
});

test("planted control: without a boundary the same attack reads the file", async () => {
  const lines = `const said = globalThis[Symbol.for("open")].fs.readFileSync(${quoted(join(outside, "secret.txt"))}, "utf8");`;
  const text = `${lines}\nexport const answer = () => ({ said });`;
  const { properties } = await checkText(OPEN, text, { places, isolation: "none", limits: LIMITS });
  expect(properties[0]?.message).toContain("SECRET");
});

describe.runIf(isWalled)("with modules of Node in hand", () => {
  testWall([...fileAttacks(places, outside), ...PROCESS_ATTACKS], places);

  test("a submission that connects to a server outside reaches nobody: TCP, a name, a socket of the file system", async () => {
    const seen: string[] = [];
    const servers = await Promise.all([listening(0, seen), listening(join(outside, "socket"), seen)]);
    const { port } = servers[0]!.address() as { port: number };
    const attempt = (target: string) => `await new Promise((done) => {
      node.net.connect(${target}).on("connect", () => done((said = "connected"))).on("error", (error) => done((said = error.code)));
    });`;
    try {
      for (const target of [
        `${port}, "127.0.0.1"`,
        `${port}, "localhost"`,
        quoted(join(outside, "socket")),
      ]) {
        expect(await found(attempt(target), places)).toMatch(/^E\w+$/);
      }
      expect(seen).toEqual([]);
    } finally {
      for (const server of servers) server.close();
    }
  }, 60_000);

  test("a submission that sends a packet reaches nobody", async () => {
    const socket = createSocket("udp4");
    const seen: Buffer[] = [];
    socket.on("message", (message) => seen.push(message));
    await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
    const lines = `await new Promise((done) => {
      const socket = node.dgram.createSocket("udp4");
      socket.on("error", (error) => done((said = error.code)));
      socket.send("x", ${socket.address().port}, "127.0.0.1", (error) => done((said = error?.code ?? "sent")));
    });`;
    expect(await found(lines, places)).toMatch(/^E\w+$/);
    expect(seen).toEqual([]);
    socket.close();
  });

  test("a submission that looks up a name gets no answer", async () => {
    const lines = `await new Promise((done) => node.dns.lookup("example.org", (error) => done((said = error?.code ?? "found"))));`;
    expect(await found(lines, places)).toMatch(/^E\w+$/);
  });

  test("a submission that opens the inspector is heard by nobody", async () => {
    const said = await found(
      `node.inspector.open(0, "127.0.0.1", false); said = String(node.inspector.url());`,
      places,
    );
    expect(said).not.toMatch(/^ws:/);
  });
});

test("2 GiB of shared memory are refused, also where there is no wall", async () => {
  const text = `let said = "got it";
    try { new Uint8Array(new SharedArrayBuffer(2 ** 31)).fill(1); } catch (error) { said = String(error); }
    export const answer = () => ({ said });`;
  const { problem, properties } = await checkText(OPEN, text, { places, limits: LIMITS });
  expect(problem?.verdict ?? properties[0]?.message).toMatch(/RangeError|out-of-memory/);
});

test.runIf(process.platform === "linux")(
  "threads without end are ended by their number, and said so",
  async () => {
    const text = `const { Worker } = globalThis[Symbol.for("open")].threads;
    for (let i = 0; i < 40; i++) new Worker("setInterval(() => {}, 1000);", { eval: true });
    await new Promise((done) => setTimeout(done, 60_000));
    export const answer = () => ({ n: 5 });`;
    const limits = { ...LIMITS, loadMs: 20_000, memoryMiB: 1024, tasks: 30 };
    const { problem, points } = await checkText(OPEN, text, { places, limits });
    expect(points).toBe(0);
    expect(problem?.message).toMatch(
      /^Stopped while the file was loaded: it had more than 30 threads and processes\./,
    );
  },
  60_000,
);

test("nothing outside was touched", () => {
  expect(readFileSync(join(outside, "secret.txt"), "utf8")).toBe("SECRET");
  expect(existsSync(join(places.scratch, "x"))).toBe(false);
});

function listening(where: number | string, seen: string[]): Promise<Server> {
  const server = createServer((socket) => {
    seen.push(String(where));
    socket.end();
  });
  return new Promise((done) => {
    if (typeof where === "number") server.listen(where, "127.0.0.1", () => done(server));
    else server.listen(where, () => done(server));
  });
}
