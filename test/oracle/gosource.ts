// gosource: descriptions as one Go program, of the standard library only.
//
// `oracle [-j] name iterations` runs one of them so often and prints one outcome a line; with -j goroutines give way,
// spin and sleep at random between statements, so that more orders come up than a quiet machine shows by itself.

import {
  type Block,
  type Description,
  type Expr,
  localsOf,
  type ObjectSpec,
  type SelectCase,
  type Stmt,
  sharedVariables,
  type Test,
} from "./description.js";

/** What a millisecond of a description is in Go, in microseconds. */
const MILLISECOND_US = 300;

const PRELUDE = `package main

import (
	"context"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var _ = context.Background

const ms = ${MILLISECOND_US} * time.Microsecond

// logger is the log of one run.
type logger struct {
	mu    sync.Mutex
	lines []string
}

func (l *logger) add(text string, values ...int) {
	for _, v := range values {
		text += " " + strconv.Itoa(v)
	}
	l.mu.Lock()
	l.lines = append(l.lines, text)
	l.mu.Unlock()
}

func (l *logger) end(sorted bool) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if sorted {
		sort.Strings(l.lines)
	}
	return strings.Join(l.lines, "; ")
}

// jitter disturbs one goroutine between its statements.
type jitter uint64

var (
	jittery bool
	seeds   atomic.Uint64
	sink    atomic.Uint64
)

func newJitter() jitter { return jitter(seeds.Add(0x9e3779b97f4a7c15) | 1) }

func (j *jitter) at() {
	if !jittery {
		return
	}
	x := uint64(*j)
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*j = jitter(x)
	switch r := x >> 40; {
	case r%8 == 0:
		runtime.Gosched()
	case r%16 == 1:
		for i := uint64(0); i < r%4096; i++ {
			x += i
		}
		sink.Store(x)
	case r%256 == 3:
		time.Sleep(50 * time.Microsecond)
	}
}

func integer(b bool) int {
	if b {
		return 1
	}
	return 0
}

func errorNumber(err error) int {
	switch err {
	case nil:
		return 0
	case context.Canceled:
		return 1
	default:
		return 2
	}
}

func panicText(r any) string {
	if err, ok := r.(error); ok {
		return err.Error()
	}
	return r.(string)
}

func mapValue(v any, ok bool) int {
	if v == nil {
		return 0
	}
	return v.(int)
}

func main() {
	args := os.Args[1:]
	if args[0] == "-j" {
		jittery = true
		args = args[1:]
	}
	n, _ := strconv.Atoi(args[1])
	program := programs[args[0]]
	seeds.Store(uint64(time.Now().UnixNano()))
	for i := 0; i < n; i++ {
		os.Stdout.WriteString(program() + "\\n")
	}
}
`;

/** The whole Go program. */
export function goSource(descriptions: readonly Description[]): string {
  const table = descriptions.map((d) => `\t${JSON.stringify(d.name)}: ${functionName(d)},\n`);
  return [
    PRELUDE,
    `var programs = map[string]func() string{\n${table.join("")}}\n`,
    ...descriptions.map((d) => new GoFunction(d).text()),
  ].join("\n");
}

function functionName(d: Description): string {
  return `run_${d.name.replaceAll(/[^a-zA-Z0-9]/g, "_")}`;
}

/** Go's names of objects and variables: none is a keyword or a name of the prelude. */
function id(name: string): string {
  return `x_${name}`;
}

function expr(e: Expr): string {
  if (typeof e === "number") return String(e);
  return typeof e === "string" ? id(e) : `(${expr(e[1])} ${e[0]} ${expr(e[2])})`;
}

function test([word, left, right]: Test): string {
  return `${expr(left)} ${word} ${expr(right)}`;
}

class GoFunction {
  readonly #d: Description;
  readonly #isShared: ReadonlySet<string>;

  constructor(d: Description) {
    this.#d = d;
    this.#isShared = sharedVariables(d);
  }

  text(): string {
    const made = Object.entries(this.#d.objects).map(([name, spec]) => `\t${object(name, spec)}\n`);
    const sorted = this.#d.isSorted === true;
    return `func ${functionName(this.#d)}() string {\n\tl := &logger{}\n${made.join("")}${this.#body(this.#d.main)}\n\treturn l.end(${sorted})\n}\n`;
  }

  /** The statements of one goroutine, with its own locals and jitter. */
  #body(block: Block, parameters: readonly string[] = []): string {
    const locals = localsOf(block, new Set([...this.#isShared, ...parameters]));
    const declared =
      locals.length === 0
        ? ""
        : `\tvar ${locals.map(id).join(", ")} int\n\t${locals.map(() => "_").join(", ")} = ${locals.map(id).join(", ")}\n`;
    return `${declared}\tj := newJitter()\n\tj.at()\n${this.#block(block)}`;
  }

  #block(block: Block): string {
    return block.map((s) => `\tj.at()\n\t${this.#statement(s)}\n`).join("");
  }

  #statement(s: Stmt): string {
    switch (s[0]) {
      case "go": {
        const args = Object.entries(s[2] ?? {});
        const names = args.map(([name]) => name);
        const parameters = names.length === 0 ? "" : `${names.map(id).join(", ")} int`;
        return `go func(${parameters}) {\n${this.#body(s[1], names)}}(${args.map(([, e]) => expr(e)).join(", ")})`;
      }
      case "wgGo":
        return `${id(s[1])}.Go(func() {\n${this.#body(s[2])}})`;
      case "afterFunc":
        return `${id(s[1])} = time.AfterFunc(${s[2]}*ms, func() {\n${this.#body(s[3])}})`;
      case "range":
        return `for ${id(s[2])} = range ${id(s[1])} {\n${this.#block(s[3])}}`;
      case "select":
        return `select {\n${s[1].map((c) => this.#case(c)).join("")}}`;
      case "once":
        return `${id(s[1])}.Do(func() {\n${this.#block(s[2])}})`;
      case "recovering":
        return `func() {\n\tdefer func() {\n\tif r := recover(); r != nil {\n\tl.add("recovered: " + panicText(r))\n}\n}()\n${this.#block(s[1])}}()`;
      case "deferred":
        return `func() {\n\tdefer func() {\n${this.#block(s[2])}}()\n${this.#block(s[1])}}()`;
      case "if":
        return `if ${test(s[1])} {\n${this.#block(s[2])}} else {\n${this.#block(s[3] ?? [])}}`;
      case "while":
        return `for ${test(s[1])} {\n${this.#block(s[2])}}`;
      case "times":
        return `for range ${s[1]} {\n${this.#block(s[2])}}`;
      default:
        return simple(s);
    }
  }

  #case(c: SelectCase): string {
    switch (c[0]) {
      case "send":
        return `case ${id(c[1])} <- ${expr(c[2])}:\n${this.#block(c[3])}`;
      case "recv":
        return `case v, ok := <-${id(c[1])}:\n\t${id(c[2])}, ${id(c[3])} = v, integer(ok)\n${this.#block(c[4])}`;
      case "done":
        return `case <-${id(c[1])}.Done():\n${this.#block(c[2])}`;
      case "fires":
        return `case <-${id(c[1])}.C:\n${this.#block(c[2])}`;
      default:
        return `default:\n${this.#block(c[1])}`;
    }
  }
}

function object(name: string, spec: ObjectSpec): string {
  const x = id(name);
  switch (spec[0]) {
    case "chan":
      return `${x} := make(chan int, ${spec[1]})`;
    case "nilchan":
      return `var ${x} chan int`;
    case "mutex":
      return `${x} := &sync.Mutex{}`;
    case "rwmutex":
      return `${x} := &sync.RWMutex{}`;
    case "waitgroup":
      return `${x} := &sync.WaitGroup{}`;
    case "once":
      return `${x} := &sync.Once{}`;
    case "cond":
      return `${x} := sync.NewCond(${id(spec[1])})`;
    case "atomic":
      return `${x} := &atomic.Int64{}; ${x}.Store(${spec[1]})`;
    case "map":
      return `${x} := &sync.Map{}`;
    case "var":
      return `${x} := ${spec[1]}; _ = ${x}`;
    case "timer":
      return `var ${x} *time.Timer; _ = ${x}`;
    case "cancelCtx":
      return `${x}, cancel_${x} := context.WithCancel(${parent(spec[1])}); _ = cancel_${x}`;
    case "timeoutCtx":
      return `${x}, cancel_${x} := context.WithTimeout(${parent(spec[2])}, ${spec[1]}*ms); _ = cancel_${x}`;
  }
}

function parent(name: string | undefined): string {
  return name === undefined ? "context.Background()" : id(name);
}

const METHODS: Readonly<Record<string, string>> = {
  lock: "Lock",
  unlock: "Unlock",
  rLock: "RLock",
  rUnlock: "RUnlock",
  done: "Done",
  wait: "Wait",
  condWait: "Wait",
  signal: "Signal",
  broadcast: "Broadcast",
};

/** A statement without blocks inside. */
function simple(s: Stmt): string {
  switch (s[0]) {
    case "gosched":
      return "runtime.Gosched()";
    case "goexit":
      return "runtime.Goexit()";
    case "send":
      return `${id(s[1])} <- ${expr(s[2])}`;
    case "recv":
      return `${id(s[2])} = <-${id(s[1])}`;
    case "recvOk":
      return `{ v, ok := <-${id(s[1])}; ${id(s[2])}, ${id(s[3])} = v, integer(ok) }`;
    case "close":
      return `close(${id(s[1])})`;
    case "len":
      return `${id(s[2])} = len(${id(s[1])})`;
    case "tryLock":
      return `${id(s[2])} = integer(${id(s[1])}.TryLock())`;
    case "tryRLock":
      return `${id(s[2])} = integer(${id(s[1])}.TryRLock())`;
    case "add":
      return `${id(s[1])}.Add(${expr(s[2])})`;
    case "sleep":
      return `time.Sleep(${s[1]} * ms)`;
    case "newTimer":
      return `${id(s[1])} = time.NewTimer(${s[2]} * ms)`;
    case "stop":
      return `${id(s[2])} = integer(${id(s[1])}.Stop())`;
    case "fires":
      return `<-${id(s[1])}.C`;
    case "cancel":
      return `cancel_${id(s[1])}()`;
    case "awaitDone":
      return `<-${id(s[1])}.Done()`;
    case "ctxErr":
      return `${id(s[2])} = errorNumber(${id(s[1])}.Err())`;
    case "panic":
      return `panic(${JSON.stringify(s[1])})`;
    case "set":
      return `${id(s[1])} = ${expr(s[2])}`;
    case "log":
      return `l.add(${[JSON.stringify(s[1]), ...(s.slice(2) as Expr[]).map(expr)].join(", ")})`;
    default:
      return METHODS[s[0]] === undefined ? shared(s) : `${id(s[1] as string)}.${METHODS[s[0]]}()`;
  }
}

/** Atomics and maps. */
function shared(s: Stmt): string {
  const x = id(s[1] as string);
  switch (s[0]) {
    case "load":
      return `${id(s[2])} = int(${x}.Load())`;
    case "store":
      return `${x}.Store(int64(${expr(s[2])}))`;
    case "addTo":
      return `${id(s[3])} = int(${x}.Add(int64(${expr(s[2])})))`;
    case "swap":
      return `${id(s[3])} = int(${x}.Swap(int64(${expr(s[2])})))`;
    case "cas":
      return `${id(s[4])} = integer(${x}.CompareAndSwap(int64(${expr(s[2])}), int64(${expr(s[3])})))`;
    case "mapStore":
      return `${x}.Store(${expr(s[2])}, ${expr(s[3])})`;
    case "mapLoad":
      return `{ v, ok := ${x}.Load(${expr(s[2])}); ${id(s[3])}, ${id(s[4])} = mapValue(v, ok), integer(ok) }`;
    case "mapLoadOrStore":
      return `{ v, ok := ${x}.LoadOrStore(${expr(s[2])}, ${expr(s[3])}); ${id(s[4])}, ${id(s[5])} = mapValue(v, ok), integer(ok) }`;
    case "mapLoadAndDelete":
      return `{ v, ok := ${x}.LoadAndDelete(${expr(s[2])}); ${id(s[3])}, ${id(s[4])} = mapValue(v, ok), integer(ok) }`;
    case "mapCas":
      return `${id(s[5])} = integer(${x}.CompareAndSwap(${expr(s[2])}, ${expr(s[3])}, ${expr(s[4])}))`;
    default:
      throw new TypeError(`no statement ${s[0]}`);
  }
}
