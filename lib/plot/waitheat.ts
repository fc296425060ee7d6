// WaitHeatmap: how many goroutines waited where, over time.
import { placeOf, type Report } from "../event/index.js";
import { type Figure, figure } from "./figure.js";
import { clockOf, eventsOf, goroutineName, type Span, spansOf } from "./spans.js";
import { table } from "./table.js";
import { clip } from "./textwidth.js";
import { roundStep } from "./timeaxis.js";
import { significant } from "./units.js";

export interface WaitHeatmapOptions {
  /** What a row is: a place in the source (default), an object such as `mutex#1`, or a goroutine. */
  readonly by?: "place" | "object" | "goroutine";
  /** How many columns at most; each is 1, 2 or 5 times a power of ten wide. Default 24. */
  readonly bins?: number;
  readonly title?: string;
}

const MOST_ROWS = 16;

/**
 * Makes a heat map of waiting: a row for each place where goroutines waited for each other, a column for each slice of
 * the run, and how many waited there at once, on average. Sleeping is not waiting for somebody. A run that used no virtual
 * time is sliced by its events.
 *
 * At most 16 rows, those with most waiting.
 *
 * **Cost:** O(events + waits x bins).
 *
 * @throws {TypeError} ``waitHeatmap: expected a report with events; ask for them with `trace: true` ``
 * @throws {RangeError} `` waitHeatmap: expected `bins` to be an integer from 1 to 200, got 0 ``
 * @example
 * const seen = await report(function* main() {
 *   const mu = new Mutex();
 *   yield* mu.lock();
 *   for (let i = 0; i < 3; i++) go(function* () { yield* mu.lock(); mu.unlock(); });
 *   yield* sleep(10);
 *   mu.unlock();
 * }, { trace: true });
 * const { table } = waitHeatmap(seen, { by: "object", bins: 2 });
 * console.log(table.rows[0]?.join(" | ")); // prints: mutex#1 | 3 | 3
 */
export function waitHeatmap(report: Report, options: WaitHeatmapOptions = {}): Figure {
  const { by = "place", bins = 24 } = options;
  if (!Number.isInteger(bins) || bins < 1 || bins > 200) {
    throw new RangeError(`waitHeatmap: expected \`bins\` to be an integer from 1 to 200, got ${bins}`);
  }
  const events = eventsOf(report, "waitHeatmap");
  const clock = clockOf(report, events);
  const waits = spansOf(events, clock).filter(
    (span) => span.waits !== undefined && span.waits.kind !== "time",
  );
  const nameOf = (span: Span): string =>
    by === "goroutine" ? goroutineName(report, events, span.g) : rowName(span, by);
  const size = roundStep((clock.end / bins) * 0.999);
  const count = Math.max(1, Math.ceil((clock.end / size) * 0.999));
  const rows = new Map<string, number[]>();
  for (const span of waits) {
    const name = clip(nameOf(span), 34);
    const row = rows.get(name) ?? new Array<number>(count).fill(0);
    rows.set(name, row);
    addTo(row, span, size);
  }
  const sum = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);
  const sorted = [...rows].sort((a, b) => sum(b[1]) - sum(a[1])).slice(0, MOST_ROWS);
  const x = Array.from({ length: count }, (_, i) => clock.words(i * size));
  const title = options.title ?? "Where goroutines waited for each other";
  const shown = [...sorted].reverse(); // the first row stands on top
  const hidden = rows.size - sorted.length;
  const worst = sorted[0];
  return figure(
    [
      {
        type: "heatmap",
        x: unique(x),
        y: shown.map(([name]) => name),
        z: shown.map(([, row]) => row.map((value) => Number(value.toPrecision(2)))),
        colorbar: { title: { text: "waiting" } },
      },
    ],
    {
      xaxis: {
        type: "category",
        title: { text: clock.title },
      },
      yaxis: { type: "category" },
      height: Math.max(220, 150 + shown.length * 26),
    },
    {
      title,
      alt:
        worst === undefined
          ? `${title}: nobody waited`
          : `${title}: most at ${worst[0]}, up to ${significant(Math.max(...worst[1]))} ${report.isOfThreads === true ? "threads" : "goroutines"} at once. ${sorted.length} rows, ${count} slices.`,
      table: table(
        "",
        ["", ...unique(x)],
        sorted.map(([name, row]) => [name, ...row.map((v) => significant(v))]),
      ),
      notes: hidden > 0 ? [`… and ${hidden} more places with less waiting`] : [],
    },
  );
}

function rowName({ waits }: Span, by: "place" | "object"): string {
  const { op = "", object = "", at } = waits?.event ?? {};
  if (by === "object") return object.startsWith("#") || object === "" ? op : object;
  const kind = object.startsWith("#") ? "" : object.replace(/#.*/, "");
  const place = placeOf(at);
  return `${kind === "" ? op : `${kind}.${op}`}${place === "" ? "" : ` ${place}`}`;
}

/** Adds the share of each slice that the span covers. */
function addTo(row: number[], { from, to }: Span, size: number): void {
  const first = Math.max(0, Math.floor(from / size));
  const last = Math.min(row.length - 1, Math.floor(to / size));
  for (let i = first; i <= last; i++) {
    const covered = Math.min(to, (i + 1) * size) - Math.max(from, i * size);
    if (covered > 0) row[i] = (row[i] as number) + covered / size;
  }
}

/** Categories must differ: slices so short that their words are the same get a number behind. */
function unique(words: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return words.map((word) => {
    const times = (seen.get(word) ?? 0) + 1;
    seen.set(word, times);
    return times === 1 ? word : `${word} (${times})`;
  });
}
