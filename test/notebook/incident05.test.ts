// What unit 05 says about its fixes and cannot assert by measuring: tried on all schedules, or on a virtual clock.
import { readFileSync } from "node:fs";
import {
  Chan,
  type Exploration,
  explore,
  type Go,
  go,
  now,
  RWMutex,
  run,
  Snapshot,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

const results = ({ outcomes }: Exploration<string>) => outcomes.map(({ result }) => result).sort();

test("64 shards, or two: an order that looks at two discounts can see two reloads", async () => {
  const seen = await explore(
    {
      setup: () => ({ locks: [new RWMutex(), new RWMutex()], versions: [0, 0] }),
      *main({ locks, versions }) {
        go(function* reload() {
          for (const shard of [0, 1]) {
            yield* locks[shard]!.lock();
            versions[shard]!++;
            yield* locks[shard]!.unlock();
          }
        });
        let order = "";
        for (const shard of [0, 1]) {
          yield* locks[shard]!.rLock();
          order += versions[shard];
          yield* locks[shard]!.rUnlock();
        }
        return order;
      },
    },
    { schedules: 300, stopAt: "never" },
  );
  expect(results(seen)).toEqual(["00", "01", "10", "11"]);
});

test("a snapshot: an order sees one reload or the other, never both", async () => {
  const seen = await explore(
    {
      setup: () => ({ current: new Snapshot({ rules: 0, discounts: 0 }) }),
      *main({ current }) {
        go(function* reload() {
          yield* current.publish({ rules: 1, discounts: 1 });
        });
        const { value } = yield* current.load();
        return `${value.rules}${value.discounts}`;
      },
    },
    { schedules: 300, stopAt: "never" },
  );
  expect(results(seen)).toEqual(["00", "11"]);
});

test("the hybrid's breaker does not wait for a reload; a breaker under the lock does", async () => {
  const pulledAtMs = (pull: (lock: RWMutex, news: Chan<number>) => Go) =>
    run(
      function* main() {
        const [lock, news] = [new RWMutex(), new Chan<number>(1)];
        const wg = new WaitGroup();
        wg.go(function* reload() {
          yield* lock.lock();
          yield* sleep(2300);
          lock.unlock();
        });
        yield* sleep(100);
        yield* pull(lock, news);
        const pulledMs = now();
        yield* wg.wait();
        return pulledMs;
      },
      { clock: "jump" },
    );
  const byLock = await pulledAtMs(function* (lock) {
    yield* lock.lock();
    lock.unlock();
  });
  const byChannel = await pulledAtMs(function* (_lock, news) {
    yield* news.send(1);
  });
  expect([byLock, byChannel]).toEqual([2300, 100]);
});

test("the zoo's figures in the lesson are those of the detectors' table", () => {
  const root = new URL("../../", import.meta.url);
  const read = (path: string) => readFileSync(new URL(path, root), "utf8");
  const rows = read("lib/detect/README.md")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("*", "")));
  const start = rows.findIndex((row) => row[1] === "kernels of the zoo");
  const column = rows[start]?.indexOf("lock-order") ?? -1;
  const end = rows.findIndex((row, i) => i > start && row[1]?.startsWith("all, repaired"));
  const named = rows.slice(start + 2, end).reduce((sum, row) => sum + (Number(row[column]) || 0), 0);
  const kernels = /\((\d+)\)/.exec(rows[end]?.[1] ?? "")?.[1];
  const lesson = read("notebooks/05-the-rwmutex-incident.md").replace(/" \+\s*"/g, "");
  expect(lesson).toContain(`in our zoo of ${kernels} the lock-order detector names ${named}`);
});
