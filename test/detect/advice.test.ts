// The next step: what a report advises follows from why everybody waits, not from what they wait for.
import { expect, test } from "vitest";
import "../../lib/detect/index.js";
import {
  type Body,
  Chan,
  Cond,
  type Go,
  go,
  Mutex,
  newTimer,
  nilChan,
  RWMutex,
  report,
  sleep,
  WaitGroup,
} from "../../lib/index.js";

/** The last line of what the report says of the goroutines that wait. */
async function advised(main: Body): Promise<string | undefined> {
  const { findings, verdict } = await report(main, { detect: ["deadlock", "leak"], clock: "jump" });
  return findings
    .find((finding) => finding.verdict === verdict)
    ?.message.split("\n")
    .at(-1);
}

const LET_GO = "and keeps a lock that others wait for: let go of the lock before you wait.";

test("a circle of locks, also of three, and also when main only waits for the three", async () => {
  const ring = function* (): Go {
    const locks = [new Mutex(), new Mutex(), new Mutex()];
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++) {
      wg.go(function* () {
        yield* locks[i]!.lock();
        yield* sleep(1);
        yield* locks[(i + 1) % 3]!.lock();
      });
    }
    yield* wg.wait();
  };
  expect(await advised(ring)).toBe("next: take the locks in one order everywhere.");
});

/** `keep` waits with a lock held that another goroutine wants. */
const keeping = (keep: () => Go) =>
  function* (): Go {
    const [lock, wg] = [new Mutex(), new WaitGroup()];
    wg.go(function* keeper() {
      yield* lock.lock();
      yield* sleep(2);
      yield* keep();
    });
    wg.go(function* other() {
      yield* sleep(1);
      yield* lock.lock();
    });
    yield* wg.wait();
  };

test("whoever waits for something else and keeps a lock is named, whatever it waits for", async () => {
  const send = function* (): Go {
    yield* new Chan<number>().send(1);
  };
  const receive = function* (): Go {
    yield* new Chan<number>().recv();
  };
  const group = function* (): Go {
    const wg = new WaitGroup();
    yield* wg.add(1);
    yield* wg.wait();
  };
  expect(await advised(keeping(send))).toBe(`next: goroutine 2 "keeper" waits (chan send) ${LET_GO}`);
  expect(await advised(keeping(receive))).toBe(`next: goroutine 2 "keeper" waits (chan receive) ${LET_GO}`);
  expect(await advised(keeping(group))).toBe(
    `next: goroutine 2 "keeper" waits (sync.WaitGroup.Wait) ${LET_GO}`,
  );
});

test("a leak behind a kept lock is told as that", async () => {
  const left = function* (): Go {
    const [mu, chan] = [new Mutex(), new Chan<number>()];
    yield* go(function* keeper() {
      yield* mu.lock();
      yield* chan.send(1);
    });
    yield* go(function* other() {
      yield* sleep(1);
      yield* mu.lock();
    });
    yield* sleep(2);
  };
  expect(await advised(left)).toBe(`next: goroutine 2 "keeper" waits (chan send) ${LET_GO}`);
});

test("a holder that has ended should have unlocked; one that reads twice is told of its second read", async () => {
  const forgotten = keeping(function* () {});
  expect(await advised(forgotten)).toBe(
    "next: unlock on every path, also after an error: withLock, or a defer.",
  );
  const twice = function* (): Go {
    const rw = new RWMutex();
    yield* go(function* writer() {
      yield* sleep(1);
      yield* rw.lock();
    });
    yield* rw.rLock();
    yield* sleep(2);
    yield* rw.rLock();
  };
  expect(await advised(twice)).toMatch(/^next: do not lock for reading twice in one goroutine/);
});

test("two that wait for each other at two channels are both named, also when main waits for their group", async () => {
  const loops = function* (): Go {
    const [events, calls, wg] = [new Chan<number>(), new Chan<number>(), new WaitGroup()];
    wg.go(function* raft() {
      yield* events.send(1);
      yield* calls.recv();
      yield* events.send(2);
    });
    wg.go(function* store() {
      yield* events.recv();
      yield* calls.send(1);
      yield* calls.send(2);
    });
    yield* wg.wait();
  };
  expect(await advised(loops)).toMatch(
    /^next: goroutine 2 "raft" and goroutine 3 "store" wait for each other: let one do /,
  );
});

/** Main waits for the group of one goroutine that waits for ever. */
const grouped = (body: Body) =>
  function* (): Go {
    const wg = new WaitGroup();
    wg.go(body);
    yield* wg.wait();
  };

test("the wait for a group of goroutines that are stuck is no cause: theirs is", async () => {
  const sender = function* (): Go {
    yield* new Chan<number>().send(1);
  };
  expect(await advised(grouped(sender))).toMatch(/^next: who receives may be gone/);
  const unheard = function* (): Go {
    const mu = new Mutex();
    const cond = new Cond(mu);
    yield* mu.lock();
    yield* cond.wait();
  };
  expect(await advised(grouped(unheard))).toBe("next: see who was to signal, and on which path it does not.");
  const unmade = function* (): Go {
    yield* nilChan<number>().recv();
  };
  expect(await advised(grouped(unmade))).toMatch(/^next: make the channel before it is used/);
  const short = function* (): Go {
    const wg = new WaitGroup();
    yield* wg.add(2);
    yield* wg.done();
    yield* wg.wait();
  };
  expect(await advised(short)).toBe("next: see that every add has its done, on every path.");
});

test("a goroutine that waits for a timer's channel is a cause as well, though timers wake it", async () => {
  const drained = function* (): Go {
    const timer = newTimer(1);
    timer.stop();
    yield* timer.c.recv();
  };
  expect(await advised(grouped(drained))).toBe(
    "next: see who was to send, receive or close, and on which path it does not.",
  );
});

test("one that waits to receive from somebody who still could is asked who was to send", async () => {
  const receiver = function* (): Go {
    yield* new Chan<number>().recv();
  };
  expect(await advised(grouped(receiver))).toBe(
    "next: see who was to send, receive or close, and on which path it does not.",
  );
});
