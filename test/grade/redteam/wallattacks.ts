// Attacks on what lies outside, with modules of Node in hand: what each tries, and how it must end. The same for every
// program that builds the wall.
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Places } from "../../../lib/grade/index.js";
import { found } from "./attack.js";

export type WallAttack = readonly [what: string, lines: string, answer: RegExp];

const quoted = (text: string) => JSON.stringify(text);

/** Reads one file, or lists one folder. */
const read = (path: string) => `said = node.fs.readFileSync(${quoted(path)}, "utf8");`;
const list = (path: string) => `said = node.fs.readdirSync(${quoted(path)}).sort().join();`;
const write = (path: string) => `node.fs.writeFileSync(${quoted(path)}, "x"); said = "written";`;

/** `outside`: a folder with a `secret.txt`. */
export function fileAttacks(places: Places, outside: string): readonly WallAttack[] {
  return [
    ["reads a file of the system", read("/etc/passwd"), /^ENOENT$/],
    ["reads a file of another user", read(join(outside, "secret.txt")), /^ENOENT$/],
    ["reads its hidden check", read(join(places.checks, "90-fixture/vault.hidden.js")), /^ENOENT$/],
    ["reads a solution", read(join(places.root, "solutions/00-start-here/wait.ts")), /^ENOENT$/],
    [
      "reads a check's source",
      read(join(places.root, "test/exercises/00-start-here/wait.check.ts")),
      /^ENOENT$/,
    ],
    ["lists the project", list(places.root), /^\.build,\.cache,node_modules,package\.json$/],
    ["lists the system", list("/"), /^(?!.*\b(home|root|etc\/passwd)\b)/],
    ["lists the other submissions", list(places.scratch), /^run-[\w-]+$/],
    ["reads through the root of another process", read("/proc/1/root/etc/passwd"), /^ENOENT$/],
    [
      "reads its grader's environment",
      `said = ${"node.fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).join()"};`,
      /^1$/,
    ],
    [
      "reads its own environment",
      `said = node.fs.readFileSync("/proc/self/environ", "utf8").includes("SECRET");`,
      /^false$/,
    ],
    [
      "reads its standard input again, where the token came from",
      `said = node.fs.readFileSync(0, "utf8");`,
      /^("")?$|^EAGAIN$/,
    ],
    [
      "reads the token from its command line",
      `said = /[0-9a-f]{8}-[0-9a-f]{4}-/.test(node.fs.readFileSync("/proc/self/cmdline", "utf8"));`,
      /^false$/,
    ],
    ["changes the library", write(join(places.root, ".build/lib/index.js")), /^EROFS$/],
    ["changes its own driver", write(join(places.scratch, "x")), /^EROFS$/],
    ["reads a setting of the kernel", read("/proc/sys/kernel/core_pattern"), /^ENOENT$/],
    ["writes a setting of the kernel", write("/proc/sys/kernel/hostname"), /^E(ROFS|ACCES|PERM|NOENT)$/],
    [
      "makes a link to a file outside and reads it",
      `node.fs.symlinkSync(${quoted(join(outside, "secret.txt"))}, "/scratch/link"); ${read("/scratch/link")}`,
      /^ENOENT$/,
    ],
    [
      "makes a link in its folder",
      `node.fs.symlinkSync("/", ${quoted(join(places.scratch, "link"))}); said = "linked";`,
      /^EROFS$/,
    ],
    [
      "fills the disk",
      `const fd = node.fs.openSync("/scratch/full", "w"); for (let i = 0; i < 64; i++) node.fs.writeSync(fd, new Uint8Array(1 << 20)); said = "filled";`,
      /^(ENOSPC|EFBIG)$|SIGXFSZ|signal|exit code/,
    ],
    [
      "fills the memory of /dev",
      `node.fs.writeFileSync("/dev/shm/full", new Uint8Array(1 << 20)); said = "filled";`,
      /^E(ROFS|NOENT|ACCES)$/,
    ],
  ];
}

export const PROCESS_ATTACKS: readonly WallAttack[] = [
  [
    "starts a process",
    `said = node.childProcess.spawnSync("/proc/self/exe", ["--version"]).error?.code ?? "started";`,
    /^(EPERM|EAGAIN|ENOSYS)$/,
  ],
  [
    "starts a shell",
    `said = node.childProcess.spawnSync("/bin/sh", ["-c", "id"]).error?.code ?? "started";`,
    /^(EPERM|EAGAIN|ENOSYS|ENOENT)$/,
  ],
  [
    "forks a thousand times",
    `let n = 0; for (let i = 0; i < 1000; i++) if (node.childProcess.spawnSync("/proc/self/exe", ["-v"]).error === undefined) n++; said = String(n);`,
    /^0$/,
  ],
  ["kills its grader", `node.kill(${process.pid}, 9); said = "killed";`, /^ESRCH$/],
  ["kills everybody", `node.kill(-1, 9); said = "killed";`, /^(ESRCH|EPERM|killed)$|^fatal/],
  [
    "loads a native addon",
    `node.fs.writeFileSync("/scratch/x.node", "x"); node.dlopen({ exports: {} }, "/scratch/x.node");`,
    /^ERR_DLOPEN/,
  ],
  [
    "starts workers without end",
    `for (;;) new node.threads.Worker("for (;;);", { eval: true });`,
    /^(fatal|out-of-memory|out-of-time|ERR_|ENOMEM|EAGAIN)|^"?It was still running|^interrupted$/,
  ],
];

/** One test for each. */
export function testWall(attacks: readonly WallAttack[], places: Places): void {
  for (const [what, lines, answer] of attacks) {
    test(`a submission that ${what} gets nowhere`, async () => {
      expect(await found(lines, places)).toMatch(answer);
    }, 30_000);
  }
}
