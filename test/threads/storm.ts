// A storm: threads that use a primitive without a pause are terminated at any moment; others use it meanwhile and after.
import {
  Cond,
  carry,
  DistributedRWMutex,
  FairRWMutex,
  Mutex,
  Once,
  ReadersFirstRWMutex,
  RWMutex,
  SeqLock,
  ShardedMap,
  Snapshot,
  team,
  UpgradableRWMutex,
} from "happens-before/threads";

const readOrWrite = (rw: RWMutex | FairRWMutex | UpgradableRWMutex, i: number): boolean =>
  i % 3 > 0 ? rw.withRead(() => true) : rw.withWrite(() => true);

const mapped = () => new ShardedMap<number, number>({ shards: 1 });

/** What is made, and one use of it on a thread: false when it finds something broken. */
export const storms = {
  "a Mutex is locked": [() => new Mutex(), (mu: Mutex) => mu.withLock(() => true)],
  "a Mutex is waited for with a time limit": [
    () => new Mutex(),
    (mu: Mutex) => {
      if (mu.tryLockFor(0.05)) mu.unlock();
      return true;
    },
  ],
  "a Cond is waited for": [
    () => new Cond(new Mutex()),
    (cond: Cond) =>
      cond.L.withLock(() => {
        cond.waitFor(0.05);
        cond.signal();
        return true;
      }),
  ],
  "a Once is asked": [() => new Once(), (once: Once) => once.do(() => {}) || once.isDone],
  "a SeqLock is written and read": [
    () => new SeqLock(8),
    (record: SeqLock, i: number) => {
      if (i % 2 === 0) record.write((data) => data.fill(data[0]! + 1));
      return record.read().every((value, _at, all) => value === all[0]);
    },
  ],
  "a Snapshot is published and read": [
    () => new Snapshot(new Float64Array(64), { readers: 1000 }),
    (snapshot: Snapshot, i: number) => {
      if (i % 2 === 0) snapshot.publish((data) => data.fill(data[0]! + 1));
      return snapshot.read((data) => data.every((value) => value === data[0]));
    },
  ],
  "an RWMutex is locked": [() => new RWMutex(), readOrWrite],
  "a ReadersFirstRWMutex is locked": [() => new ReadersFirstRWMutex(), readOrWrite],
  "a FairRWMutex is locked": [() => new FairRWMutex(), readOrWrite],
  "a DistributedRWMutex is locked": [() => new DistributedRWMutex(), readOrWrite],
  "an UpgradableRWMutex is locked": [
    () => new UpgradableRWMutex(),
    (rw: UpgradableRWMutex, i: number) =>
      i % 3 === 0
        ? rw.withRead(() => true)
        : rw.withUpgradable(() => {
            if (i % 3 === 1) rw.upgrade();
            return true;
          }),
  ],
  "a ShardedMap is updated": [
    mapped,
    (map: ReturnType<typeof mapped>, i: number) => map.update(i % 50, (n = 0) => n + 1) > 0,
  ],
} as const;

export type StormName = keyof typeof storms;

/**
 * Kills two threads in the middle of their uses, while two others use the same; those must come to an end, and so must two
 * that come afterwards. Returns how many uses found something broken.
 */
export async function storm(name: StormName, usesAfter: number, deadlineMs: number): Promise<number> {
  const [make, use] = storms[name];
  const shared = make();
  const carried = carry(use as (shared: unknown, i: number) => boolean);
  const stop = new Int32Array(new SharedArrayBuffer(8)); // 1 when the victims are dead; how many are at work
  const controller = new AbortController();
  const victims = team(
    2,
    (_t, shared, use, stop) => {
      Atomics.add(stop, 1, 1);
      for (let i = 0; ; i++) use(shared, i);
    },
    { args: [shared, carried, stop], signal: controller.signal },
  ).catch(() => "killed");
  const body = (
    _t: unknown,
    shared: unknown,
    use: (shared: unknown, i: number) => boolean,
    stop: Int32Array,
    after: number,
  ) => {
    let broken = 0;
    let i = 0;
    while (Atomics.load(stop, 0) === 0) if (!use(shared, i++)) broken++;
    for (let end = i + after; i < end; i++) if (!use(shared, i)) broken++;
    return broken;
  };
  const survivors = team(2, body, { args: [shared, carried, stop, usesAfter], deadlineMs });
  while (Atomics.load(stop, 1) < 2) await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  await victims;
  Atomics.store(stop, 0, 1);
  const during = await survivors;
  const later = await team(2, body, { args: [shared, carried, stop, usesAfter], deadlineMs });
  return [...during, ...later].reduce((sum, broken) => sum + broken, 0);
}
