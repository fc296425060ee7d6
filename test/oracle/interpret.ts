// interpret: a description as a program of this library. Every operation is `yield*`-ed, also those that need not be,
// and a line of the log is an operation of its own, as in the Go program, where it takes a lock.

import {
  AtomicInt64,
  afterFunc,
  background,
  Canceled,
  Chan,
  Cond,
  type Context,
  type FuncTimer,
  type Go,
  go,
  goexit,
  gosched,
  Mutex,
  newTimer,
  nilChan,
  Once,
  onDefault,
  PanicError,
  type Program,
  ReadersFirstRWMutex,
  type RecvChan,
  RWMutex,
  recover,
  type SendChan,
  SyncMap,
  select,
  sleep,
  type Timer,
  WaitGroup,
  withCancel,
  withDefer,
  withTimeout,
} from "happens-before";
import {
  type Block,
  type Description,
  type Expr,
  type ObjectSpec,
  type SelectCase,
  type Stmt,
  sharedVariables,
  type Test,
} from "./description.js";

/** A way to be wrong on purpose, to show that the oracle would notice. */
export type Fault =
  | "buffers unbuffered channels"
  | "readers pass waiting writers"
  | "close wakes with a value"
  | "once runs again after a panic"
  | "signal wakes all"
  | "compare-and-swap always succeeds"
  | "select takes the first ready case"
  | "closed channels drop what is buffered"
  | "stop never prevents"
  | "cancel skips children";

/** What a fault puts into a receive from a closed channel. */
const WRONG_VALUE = 99;

type Locals = Map<string, number>;

interface Objects {
  readonly chans: Map<string, RecvChan<number> & SendChan<number> & { readonly len: number }>;
  readonly locks: Map<string, Mutex | RWMutex>;
  readonly groups: Map<string, WaitGroup>;
  readonly onces: Map<string, Once>;
  readonly conds: Map<string, Cond>;
  readonly atomics: Map<string, AtomicInt64>;
  readonly maps: Map<string, SyncMap<number, number>>;
  readonly timers: Map<string, Timer | FuncTimer>;
  readonly contexts: Map<string, { ctx: Context; cancel(): Iterable<unknown> }>;
  readonly shared: Map<string, number>;
}

/** Makes the program of a description; with a `fault`, one that is wrong in that way. */
export function interpret(d: Description, fault?: Fault): Program<Machine, string> {
  return {
    setup: () => new Machine(d, fault),
    *main(machine) {
      return yield* machine.main();
    },
  };
}

/** Returns what `map` holds under `name`; a description that names something unknown is refused. */
function the<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (found === undefined) throw new TypeError(`the description names ${name}, which is not there`);
  return found;
}

export class Machine {
  readonly #d: Description;
  readonly #fault: Fault | undefined;
  readonly #log: string[] = [];
  readonly #isShared: ReadonlySet<string>;
  readonly #at: Objects = {
    chans: new Map(),
    locks: new Map(),
    groups: new Map(),
    onces: new Map(),
    conds: new Map(),
    atomics: new Map(),
    maps: new Map(),
    timers: new Map(),
    contexts: new Map(),
    shared: new Map(),
  };

  constructor(d: Description, fault: Fault | undefined) {
    this.#d = d;
    this.#fault = fault;
    this.#isShared = sharedVariables(d);
  }

  *main(): Go<string> {
    for (const [name, spec] of Object.entries(this.#d.objects)) this.#make(name, spec);
    yield* this.#run(this.#d.main, new Map());
    yield* gosched();
    return (this.#d.isSorted === true ? [...this.#log].sort() : this.#log).join("; ");
  }

  #make(name: string, spec: ObjectSpec): void {
    const at = this.#at;
    switch (spec[0]) {
      case "chan":
        at.chans.set(name, new Chan(this.#fault === "buffers unbuffered channels" ? spec[1] || 1 : spec[1]));
        break;
      case "nilchan":
        at.chans.set(name, Object.assign(nilChan<number>(), { len: 0 }));
        break;
      case "mutex":
        at.locks.set(name, new Mutex());
        break;
      case "rwmutex":
        at.locks.set(name, this.#makeRWMutex());
        break;
      case "waitgroup":
        at.groups.set(name, new WaitGroup());
        break;
      case "once":
        at.onces.set(name, new Once());
        break;
      case "cond":
        at.conds.set(name, new Cond(the(at.locks, spec[1])));
        break;
      case "atomic":
        at.atomics.set(name, new AtomicInt64(BigInt(spec[1])));
        break;
      case "map":
        at.maps.set(name, new SyncMap());
        break;
      case "var":
        at.shared.set(name, spec[1]);
        break;
      case "timer":
        break; // made by newTimer or afterFunc
      default:
        this.#makeContext(name, spec);
    }
  }

  /** The faulty one has the same methods; only their types' private fields differ. */
  #makeRWMutex(): RWMutex {
    if (this.#fault !== "readers pass waiting writers") return new RWMutex();
    return new ReadersFirstRWMutex() as unknown as RWMutex;
  }

  #makeContext(name: string, spec: ObjectSpec & readonly ["cancelCtx" | "timeoutCtx", ...unknown[]]): void {
    const parentName = spec[0] === "cancelCtx" ? spec[1] : spec[2];
    const isCut = this.#fault === "cancel skips children";
    const parent = parentName === undefined || isCut ? background() : the(this.#at.contexts, parentName).ctx;
    const [ctx, cancel] = spec[0] === "cancelCtx" ? withCancel(parent) : withTimeout(parent, spec[1]);
    this.#at.contexts.set(name, { ctx, cancel });
  }

  #value(e: Expr, locals: Locals): number {
    if (typeof e === "number") return e;
    if (typeof e === "string") return the(this.#isShared.has(e) ? this.#at.shared : locals, e);
    const a = this.#value(e[1], locals);
    const b = this.#value(e[2], locals);
    if (e[0] === "+") return a + b;
    if (e[0] === "-") return a - b;
    return e[0] === "*" ? a * b : a % b;
  }

  #holds([word, left, right]: Test, locals: Locals): boolean {
    const a = this.#value(left, locals);
    const b = this.#value(right, locals);
    if (word === "==") return a === b;
    if (word === "!=") return a !== b;
    return word === "<" ? a < b : a > b;
  }

  #set(name: string, value: number | bigint | boolean | undefined, locals: Locals): void {
    (this.#isShared.has(name) ? this.#at.shared : locals).set(name, Number(value ?? 0));
  }

  *#write(line: string): Go {
    yield* gosched();
    this.#log.push(line);
  }

  *#run(block: Block, locals: Locals): Go {
    for (const s of block) yield* this.#step(s, locals);
  }

  /** A goroutine of its own: its locals are its own, all zero but for `args`. */
  #body(block: Block, args: Readonly<Record<string, number>> = {}): () => Go {
    const machine = this;
    return function* goroutine() {
      yield* machine.#run(block, new Map(Object.entries(args)));
    };
  }

  *#step(s: Stmt, locals: Locals): Go {
    switch (s[0]) {
      case "go": {
        const args = Object.entries(s[2] ?? {}).map(([name, e]) => [name, this.#value(e, locals)] as const);
        return yield* go(this.#body(s[1], Object.fromEntries(args)));
      }
      case "gosched":
        return yield* gosched();
      case "goexit":
        return yield* goexit();
      case "set":
        return this.#set(s[1], this.#value(s[2], locals), locals);
      case "if":
        return yield* this.#run(this.#holds(s[1], locals) ? s[2] : (s[3] ?? []), locals);
      case "while":
        while (this.#holds(s[1], locals)) yield* this.#run(s[2], locals);
        return;
      case "times":
        for (let i = 0; i < s[1]; i++) yield* this.#run(s[2], locals);
        return;
      case "log": {
        const [, text, ...values] = s;
        return yield* this.#write([text, ...values.map((e) => this.#value(e, locals))].join(" "));
      }
      case "panic":
        throw new PanicError(s[1]);
      case "recovering":
        return yield* this.#recovering(s[1], locals);
      case "deferred":
        return yield* this.#deferred(s[1], s[2], locals);
      default:
        return yield* this.#operation(s, locals);
    }
  }

  *#recovering(body: Block, locals: Locals): Go {
    const machine = this;
    yield* withDefer(function* (defer) {
      defer(function* () {
        const got = recover();
        if (got !== null) yield* machine.#write(`recovered: ${(got as Error).message}`);
      });
      yield* machine.#run(body, locals);
    });
  }

  *#deferred(body: Block, last: Block, locals: Locals): Go {
    const machine = this;
    yield* withDefer(function* (defer) {
      defer(() => machine.#run(last, locals));
      yield* machine.#run(body, locals);
    });
  }

  *#operation(s: Stmt, locals: Locals): Go {
    switch (s[0]) {
      case "send":
        return yield* the(this.#at.chans, s[1]).send(this.#value(s[2], locals));
      case "recv":
      case "recvOk": {
        const { value, ok } = yield* this.#receive(s[1]);
        this.#set(s[2], value, locals);
        if (s[0] === "recvOk") this.#set(s[3], ok, locals);
        return;
      }
      case "range":
        for (;;) {
          const { value, ok } = yield* this.#receive(s[1]);
          if (!ok) return;
          this.#set(s[2], value, locals);
          yield* this.#run(s[3], locals);
        }
      case "close":
        return yield* this.#close(s[1]);
      case "len":
        yield* gosched();
        return this.#set(s[2], the(this.#at.chans, s[1]).len, locals);
      case "select":
        return yield* this.#select(s[1], locals);
      case "lock":
      case "unlock":
      case "rLock":
      case "rUnlock":
      case "tryLock":
      case "tryRLock":
        return yield* this.#lock(s, locals);
      case "load":
      case "store":
      case "addTo":
      case "swap":
      case "cas":
        return yield* this.#atomic(s, locals);
      default:
        return yield* this.#wait(s, locals);
    }
  }

  *#receive(name: string): Go<{ value: number | undefined; ok: boolean }> {
    const got = yield* the(this.#at.chans, name).recvOk();
    if (got.ok || this.#fault !== "close wakes with a value") return got;
    return { value: WRONG_VALUE, ok: false };
  }

  *#close(name: string): Go {
    const chan = the(this.#at.chans, name);
    if (this.#fault === "closed channels drop what is buffered") while (chan.len > 0) chan.tryRecv();
    yield* chan.close();
  }

  *#select(cases: readonly SelectCase[], locals: Locals): Go {
    const made = cases.map((c) => {
      if (c[0] === "send") return the(this.#at.chans, c[1]).onSend(this.#value(c[2], locals));
      if (c[0] === "recv") return the(this.#at.chans, c[1]).onRecv();
      if (c[0] === "done") return the(this.#at.contexts, c[1]).ctx.done().onRecv();
      return c[0] === "fires" ? (the(this.#at.timers, c[1]) as Timer).c.onRecv() : onDefault();
    });
    if (this.#fault === "select takes the first ready case") {
      for (const [i, one] of made.entries()) {
        const tried = yield* select(one, onDefault());
        if (tried.index === 0) return yield* this.#taken(cases[i] as SelectCase, tried, locals);
      }
    }
    const got = yield* select(...made);
    yield* this.#taken(cases[got.index] as SelectCase, got, locals);
  }

  *#taken(c: SelectCase, got: { value: unknown; ok: boolean }, locals: Locals): Go {
    if (c[0] === "recv") {
      this.#set(c[2], got.value as number | undefined, locals);
      this.#set(c[3], got.ok, locals);
    }
    yield* this.#run(c[c.length - 1] as Block, locals);
  }

  *#lock(s: Stmt & readonly [string, string, ...unknown[]], locals: Locals): Go {
    const lock = the(this.#at.locks, s[1]);
    switch (s[0]) {
      case "lock":
        return yield* lock.lock();
      case "unlock":
        return yield* lock.unlock();
      case "rLock":
        return yield* (lock as RWMutex).rLock();
      case "rUnlock":
        return yield* (lock as RWMutex).rUnlock();
      case "tryLock":
        yield* gosched(); // a plain call is no scheduling point
        return this.#set(s[2], lock.tryLock(), locals);
      case "tryRLock":
        yield* gosched();
        return this.#set(s[2], (lock as RWMutex).tryRLock(), locals);
    }
  }

  *#atomic(s: Stmt & readonly [string, string, ...unknown[]], locals: Locals): Go {
    const atomic = the(this.#at.atomics, s[1]);
    const big = (e: Expr): bigint => BigInt(this.#value(e, locals));
    switch (s[0]) {
      case "load":
        return this.#set(s[2], yield* atomic.load(), locals);
      case "store":
        return yield* atomic.store(big(s[2]));
      case "addTo":
        return this.#set(s[3], yield* atomic.add(big(s[2])), locals);
      case "swap":
        return this.#set(s[3], yield* atomic.swap(big(s[2])), locals);
      case "cas": {
        const did = yield* atomic.compareAndSwap(big(s[2]), big(s[3]));
        if (this.#fault !== "compare-and-swap always succeeds") return this.#set(s[4], did, locals);
        yield* atomic.store(big(s[3]));
        return this.#set(s[4], true, locals);
      }
    }
  }

  *#wait(s: Stmt, locals: Locals): Go {
    switch (s[0]) {
      case "add":
        return yield* the(this.#at.groups, s[1]).add(this.#value(s[2], locals));
      case "done":
        return yield* the(this.#at.groups, s[1]).done();
      case "wait":
        return yield* the(this.#at.groups, s[1]).wait();
      case "wgGo":
        return yield* the(this.#at.groups, s[1]).go(this.#body(s[2]));
      case "once":
        return yield* this.#once(s[1], s[2], locals);
      case "condWait":
        return yield* the(this.#at.conds, s[1]).wait();
      case "signal": {
        const cond = the(this.#at.conds, s[1]);
        return yield* this.#fault === "signal wakes all" ? cond.broadcast() : cond.signal();
      }
      case "broadcast":
        return yield* the(this.#at.conds, s[1]).broadcast();
      case "sleep":
      case "newTimer":
      case "afterFunc":
      case "stop":
      case "fires":
        return yield* this.#time(s, locals);
      case "cancel":
        yield* the(this.#at.contexts, s[1]).cancel() as Go;
        return;
      case "awaitDone":
        yield* the(this.#at.contexts, s[1]).ctx.done().recv();
        return;
      case "ctxErr": {
        yield* gosched();
        const error = the(this.#at.contexts, s[1]).ctx.err();
        return this.#set(s[2], error === null ? 0 : error === Canceled ? 1 : 2, locals);
      }
      default:
        return yield* this.#map(s, locals);
    }
  }

  *#once(name: string, body: Block, locals: Locals): Go {
    const machine = this;
    try {
      yield* the(this.#at.onces, name).do(function* () {
        yield* machine.#run(body, locals);
      });
    } catch (error) {
      if (this.#fault === "once runs again after a panic") this.#at.onces.set(name, new Once());
      throw error;
    }
  }

  *#time(s: Stmt, locals: Locals): Go {
    switch (s[0]) {
      case "sleep":
        return yield* sleep(s[1]);
      case "newTimer":
        yield* gosched();
        this.#at.timers.set(s[1], newTimer(s[2]));
        return;
      case "afterFunc":
        yield* gosched();
        this.#at.timers.set(s[1], afterFunc(s[2], this.#body(s[3])));
        return;
      case "stop": {
        yield* gosched();
        const isFaulty = this.#fault === "stop never prevents";
        return this.#set(s[2], isFaulty || the(this.#at.timers, s[1]).stop(), locals);
      }
      case "fires":
        yield* (the(this.#at.timers, s[1]) as Timer).c.recv();
    }
  }

  *#map(s: Stmt, locals: Locals): Go {
    const value = (e: Expr): number => this.#value(e, locals);
    switch (s[0]) {
      case "mapStore":
        yield* the(this.#at.maps, s[1]).store(value(s[2]), value(s[3]));
        return;
      case "mapLoad": {
        const got = yield* the(this.#at.maps, s[1]).load(value(s[2]));
        this.#set(s[3], got, locals);
        return this.#set(s[4], got !== undefined, locals);
      }
      case "mapLoadOrStore": {
        const got = yield* the(this.#at.maps, s[1]).loadOrStore(value(s[2]), value(s[3]));
        this.#set(s[4], got.value, locals);
        return this.#set(s[5], got.loaded, locals);
      }
      case "mapLoadAndDelete": {
        const got = yield* the(this.#at.maps, s[1]).loadAndDelete(value(s[2]));
        this.#set(s[3], got.value, locals);
        return this.#set(s[4], got.loaded, locals);
      }
      case "mapCas": {
        const did = yield* the(this.#at.maps, s[1]).compareAndSwap(value(s[2]), value(s[3]), value(s[4]));
        return this.#set(s[5], did, locals);
      }
      default:
        throw new TypeError(`no statement ${s[0]}`);
    }
  }
}
