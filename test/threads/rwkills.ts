// Kills at every step: a thread that uses a reader-writer lock is stopped before and after each atomic change that it makes, and
// killed there; those who wait behind it, and those who come later, must get in, and nothing of it may stay.
import type * as Library from "happens-before/threads";
import { PHASE, STATE } from "../../lib/threads/rwstate.js";

/** The five locks. */
export const VARIANTS = [
  "RWMutex",
  "ReadersFirstRWMutex",
  "FairRWMutex",
  "UpgradableRWMutex",
  "DistributedRWMutex",
] as const;
export type Variant = (typeof VARIANTS)[number];

/** The library, or a twin of it. */
export type Locks = Pick<typeof Library, "team" | "carry" | Variant>;

/** What the victim does, and what the main thread holds meanwhile; "…, then nothing": it lets go once the victim sleeps. */
export interface Script {
  readonly calls: string;
  readonly held: "nothing" | "read" | "write" | "read, then nothing" | "write, then nothing";
}

/** Every way in, up and out, with waits that end well and waits that are given up. */
export function scriptsOf(variant: Variant): Script[] {
  const scripts: Script[] = [
    { calls: "rLock rUnlock lock unlock", held: "nothing" },
    { calls: "rLock rUnlock", held: "write, then nothing" },
    { calls: "lock unlock", held: "write, then nothing" },
    { calls: "lock unlock", held: "read, then nothing" },
    { calls: "tryRLockFor", held: "write" },
    { calls: "tryLockFor", held: "read" },
  ];
  if (variant !== "UpgradableRWMutex") return scripts;
  return [
    ...scripts,
    { calls: "uLock upgrade downgrade uUnlock", held: "nothing" },
    { calls: "uLock upgrade unlock", held: "read, then nothing" },
    { calls: "uLock uUnlock", held: "write, then nothing" },
    { calls: "uLock tryUpgradeFor uUnlock", held: "read" },
  ];
}

/** Words: 1 once the victim stands still and 2 once it is through; 1 once it has slept. */
const STOPPED = 0;
const SLEPT = 1;

const victim = (rw: unknown, calls: string, at: number, isAfter: boolean, flag: Int32Array) => {
  const real = {
    ...Object.fromEntries(Object.getOwnPropertyNames(Atomics).map((name) => [name, Atomics[name as "add"]])),
  };
  let step = 0;
  const stop = () => {
    Atomics.store = real["store"] as typeof Atomics.store;
    Atomics.store(flag, 0, 1);
    for (;;) (real["wait"] as unknown as typeof Atomics.wait)(flag, 2, 0);
  };
  for (const name of ["store", "add", "sub", "and", "or", "xor", "compareExchange", "notify", "wait"]) {
    const original = real[name] as (...args: unknown[]) => unknown;
    (Atomics as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
      if (step === at && !isAfter) stop();
      if (name === "wait") (real["store"] as typeof Atomics.store)(flag, 1, 1);
      const result = original(...args);
      if (step++ === at) stop();
      return result;
    };
  }
  for (const call of calls.split(" "))
    (rw as Record<string, (ms?: number) => void>)[call]?.(call.endsWith("For") ? 3 : undefined);
  Object.assign(Atomics, real);
  Atomics.store(flag, 0, 2);
};

/** How it ended: "through": the victim made fewer steps than that; else what was found, "" when nothing was wrong. */
export async function killAt(
  library: Locks,
  variant: Variant,
  { calls, held }: Script,
  at: number,
  isAfter: boolean,
  timeoutMs: number,
): Promise<string> {
  const rw = new library[variant]();
  const flag = new Int32Array(new SharedArrayBuffer(16));
  const isReading = held.startsWith("read");
  if (held !== "nothing") isReading ? rw.tryRLock() : rw.tryLock();
  const letGo = () => (isReading ? rw.rUnlock() : rw.unlock());
  let failed: Error | undefined;
  const controller = new AbortController();
  const killed = library
    .team(1, (_t, victim, rw, calls, at, isAfter, flag) => victim(rw, calls, at, isAfter, flag), {
      args: [library.carry(victim), rw, calls, at, isAfter, flag],
      signal: controller.signal,
    })
    .catch((error: Error) => {
      if (error.message !== "killed" && flag[STOPPED] === 0) failed = error;
    });
  let isHeld = held !== "nothing";
  while (flag[STOPPED] === 0) {
    if (failed !== undefined) throw failed;
    if (isHeld && held.endsWith("then nothing") && Atomics.load(flag, SLEPT) === 1) {
      isHeld = false;
      letGo();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  const isThrough = Atomics.load(flag, STOPPED) === 2;
  const written = rw.lockAsync({ timeoutMs }).then((isIn) => {
    if (isIn) rw.unlock();
    return isIn ? "" : "a writer hangs; ";
  });
  const read = rw.rLockAsync({ timeoutMs }).then((isIn) => {
    if (isIn) rw.rUnlock();
    return isIn ? "" : "a reader hangs; ";
  });
  if (!isThrough) controller.abort("killed");
  await killed;
  if (isHeld) letGo();
  const hanging = (await written) + (await read);
  if (isThrough && hanging === "") return "through";
  if (hanging !== "") return hanging;
  if (!rw.tryLock()) return "it is not free";
  rw.unlock();
  if (!rw.tryRLock()) return "it is not open";
  rw.rUnlock();
  const { buffer, offset } = rw.handle;
  const state = new Int32Array(buffer, offset)[STATE]! & ~PHASE;
  return state === 0 ? "" : `the state is ${state}`;
}

/** Kills at every step of a script, `atATime` at a time; the first thing that was wrong, and how many kills there were. */
export async function killAtAll(
  library: Locks,
  variant: Variant,
  script: Script,
  { timeoutMs = 10_000, atATime = 10 } = {},
): Promise<{ kills: number; wrong: string }> {
  let wrong = "";
  let kills = 0;
  let next = 0;
  let isThrough = false;
  const one = async () => {
    while (!isThrough && wrong === "") {
      const [at, isAfter] = [next >> 1, next % 2 === 1];
      next++;
      const found = await killAt(library, variant, script, at, isAfter, timeoutMs);
      if (found === "through") isThrough = true;
      else kills++;
      if (found !== "through" && found !== "") wrong = `${isAfter ? "after" : "before"} step ${at}: ${found}`;
    }
  };
  await Promise.all(Array.from({ length: atATime }, one));
  return { kills, wrong };
}
