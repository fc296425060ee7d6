import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { expect, test } from "vitest";
import {
  type Body,
  blockProfile,
  Chan,
  type Go,
  go,
  goroutineProfile,
  mutexProfile,
  type Report,
  RWMutex,
  report,
  sleep,
  WaitGroup,
} from "../../lib/index.js";
import { convoy } from "./convoy.js";

/** The samples of a file as rows: values, then the functions, innermost first, then labels. */
function rowsOf(file: Uint8Array): string[] {
  const p = Profile.decode(gunzipSync(file));
  const word = (n: number | bigint) => p.stringTable.strings[Number(n)];
  return p.sample.map((s) => {
    const names = s.locationId.map((id) => {
      const line = p.location.find((l) => Number(l.id) === Number(id))?.line[0];
      return word(p.function.find((f) => Number(f.id) === Number(line?.functionId))?.name ?? 0);
    });
    const labels = s.label.map((l) => ` ${word(l.key)}=${word(l.str)}`).join("");
    return `${s.value.map(Number).join(" ")} ${names.join(" < ")}${labels}`;
  });
}

function traced(body: Body): Promise<Report> {
  return report(body, { trace: true });
}

test("the mutex profile charges the unlock of the holder: 1 s with 5 waiters shows 5 s, as in Go", async () => {
  const rows = rowsOf(mutexProfile(await traced(convoy)));
  expect(rows[0]).toBe("1 5000000000 mutex.unlock < holder");
  expect(rows.slice(1).every((row) => /^\d+ 0 mutex\.unlock < waiter$/.test(row))).toBe(true);
});

test("the block profile charges those who waited, and does not count sleeping", async () => {
  expect(rowsOf(blockProfile(await traced(convoy)))).toEqual([
    "5 5000000000 mutex.lock < waiter",
    "1 1000000000 waitgroup.wait < convoy",
  ]);
});

test("of two readers that keep a writer waiting, the last one is charged", async () => {
  const rows = rowsOf(
    mutexProfile(
      await traced(function* main() {
        const rw = new RWMutex();
        const wg = new WaitGroup();
        wg.go(function* first() {
          yield* rw.rLock();
          yield* sleep(10);
          yield* rw.rUnlock();
        });
        wg.go(function* second() {
          yield* rw.rLock();
          yield* sleep(30);
          yield* rw.rUnlock();
        });
        yield* sleep(5);
        yield* rw.lock();
        yield* rw.unlock();
        yield* wg.wait();
      }),
    ),
  );
  expect(rows).toEqual(["1 25000000 rwmutex.rUnlock < second"]);
});

test("waits for channels are charged to both sides that waited; one that never ends is not in the profile", async () => {
  const body = function* main(): Go {
    const c = new Chan<number>(0);
    go(function* producer() {
      yield* sleep(4);
      yield* c.send(1);
      yield* c.send(2); // nobody receives it
    });
    yield* c.recv();
    yield* sleep(1);
  };
  const seen = await traced(body);
  expect(rowsOf(blockProfile(seen))).toEqual(["1 4000000 chan.recv < main"]);
  expect(rowsOf(goroutineProfile(seen))).toEqual(["1 producer state=chan send"]);
});

test("equal stacks are one sample of the goroutine profile", async () => {
  const seen = await report(function* main() {
    const c = new Chan<number>(0);
    for (let i = 0; i < 7; i++)
      go(function* lost() {
        yield* c.recv();
      });
    yield* sleep(1);
  });
  expect(rowsOf(goroutineProfile(seen))).toEqual(["7 lost state=chan receive"]);
});

test("the same run gives the same bytes", async () => {
  const [a, b] = [await traced(convoy), await traced(convoy)];
  expect(blockProfile(a)).toEqual(blockProfile(b));
});

test("a report without events is refused by name", async () => {
  const seen = await report(convoy);
  const rest = "expected a report with events; ask for them with `trace: true`";
  expect(() => blockProfile(seen)).toThrow(new TypeError(`blockProfile: ${rest}`));
  expect(() => mutexProfile(seen)).toThrow(new TypeError(`mutexProfile: ${rest}`));
});
