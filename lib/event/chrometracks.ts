// ChromeTracks: the tracks of a trace in Chrome's JSON format, while it is built.
//
// Invariants:
//  I1. Slices of one track never overlap, so there is nothing to nest wrongly: each begins where the last one ended.
//  I2. What may overlap (tasks, regions) is a span of its own kind, which viewers put on rows of their own. Each that
//      begins ends.
//
// Source: the Trace Event Format (Google, 2016); google/perfetto#4280 for what overlapping slices do. Rejected: B and E
// events, which a goroutine that never ends would leave open.

/** One entry of Chrome's format; times are in microseconds. */
export interface ChromeEvent {
  readonly name: string;
  /** `X` slice, `i` mark, `s` and `f` the ends of an arrow, `b` and `e` of a span, `C` a curve, `M` the name of a track. */
  readonly ph: "X" | "i" | "s" | "f" | "b" | "e" | "C" | "M";
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number | string;
  readonly bp?: "e";
  readonly s?: "t";
  readonly args?: Readonly<Record<string, string | number>>;
}

/** A trace that Perfetto opens. Plain data: `JSON.stringify` makes the file. */
export interface ChromeTrace {
  readonly traceEvents: readonly ChromeEvent[];
  readonly displayTimeUnit: "ns";
}

/** The groups of tracks. */
export const GOROUTINES = 1;
export const LOCKS = 2;
export const PROCS = 3;
export const TASKS = 4;

/** What is said about an entry. */
export type Args = Record<string, string | number>;

interface Open {
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly fromNs: number;
  readonly args: Args;
}

type Span = Omit<ChromeEvent, "ph" | "ts" | "args">;

/** The tracks of a trace. */
export class Tracks {
  readonly out: ChromeEvent[] = [];
  readonly #open = new Map<string, Open>();
  /** Spans that have begun, by their kind and id: the innermost last. */
  readonly #spans = new Map<string, Span[]>();

  begin(pid: number, tid: number, name: string, fromNs: number, args: Args): void {
    this.end(pid, tid, fromNs);
    this.#open.set(`${pid}/${tid}`, { pid, tid, name, fromNs, args });
  }

  isOpen(pid: number, tid: number): boolean {
    return this.#open.has(`${pid}/${tid}`);
  }

  /** I1. The slice that is open on a track ends; none open: nothing happens. */
  end(pid: number, tid: number, atNs: number): void {
    const open = this.#open.get(`${pid}/${tid}`);
    if (open === undefined) return;
    this.#open.delete(`${pid}/${tid}`);
    const { name, fromNs, args } = open;
    this.out.push({ name, ph: "X", pid, tid, ts: fromNs / 1000, dur: (atNs - fromNs) / 1000, args });
  }

  beginSpan(span: Span, atNs: number, args: Args): void {
    const key = `${span.cat}/${span.id}`;
    const open = this.#spans.get(key);
    if (open === undefined) this.#spans.set(key, [span]);
    else open.push(span);
    this.out.push({ ...span, ph: "b", ts: atNs / 1000, args });
  }

  /** I2. The innermost span of this kind and id ends; none open: nothing happens. */
  endSpan(cat: string, id: number | string, atNs: number): void {
    const span = this.#spans.get(`${cat}/${id}`)?.pop();
    if (span !== undefined) this.out.push({ ...span, ph: "e", ts: atNs / 1000 });
  }

  endAll(atNs: number): void {
    for (const { pid, tid } of [...this.#open.values()]) this.end(pid, tid, atNs);
    for (const spans of this.#spans.values())
      for (const { cat = "", id = 0 } of [...spans]) this.endSpan(cat, id, atNs);
  }

  name(pid: number, tid: number, what: "process_name" | "thread_name", name: string): void {
    this.out.push({ name: what, ph: "M", pid, tid, args: { name } });
    if (what === "thread_name")
      this.out.push({ name: "thread_sort_index", ph: "M", pid, tid, args: { sort_index: tid } });
  }
}
