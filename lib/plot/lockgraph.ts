// LockGraph: which lock is taken under which other one: the order of a program's locks, and the circles in it.
import { type EventData, type LockOrderData, type LockStep, placeOf, type Report } from "../event/index.js";
import { type Diagram, diagram } from "./diagram.js";
import { type Graph, type GraphEdge, type GraphNode, graphSvg } from "./graph.js";
import { renamed } from "./named.js";

/** An arrow of the graph: somebody who holds `from` takes `to`. */
interface Nesting {
  readonly from: string;
  readonly to: string;
  readonly words: readonly string[];
  readonly isInCycle: boolean;
}

/** Arrows drawn, those of circles first. */
const MOST = 24;
const LEGEND =
  "A → B: somebody who holds A takes B · thick: part of a circle, so another schedule can deadlock";

/**
 * Draws the order in which a program takes its locks: an arrow from each lock to those that were taken while it was
 * held, with who did it and where. Arrows that the detector `lock-order` found in a circle are thick; the others are
 * read from the events of the run, which need `trace: true`.
 *
 * **Limits:** locks got by `tryLock` are not seen as held, unless they are part of a circle. At most 24 arrows.
 * **Cost:** O(events).
 *
 * @throws {RangeError} `lockGraph: expected a report in which a lock is taken while another one is held`
 * @example
 * const seen = await report(function* () {
 *   const [a, b] = [new Mutex(), new Mutex()];
 *   yield* a.lock();
 *   yield* b.lock();
 *   b.unlock();
 *   a.unlock();
 * }, { trace: true });
 * console.log(lockGraph(seen).text.split("\n")[1]?.replace(/ at .*?,/, ",").trim());
 * // prints: mutex#1 → mutex#2: goroutine 1, once
 */
export function lockGraph(report: Report): Diagram {
  const orders = report.findings.flatMap((finding) => finding.lockOrder ?? []);
  const all = nestingsOf(orders, report.events ?? []).map((nesting) => ({
    ...nesting,
    from: renamed(nesting.from, report.names),
    to: renamed(nesting.to, report.names),
  }));
  if (all.length === 0) {
    throw new RangeError("lockGraph: expected a report in which a lock is taken while another one is held");
  }
  const shown = all.slice(0, MOST);
  const isCyclic = orders.length > 0;
  const title = isCyclic
    ? "LOCK ORDER: a circle, so another schedule can deadlock"
    : "Lock order: which lock is taken under which";
  const advice = [...new Set(orders.map((order) => order.advice))].map(
    (words) => `next: ${renamed(words, report.names)}`,
  );
  const more = all.length > MOST ? [`… and ${all.length - MOST} more`] : [];
  const lines = shown.map(({ from, to, words }) => `  ${from} → ${to}: ${words.join(", ")}`);
  const text = [title, ...lines, ...more, ...advice];
  const graph: Graph = {
    title,
    legend: LEGEND,
    nodes: nodesOf(shown),
    edges: shown.map(
      ({ from, to, words, isInCycle }): GraphEdge => ({
        from,
        to,
        lines: words,
        tone: isInCycle ? "cycle" : "plain",
      }),
    ),
    notes: [...more, ...advice],
    alt: text.map((line) => line.trim()).join(". "),
  };
  return diagram(title, graphSvg(graph), text.join("\n"), graph.alt);
}

function nodesOf(shown: readonly Nesting[]): GraphNode[] {
  const ids = [...new Set(shown.flatMap(({ from, to }) => [from, to]))];
  const circles = new Set(shown.filter((n) => n.isInCycle).flatMap(({ from, to }) => [from, to]));
  return ids.map((id) => ({
    id,
    // A circle of one lock goes over whoever asks for it twice.
    shape: id.startsWith("goroutine ") ? "goroutine" : "object",
    lines: [id],
    tone: circles.has(id) ? "cycle" : "plain",
  }));
}

/** The arrows of circles, then those of the events; of equal ones the first. */
function nestingsOf(orders: readonly LockOrderData[], events: readonly EventData[]): Nesting[] {
  const found = new Map<string, Nesting>();
  for (const nesting of [...orders.flatMap(cycleNestings), ...eventNestings(events)]) {
    const key = `${nesting.from} ${nesting.to}`;
    if (!found.has(key)) found.set(key, nesting);
  }
  return [...found.values()];
}

function cycleNestings({ steps, writers }: LockOrderData): Nesting[] {
  const [only] = steps;
  if (steps.length === 1 && only?.holds === only?.takes && only !== undefined)
    return selfNestings(only, writers);
  const nestings = steps.flatMap((step) =>
    step.holds === undefined
      ? []
      : [{ from: step.holds, to: step.takes, words: wordsOf(step), isInCycle: true }],
  );
  const lines = writers.map((writer) => ({
    from: writer.takes,
    to: called(writer),
    words: ["a writer in line keeps new readers out", ...placed(writer.at)],
    isInCycle: false,
  }));
  return [...nestings, ...lines];
}

/** A goroutine that asks again for a lock that it has. */
function selfNestings(step: LockStep, writers: readonly LockStep[]): Nesting[] {
  const who = called(step);
  const how = step.isHeldForReading === true ? "held for reading by" : "held by";
  const again = [
    `takes it ${step.isReading ? "for reading" : step.isHeldForReading === true ? "for writing" : "again"}`,
    ...placed(step.at),
  ];
  return [
    { from: step.takes, to: who, words: [how, ...placed(step.heldSince)], isInCycle: true },
    { from: who, to: step.takes, words: again, isInCycle: true },
    ...writers.map((writer) => ({
      from: called(writer),
      to: writer.takes,
      words: ["in line to write: keeps new readers out", ...placed(writer.at)],
      isInCycle: false,
    })),
  ];
}

function wordsOf(step: LockStep): string[] {
  const mode = step.isReading ? " for reading" : "";
  const at = placeOf(step.at);
  const since = placeOf(step.heldSince);
  return [
    `${called(step)}${mode}${at === "" ? "" : ` at ${at}`}`,
    ...(since === "" ? [] : [`${step.isHeldForReading === true ? "reads" : "holds"} since ${since}`]),
  ];
}

function placed(at: LockStep["at"]): string[] {
  const place = placeOf(at);
  return place === "" ? [] : [place];
}

function called({ goroutine, name }: LockStep): string {
  return name === "" ? `goroutine ${goroutine}` : `goroutine ${goroutine} ${name}`;
}

const IS_LOCK = /mutex#\d+$/;

/** Every lock that was asked for while another one was held, whether it was got or not. */
function eventNestings(events: readonly EventData[]): Nesting[] {
  const held = new Map<number, string[]>();
  const counts = new Map<string, { from: string; to: string; who: string; times: number }>();
  for (const { what, op, object, g, at } of events) {
    if (object === undefined || !IS_LOCK.test(object) || !["done", "park", "wake"].includes(what)) continue;
    const own = held.get(g) ?? [];
    held.set(g, own);
    if (op === "lock" || op === "rLock") {
      // Who waited first was counted when it began to.
      for (const from of what === "wake" ? [] : own.filter((lock) => lock !== object)) {
        const place = placeOf(at);
        const who = `goroutine ${g}${place === "" ? "" : ` at ${place}`}`;
        const key = `${from} ${object}`;
        const known = counts.get(key);
        if (known === undefined) counts.set(key, { from, to: object, who, times: 1 });
        else known.times++;
      }
      if (what !== "park") own.push(object);
    } else if (what !== "park" && (op === "unlock" || op === "rUnlock")) {
      const index = own.lastIndexOf(object);
      if (index >= 0) own.splice(index, 1);
    }
  }
  return [...counts.values()].map(({ from, to, who, times }) => ({
    from,
    to,
    words: [who, times === 1 ? "once" : `${times} times`],
    isInCycle: false,
  }));
}
