// Small programs as data: two or three goroutines, a few operations each, for comparing searches.

import fc from "fast-check";
import {
  AtomicInt32,
  after,
  Chan,
  go,
  gosched,
  Mutex,
  onDefault,
  type Program,
  RWMutex,
  select,
  sleep,
  WaitGroup,
} from "happens-before";

/** One operation of a goroutine; the number says on which object. Those not in ACTIONS are for scripts written by hand. */
export type Action =
  | `${"locked" | "send" | "recv" | "close" | "load" | "store" | "add" | "rLocked" | "wLocked"}${0 | 1}`
  | "select"
  | "selectDefault"
  | "selectSend"
  | "selectAfter"
  | "sleep"
  | "gosched"
  | "spawn";

export const ACTIONS: readonly Action[] = [
  "locked0",
  "locked1",
  "rLocked0",
  "wLocked0",
  "send0",
  "send1",
  "recv0",
  "recv1",
  "load0",
  "load1",
  "store0",
  "store1",
  "add0",
  "select",
  "selectDefault",
  "selectSend",
  "sleep",
  "gosched",
  "close1",
  "spawn",
];

/** A program: a list of actions for each goroutine. */
export type Script = readonly (readonly Action[])[];

interface State {
  readonly mu: readonly Mutex[];
  readonly rw: RWMutex;
  /** Unbuffered; of one item. */
  readonly ch: readonly Chan<number>[];
  readonly n: readonly AtomicInt32[];
  readonly log: string[];
}

/** The goroutine of `script` that has number `id`. */
function* body(s: State, id: number, actions: readonly Action[]) {
  for (const action of actions) {
    const at = Number(action.at(-1)) === 1 ? 1 : 0;
    const [mu, ch, n] = [s.mu[at] as Mutex, s.ch[at] as Chan<number>, s.n[at] as AtomicInt32];
    switch (action.replace(/[01]$/, "")) {
      case "locked":
        yield* mu.lock();
        mu.unlock();
        break;
      case "rLocked":
        yield* s.rw.rLock();
        yield* s.rw.rUnlock();
        break;
      case "wLocked":
        yield* s.rw.lock();
        yield* s.rw.unlock();
        break;
      case "send":
        yield* ch.send(id);
        break;
      case "recv":
        s.log.push(`${id}<${yield* ch.recv()}`);
        break;
      case "close":
        yield* ch.close();
        break;
      case "load":
        s.log.push(`${id}=${yield* n.load()}`);
        break;
      case "store":
        yield* n.store(id);
        break;
      case "add":
        yield* n.add(1);
        break;
      case "select":
        yield* select((s.ch[0] as Chan<number>).onRecv(), (s.ch[1] as Chan<number>).onRecv());
        break;
      case "selectDefault":
        yield* select((s.ch[0] as Chan<number>).onRecv(), onDefault());
        break;
      case "selectSend":
        yield* select((s.ch[0] as Chan<number>).onSend(id), (s.ch[1] as Chan<number>).onSend(id));
        break;
      case "selectAfter":
        yield* select((s.ch[0] as Chan<number>).onRecv(), after(1 + id).onRecv());
        break;
      case "sleep":
        yield* sleep(1 + id);
        break;
      case "gosched":
        yield* gosched();
        break;
      case "spawn":
        yield* go(function* child() {
          yield* n.add(1);
        });
        break;
    }
  }
}

/** The program of a script. With `waits`, main waits for all; without, it returns at once. */
export function programOf(script: Script, waits = false): Program<State, string> {
  return {
    setup: () => ({
      mu: [new Mutex(), new Mutex()],
      rw: new RWMutex(),
      ch: [new Chan(), new Chan(1)],
      n: [new AtomicInt32(), new AtomicInt32()],
      log: [],
    }),
    *main(s) {
      const wg = new WaitGroup();
      script.forEach((actions, id) => {
        if (waits) wg.go(body, s, id, actions);
        else go(body, s, id, actions);
      });
      if (waits) yield* wg.wait();
      return s.log.slice().sort().join(" ");
    },
  };
}

const action = fc.constantFrom(...ACTIONS);

/** Two goroutines of up to four actions, or three of up to two. */
export const scripts: fc.Arbitrary<Script> = fc.oneof(
  fc.tuple(
    fc.array(action, { minLength: 1, maxLength: 4 }),
    fc.array(action, { minLength: 1, maxLength: 3 }),
  ),
  fc.tuple(
    fc.array(action, { minLength: 1, maxLength: 2 }),
    fc.array(action, { minLength: 1, maxLength: 2 }),
    fc.array(action, { minLength: 1, maxLength: 2 }),
  ),
);
