// Planted bugs: the built source of a structure with one place changed, run in turns against the checker.
//
// The twin is the real file but for the change, so nothing in the library is there for its test; and a change that no longer
// finds its place fails the test. `rounds` gives each round a seed; what it finds, it finds again on any machine.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { carry, type Shared, team } from "happens-before/threads";
import { type judge, type Log, newLog, recorder } from "./histories.js";
import { CONTROL_WORDS, turns } from "./turns.js";

const BUILT = new URL("../../.build/lib/threads/", import.meta.url);

/** Text of the built file, and what stands in its place. */
export type Change = readonly [from: string, to: string];

/** Writes `file` of lib/threads with the changes made; the address of the module. */
export function plant(file: string, changes: readonly Change[]): string {
  let text = readFileSync(new URL(`${file}.js`, BUILT), "utf8");
  for (const [from, to] of changes) {
    const count = text.split(from).length - 1;
    if (count !== 1) throw new Error(`plant: expected ${file}.js to hold once, got ${count} times: ${from}`);
    text = text.replace(from, () => to);
  }
  text = text.replace(/from "\.\/([^"]+)"/g, (_, name: string) => `from "${new URL(name, BUILT)}"`);
  const path = join(mkdtempSync(join(tmpdir(), "hb-planted-")), `${file}.mjs`);
  writeFileSync(path, text);
  return pathToFileURL(path).href;
}

/** What structures of sequences have: the first two, or the last two. */
interface Sequence {
  tryPush?(value: number): boolean;
  pop?(): number | undefined;
  steal?(): number | undefined;
  tryPublish?(value: number): boolean;
  consumer?(): { tryTake(into: Float64Array): number };
  /** Of a Snapshot, then of a SeqLock. */
  publish?(next: readonly number[]): number;
  read?(body: (data: ArrayLike<number>) => number): number;
  write?(next: readonly number[]): void;
  tryRead?(): ArrayLike<number> | undefined;
}

interface Attachable {
  attach(handle: Shared["handle"]): Sequence;
}

const body = carry((it: Sequence, code: number, value: number): number | boolean | undefined => {
  if (code === 0) return it.tryPush?.(value) ?? it.tryPublish!(value);
  if (code === 2) return it.steal!();
  if (it.pop !== undefined) return it.pop();
  const into = new Float64Array(1);
  return it.consumer!().tryTake(into) === 1 ? into[0] : undefined;
});

/** Reads (code 0) or writes (1) a record of two numbers whose sum is 0; -1 stands for a mix of two records. */
const actOnRecord = carry(
  (it: Sequence, code: number, value: number, step: () => void): number | false | undefined => {
    if (code === 1) return void (it.publish?.([value, -value]) ?? it.write?.([value, -value]));
    const whole = (data: ArrayLike<number>) => {
      const first = data[0]!;
      step(); // another may go on between the two
      return first + data[1]! === 0 ? first : -1;
    };
    if (it.publish !== undefined) return it.read!(whole);
    const copy = it.tryRead!();
    return copy === undefined ? false : whole(copy);
  },
);

/** Who does what: all do all; thread 0 pushes and pops and the others steal; thread 0 pops and the others push;
 * thread 0 writes a record and the others read it. */
export type Roles = "equal" | "owner and thieves" | "consumer and producers" | "writer and readers";

/** What is run. */
export interface Subject {
  /** In lib/threads. */
  readonly file: string;
  /** The class it exports. */
  readonly name: string;
  /** A fresh one, of few items: nodes come back soon. */
  make(): Shared;
  judge(log: Log): ReturnType<typeof judge>;
  readonly threads: number;
  readonly roles: Roles;
}

/** What the rounds found. */
export interface Found {
  /** `stuck`: an operation did not end. */
  readonly verdict: "ok" | "illegal" | "unknown" | "stuck";
  /** The history of the first bad group of rounds. */
  readonly text: string;
  readonly rounds: number;
}

/** Rounds of one team. */
const GROUP = 500;
const OPERATIONS = 3;
const MOST_INITIAL = 2;

/** Runs the subject, with `changes`, in rounds with the seeds `from`, `from` + 1, …; stops after a bad group of rounds. */
export async function runRounds(
  subject: Subject,
  changes: readonly Change[],
  rounds: number,
  from = 1,
): Promise<Found> {
  const url = plant(subject.file, changes);
  try {
    for (let first = from; first < from + rounds; first += GROUP) {
      const found = await group(subject, url, first);
      if (found.verdict !== "ok") return { ...found, rounds: first + GROUP - 1 };
    }
    return { verdict: "ok", text: "", rounds };
  } finally {
    rmSync(new URL(".", url), { recursive: true });
  }
}

async function group(subject: Subject, url: string, first: number): Promise<Omit<Found, "rounds">> {
  const { threads } = subject;
  const log = newLog(threads, GROUP * (OPERATIONS * threads + 2 * MOST_INITIAL));
  const { handle } = subject.make();
  const image = new Int32Array(new SharedArrayBuffer(handle.buffer.byteLength));
  image.set(new Int32Array(handle.buffer));
  const control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4));
  const plan = {
    url,
    name: subject.name,
    first,
    rounds: GROUP,
    each: OPERATIONS,
    most: MOST_INITIAL,
    roles: subject.roles,
  };
  try {
    await team(threads, round, {
      args: [
        plan,
        { at: handle },
        image,
        recorder,
        log,
        turns,
        control,
        subject.roles === "writer and readers" ? actOnRecord : body,
      ],
      deadlineMs: 60_000,
    });
  } catch (error) {
    if (error instanceof Error && error.message === "the round does not end")
      return { verdict: "stuck", text: error.message };
    throw error;
  }
  return subject.judge(log);
}

const round = carry(
  async (
    t: { readonly id: number; readonly count: number; barrier(): void },
    plan: {
      url: string;
      name: string;
      first: number;
      rounds: number;
      each: number;
      most: number;
      roles: Roles;
    },
    { at: handle }: { at: Shared["handle"] },
    image: Int32Array,
    makeRecorder: typeof recorder,
    log: Parameters<typeof recorder>[0],
    makeTurns: typeof turns,
    control: Int32Array,
    act: typeof body | typeof actOnRecord,
  ) => {
    process.removeAllListeners("warning"); // that vm.USE_MAIN_CONTEXT_DEFAULT_LOADER is experimental
    // Not a plain import(): a test's own text is rewritten by the test runner.
    const load = Function("url", "return import(url)") as (
      url: string,
    ) => Promise<Record<string, Attachable>>;
    const kind = (await load(plan.url))[plan.name]!;
    const words = new Int32Array(handle.buffer);
    const record = makeRecorder(log, t.id);
    const turn = makeTurns(control, t.id, 5);
    const run = (it: Sequence, code: number, value: number) => {
      record.begin(code, value);
      const output = act(it, code, value, turn.step);
      // A consumer may find nothing because of a producer that is not done: it takes that back, as who found no room does.
      if (output === false || (plan.roles === "consumer and producers" && output === undefined))
        record.forget();
      else record.end(output);
      return output;
    };
    const isRecord = plan.roles === "writer and readers";
    const codeOf = (choose: (below: number) => number) => {
      if (plan.roles.startsWith("consumer") || isRecord) return t.id === 0 ? 1 : 0;
      return plan.roles === "owner and thieves" && t.id > 0 ? 2 : choose(2);
    };
    try {
      for (let seed = plan.first; seed < plan.first + plan.rounds; seed++) {
        let state = Math.imul(seed * 31 + t.id + 1, 0x9e3779b1) | 1;
        const choose = (below: number) => {
          state ^= state << 13;
          state ^= state >>> 17;
          state ^= state << 5;
          return (state >>> 0) % below;
        };
        if (t.id === 0) words.set(image);
        t.barrier();
        const it = kind.attach(handle);
        if (t.id === 0) {
          for (let i = isRecord ? 0 : choose(plan.most + 1); i > 0; i--) run(it, 0, seed * 1000 + 900 + i);
          control.set([seed % t.count, Math.imul(seed, 0x85ebca6b) | 1, 2 ** t.count - 1, 0]);
        }
        t.barrier();
        turn.enter();
        for (let i = 0; i < plan.each; i++) {
          turn.step();
          run(it, codeOf(choose), seed * 1000 + t.id * 100 + i);
        }
        turn.leave();
        t.barrier();
        if (isRecord && t.id === 0) run(it, 1, 0); // the next round begins with 0, too
        if (t.id > 0 || isRecord) continue;
        for (let i = 0; i < plan.each * t.count + plan.most; i++) if (run(it, 1, 0) === undefined) break;
      }
    } finally {
      turn.restore();
    }
  },
);
