// WaitGraph: the wait-for graph of a run: goroutines, what they wait for, who has it, and the circle if there is one.
import { placeOf, type Report, type WaitData, type WakerData } from "../event/index.js";
import { type Diagram, diagram } from "./diagram.js";
import { type Graph, type GraphEdge, type GraphNode, graphSvg } from "./graph.js";
import { named } from "./named.js";
import { VERDICT_TITLES } from "./verdicts.js";
import { waitCycle, waitsOf } from "./waitsof.js";

/** Goroutines drawn, those of the circle first; the rest is counted. */
const MOST = 12;
const MOST_IN_CIRCLE = 24;
/** Goroutines in the text, which stays under 40 lines. */
const MOST_TOLD = 8;
/** Of those who could end one wait. */
const MOST_WAKERS = 3;
/** Arrows to those who have used an object before. */
const MOST_USERS = 4;
const LEGEND =
  "box: goroutine · rounded: what it waits for · arrow: waits for, is held by · dashed: has used it before";

/**
 * Draws who waits for whom at the end of a run: an arrow from each goroutine to what it waits for, and from there to who
 * holds it, or could send, receive or close. A circle of waits is thick. Every arrow carries its line in the source.
 *
 * The detector `deadlock` tells most (`explore` uses it by default); without it, holders are read from the events.
 * At most 12 goroutines are drawn, or a circle of up to 24.
 *
 * **Cost:** O(events).
 *
 * @throws {RangeError} `waitGraph: expected a report in which somebody waits, got the verdict ok`
 * @example
 * const seen = await report(function* () {
 *   const mu = new Mutex();
 *   yield* mu.lock();
 *   yield* mu.lock();
 * }, { trace: true });
 * console.log(waitGraph(seen).text.split("\n").at(-1));
 * // prints: circle: goroutine 1 → mutex#1 → goroutine 1
 */
export function waitGraph(data: Report): Diagram {
  const report = named(data);
  const waits = waitsOf(report);
  if (waits.length === 0) {
    throw new RangeError(
      `waitGraph: expected a report in which somebody waits, got the verdict ${report.verdict}`,
    );
  }
  const cycle = waitCycle(waits) ?? [];
  const ranked = [...cycle, ...waits.filter((wait) => !cycle.includes(wait))];
  // A circle that is cut is none.
  const most = Math.max(MOST, Math.min(cycle.length, MOST_IN_CIRCLE));
  const shown = ranked.slice(0, most);
  const title = VERDICT_TITLES[report.verdict];
  const untold = ranked.length - MOST_TOLD;
  const text = [
    title,
    ...ranked.slice(0, MOST_TOLD).flatMap(waitLines),
    ...(untold > 0 ? [`  … and ${untold} more ${untold === 1 ? "goroutine waits" : "goroutines wait"}`] : []),
    ...cycleLines(cycle),
  ];
  const graph: Graph = {
    title,
    legend: LEGEND,
    nodes: nodesOf(shown, cycle, report),
    edges: edgesOf(shown, cycle),
    notes: [
      ...cycleLines(cycle),
      ...(ranked.length > most ? [`Not drawn: ${ranked.length - most} more that wait.`] : []),
    ],
    alt: text.map((line) => line.trim()).join(". "),
  };
  return diagram(title, graphSvg(graph), text.join("\n"), graph.alt);
}

const goId = (id: number): string => `g${id}`;

function nodesOf(shown: readonly WaitData[], cycle: readonly WaitData[], report: Report): GraphNode[] {
  const nodes = new Map<string, GraphNode>();
  const inCycle = new Set(cycle.map((wait) => wait.goroutine));
  const cycleObjects = new Set(cycle.flatMap((wait) => wait.objects));
  for (const wait of shown) {
    const created = report.goroutines.find((g) => g.id === wait.goroutine)?.createdAt;
    const place = placeOf(created);
    nodes.set(goId(wait.goroutine), {
      id: goId(wait.goroutine),
      shape: "goroutine",
      lines: [called(wait), ...(place === "" ? [] : [`started at ${place}`])],
      tone: inCycle.has(wait.goroutine) ? "cycle" : "plain",
    });
  }
  for (const wait of shown) {
    for (const object of objectsOf(wait)) {
      const tone = cycleObjects.has(object) && inCycle.has(wait.goroutine) ? "cycle" : "plain";
      if (nodes.get(object)?.tone !== "cycle")
        nodes.set(object, { id: object, shape: "object", lines: [object], tone });
    }
    for (const waker of drawn(wait)) {
      if (nodes.has(goId(waker.goroutine))) continue;
      nodes.set(goId(waker.goroutine), wakerNode(waker));
    }
  }
  return [...nodes.values()];
}

/** Who could end a wait, as far as it is drawn: of many who once used an object, the first tell enough. */
function drawn(wait: WaitData): readonly WakerData[] {
  const isMany = wait.wakers.length > MOST_USERS;
  return isMany ? wait.wakers.filter((waker, i) => waker.why !== "used" || i < MOST_USERS) : wait.wakers;
}

function wakerNode(waker: WakerData): GraphNode {
  const words = { waits: "waits, too", "goes on": "goes on", ended: "has ended" }[waker.state];
  return {
    id: goId(waker.goroutine),
    shape: "goroutine",
    lines: [called(waker), words],
    tone: waker.state === "ended" ? "gone" : waker.state === "goes on" ? "able" : "plain",
  };
}

function edgesOf(shown: readonly WaitData[], cycle: readonly WaitData[]): GraphEdge[] {
  const edges = new Map<string, GraphEdge>();
  for (const wait of shown) {
    const index = cycle.indexOf(wait);
    const next = index < 0 ? undefined : cycle[(index + 1) % cycle.length];
    const turn =
      next === undefined
        ? undefined
        : wait.wakers.find((w) => w.goroutine === next.goroutine && w.why !== "used");
    for (const object of objectsOf(wait)) {
      const tone = turn?.object === object ? "cycle" : "plain";
      const id = `${goId(wait.goroutine)} ${object}`;
      edges.set(id, { from: goId(wait.goroutine), to: object, lines: waitWords(wait), tone });
    }
    for (const waker of drawn(wait)) {
      const id = `${waker.object} ${goId(waker.goroutine)}`;
      const tone = waker === turn ? "cycle" : waker.why === "used" ? "maybe" : "plain";
      if (edges.has(id) && tone !== "cycle") continue;
      edges.set(id, { from: waker.object, to: goId(waker.goroutine), lines: wakerWords(waker), tone });
    }
  }
  return [...edges.values()];
}

/** Where nothing can ever come, that is what it waits for. */
function objectsOf(wait: WaitData): readonly string[] {
  if (wait.objects.length > 0) return wait.objects;
  return [wait.reason.endsWith("(nil chan)") ? "a nil channel" : "nothing that goroutines share"];
}

function waitWords({ op, reason, at }: WaitData): string[] {
  const place = placeOf(at);
  return [`waits: ${op === "" ? reason : op}`, ...(place === "" ? [] : [place])];
}

const WHY = {
  holds: "held by",
  reads: "held for reading by",
  "in line": "new readers are kept out by a writer in line,",
  used: "used before by",
} as const;

function wakerWords({ why, at }: WakerData): string[] {
  const words = why === "in line" ? "a writer in line keeps new readers out" : WHY[why];
  const place = placeOf(at);
  return place === "" ? [words] : [`${words}, since`, place];
}

function called({ goroutine, name }: { goroutine: number; name: string }): string {
  return name === "" ? `goroutine ${goroutine}` : `goroutine ${goroutine} ${name}`;
}

function waitLines(wait: WaitData): string[] {
  const place = placeOf(wait.at);
  const head = `  ${called(wait)} waits for ${objectsOf(wait).join(", ")} (${wait.reason})${place === "" ? "" : ` at ${place}`}`;
  const wakers = wait.wakers.slice(0, MOST_WAKERS).map((waker) => {
    const since = placeOf(waker.at);
    const state = { waits: ", which waits, too", "goes on": ", which goes on", ended: ", which has ended" }[
      waker.state
    ];
    return `    ${WHY[waker.why]} ${called(waker)}${since === "" ? "" : ` since ${since}`}${state}`;
  });
  const more = wait.wakers.length - wakers.length;
  if (more > 0) wakers.push(`    and ${more} more`);
  return [head, ...(wakers.length === 0 ? ["    nobody else has ever used it"] : wakers)];
}

function cycleLines(cycle: readonly WaitData[]): string[] {
  if (cycle.length === 0) return [];
  const parts = cycle.map((wait, i) => {
    const next = cycle[(i + 1) % cycle.length] as WaitData;
    const object = wait.wakers.find((w) => w.goroutine === next.goroutine && w.why !== "used")?.object;
    return `goroutine ${wait.goroutine} → ${object}`;
  });
  const shown =
    parts.length > MOST_TOLD ? [...parts.slice(0, MOST_TOLD), `${parts.length - MOST_TOLD} more`] : parts;
  return [`circle: ${shown.join(" → ")} → goroutine ${cycle[0]?.goroutine}`];
}
