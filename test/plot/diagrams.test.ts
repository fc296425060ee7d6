// Diagrams: what stands on them, that nothing overlaps, that everybody can read them.
import { describe, expect, test } from "vitest";
import { explore, Mutex, type Report, report, sleep, WaitGroup, work } from "../../lib/index.js";
import {
  blockFlame,
  draw,
  flameGraph,
  happensBefore,
  lockGraph,
  PICTURE_NAMES,
  type PictureName,
  pictureFile,
  procLanes,
  timeline,
  waitGraph,
  waitHeatmap,
} from "../../lib/plot/index.js";
import { layered } from "../../lib/plot/layered.js";
import { levels } from "../../lib/plot/levels.js";
import { COLORS } from "../../lib/plot/palette.js";
import {
  lockOrders,
  mixed,
  philosophers,
  pictures,
  recursiveRead,
  reload,
  seats,
  twoProcs,
} from "./pictures.js";
import { abba, leak, lostUpdate } from "./reports.js";
import { wellFormed } from "./xml.js";

const all = Object.entries(pictures());
const NOTHING: Report = {
  verdict: "ok",
  findings: [],
  goroutines: [],
  seed: "1",
  schedule: "",
  steps: 0,
  virtualNs: 0,
  metrics: {},
};

describe("every diagram", () => {
  test.each(all)("%s is what it was", async (name, picture) => {
    await expect(picture.svg).toMatchFileSnapshot(`golden/${name}.svg`);
    await expect(picture.text).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  test.each(all)("%s is well-formed, has no id, and every number is one", (_, { svg }) => {
    expect(wellFormed(svg)).toBe(true);
    expect(svg).not.toMatch(/ id=|url\(#|NaN|undefined|Infinity/);
  });

  test.each(all)(
    "%s brings its paper in light and dark, a role and words for who cannot see it",
    (_, picture) => {
      expect(picture.svg).toContain('class="hb-f-paper"');
      expect(picture.svg).toMatch(/prefers-color-scheme:dark/);
      expect(picture.svg).toMatch(/ role="img" aria-label="[^"]{20,}"/);
      expect(picture.alt.length).toBeGreaterThan(20);
      expect(picture.text.split("\n").length).toBeLessThan(40);
    },
  );

  test.each(all)("no word of %s reaches over the picture's edge", (_, { svg }) => {
    const width = Number(/ width="([\d.]+)"/.exec(svg)?.[1]);
    for (const { x, right } of wordsOf(svg)) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(width + 1);
    }
  });
});

/** Where the words of a picture begin and end, by Arial's mean width. */
function wordsOf(svg: string): { x: number; right: number }[] {
  return [...svg.matchAll(/<text x="([-\d.]+)"[^>]*?font-size="([\d.]+)"([^>]*)>([^<]*)</g)].map(
    ([, x = "0", size = "12", more = "", words = ""]) => {
      const text = words.replace(/&\w+;|&#\d+;/g, "x");
      const width = text.length * Number(size) * (more.includes("Mono") ? 0.6 : 0.46);
      const shift = more.includes('"middle"') ? width / 2 : more.includes('"end"') ? width : 0;
      return { x: Number(x) - shift, right: Number(x) - shift + width };
    },
  );
}

describe("layout", () => {
  const graphs = all.filter(([name]) => /^(?:waitFor|lockOrder)/.test(name));

  test.each(graphs)("no box of %s overlaps another one, and no word on an arrow does", (_, { svg }) => {
    expect(overlaps(boxesOf(svg))).toEqual([]);
  });

  test("the check for overlaps finds a planted one", () => {
    const box = { x: 0, y: 0, width: 10, height: 10 };
    expect(overlaps([box, { ...box, x: 9, y: 9 }, { ...box, x: 30 }])).toHaveLength(1);
  });

  for (let seed = 1; seed <= 30; seed++) {
    test(`boxes and labels of a random graph do not overlap (seed ${seed})`, () => {
      const { nodes, edges } = randomGraph(seed);
      const placed = layered(nodes, edges);
      const boxes = nodes.map((node) => box(placed.boxes.get(node.id)!, node));
      const labels = edges.map((edge, i) => box(placed.ways[i]!.label, edge));
      expect(overlaps([...boxes, ...labels])).toEqual([]);
      expect(layered(nodes, edges)).toEqual(placed);
    });
  }

  test("an arrow never joins two boxes of one rank, in a cycle neither", () => {
    const edges = ["ab", "bc", "ca", "cd", "db"].map((e) => ({ from: e[0]!, to: e[1]! }));
    const rank = levels(["a", "b", "c", "d"], edges);
    for (const { from, to } of edges) expect(rank.get(from)).not.toBe(rank.get(to));
  });

  test("nothing at all can be placed", () => {
    expect(layered([], []).boxes.size).toBe(0);
  });
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function box(
  at: { x: number; y: number },
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
): Box {
  return { x: at.x - widthPx / 2, y: at.y - heightPx / 2, width: widthPx, height: heightPx };
}

/** The paper of every box and of every label; the picture's own comes first. */
function boxesOf(svg: string): Box[] {
  const found = svg.matchAll(
    /<rect x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)"[^>]*class="hb-f-paper"/g,
  );
  return [...found].map(([, x, y, width, height]) => ({
    x: Number(x),
    y: Number(y),
    width: Number(width),
    height: Number(height),
  }));
}

function overlaps(boxes: readonly Box[]): [Box, Box][] {
  return boxes.flatMap((a, i) =>
    boxes
      .slice(i + 1)
      .filter(
        (b) =>
          a.x + a.width > b.x + 0.5 &&
          b.x + b.width > a.x + 0.5 &&
          a.y + a.height > b.y + 0.5 &&
          b.y + b.height > a.y + 0.5,
      )
      .map((b): [Box, Box] => [a, b]),
  );
}

function randomGraph(seed: number) {
  let state = seed * 7919;
  const below = (n: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % n;
  };
  const count = 2 + below(11);
  const nodes = Array.from({ length: count }, (_, i) => ({
    id: `n${i}`,
    widthPx: 60 + below(160),
    heightPx: 30 + below(30),
  }));
  const edges = Array.from({ length: 1 + below(2 * count) }, () => ({ from: below(count), to: below(count) }))
    .filter(({ from, to }) => from !== to)
    .map(({ from, to }) => ({
      from: `n${from}`,
      to: `n${to}`,
      widthPx: 20 + below(120),
      heightPx: 14 + below(20),
    }));
  return { nodes, edges };
}

describe("colours", () => {
  /** WCAG's contrast of two `#rrggbb`. */
  const contrast = (a: string, b: string): number => {
    const light = (color: string): number => {
      const [r = 0, g = 0, bl = 0] = [1, 3, 5].map((i) => {
        const v = Number.parseInt(color.slice(i, i + 2), 16) / 255;
        return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * bl;
    };
    const [high = 0, low = 0] = [light(a), light(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const style = all[0]![1].svg;
  const ink = (theme: "true" | "false", name: string): string =>
    new RegExp(
      `data-jp-theme-light=&quot;${theme}|data-jp-theme-light="${theme}"\\] \\.hb-f-${name}\\{fill:(#\\w+)`,
    ).exec(style)?.[1] ?? "";

  for (const [theme, flag] of [
    ["light", "true"],
    ["dark", "false"],
  ] as const) {
    test(`lines that carry meaning have a contrast of 3 to the ${theme} paper, words of 4.5`, () => {
      const paper = ink(flag, "paper");
      expect(paper).toMatch(/^#\w{6}$/);
      for (const color of COLORS.slice(0, 3)) expect(contrast(color, paper)).toBeGreaterThan(3);
      expect(contrast(ink(flag, "edge"), paper)).toBeGreaterThan(3);
      for (const name of ["text", "muted"]) expect(contrast(ink(flag, name), paper)).toBeGreaterThan(4.5);
    });
  }

  test("a cycle is told by thickness, an uncertain arrow by dashes, not by colour alone", () => {
    const { svg } = waitGraph(philosophers(3));
    expect(svg).toMatch(/<path d="M[^>]*stroke-width="2.6" stroke="#D55E00"/);
    expect(svg).toMatch(/<path d="M[^>]*stroke-width="1.6" stroke-dasharray="6 4"/);
  });
});

describe("wait-for graph", () => {
  test("names everybody, what they wait for, who has it since where, and the circle", () => {
    const { svg, text } = waitGraph(philosophers(3));
    for (const name of [
      "goroutine 1 main",
      "goroutine 4 philosopher3",
      "mutex#3",
      "waitgroup#1",
      "orders.ts:21",
    ]) {
      expect(svg).toContain(name);
    }
    expect(text).toContain("  goroutine 2 philosopher1 waits for mutex#2 (sync.Mutex.Lock) at orders.ts:22");
    expect(text).toContain("    held by goroutine 3 philosopher2 since orders.ts:21, which waits, too");
    expect(text.split("\n").at(-1)).toBe(
      "circle: goroutine 2 → mutex#2 → goroutine 3 → mutex#3 → goroutine 4 → mutex#1 → goroutine 2",
    );
  });

  test("a writer in line, a holder that has ended, a select and a nil channel are explained", () => {
    const { text, svg } = waitGraph(mixed());
    expect(text).toContain("new readers are kept out by a writer in line, goroutine 3 writer");
    expect(text).toContain("held by goroutine 7 gone, which has ended");
    expect(text).toContain("waits for chan#1, chan#2 (select)");
    expect(text).toContain("used before by goroutine 8 ticker, which goes on");
    expect(text).toContain("waits for a nil channel");
    expect(svg).toContain("a writer in line keeps new readers out");
  });

  test("without the detector's data, holders are read from the events", () => {
    expect(waitGraph(abba()).text).toContain(
      "circle: goroutine 2 → mutex#2 → goroutine 3 → mutex#1 → goroutine 2",
    );
  });

  test("of many goroutines the circle comes first and the rest is counted", () => {
    const { svg } = waitGraph(philosophers(30));
    expect(svg).toContain("Not drawn: 7 more that wait.");
    expect(svg.match(/class="hb-node"/g)!.length).toBeLessThan(60);
  });

  test("a real deadlock found by explore carries who holds what since which line", async () => {
    const { failure } = await explore(function* () {
      const [a, b, wg] = [new Mutex(), new Mutex(), new WaitGroup()];
      wg.go(function* alice() {
        yield* a.lock();
        yield* b.lock();
        b.unlock();
        a.unlock();
      });
      wg.go(function* bob() {
        yield* b.lock();
        yield* a.lock();
        a.unlock();
        b.unlock();
      });
      yield* wg.wait();
    });
    const { text } = waitGraph(failure as Report);
    expect(text).toMatch(
      /goroutine 2 alice waits for mutex#\d \(sync\.Mutex\.Lock\) at diagrams\.test\.ts:\d+/,
    );
    expect(text).toMatch(/held by goroutine 3 bob since diagrams\.test\.ts:\d+, which waits, too/);
    expect(text).toMatch(/circle: goroutine 2 → mutex#\d → goroutine 3 → mutex#\d → goroutine 2$/);
  });

  test("nobody who waits is nothing to draw", () => {
    expect(() => waitGraph(NOTHING)).toThrow(
      new RangeError("waitGraph: expected a report in which somebody waits, got the verdict ok"),
    );
  });
});

describe("lock-order graph", () => {
  test("shows the circle with both places of each step, and other nestings beside it", () => {
    const { text } = lockGraph(lockOrders());
    expect(text).toContain(
      "  mutex#1 → mutex#2: goroutine 2 alice at orders.ts:12, holds since orders.ts:11",
    );
    expect(text).toContain("  mutex#1 → mutex#3: goroutine 2 at orders.ts:13, once");
    expect(text.split("\n").at(-1)).toMatch(/^next: take these locks in one order/);
  });

  test("a read lock taken twice goes over the goroutine, with the writer in line", () => {
    const { text } = lockGraph(recursiveRead());
    expect(text).toContain("goroutine 2 reader → rwmutex#1: takes it for reading, orders.ts:12");
    expect(text).toContain("goroutine 3 writer → rwmutex#1: in line to write: keeps new readers out");
  });

  test("the detector's own report is drawn", async () => {
    const seen = await report(
      function* () {
        const [a, b] = [new Mutex(), new Mutex()];
        const wg = new WaitGroup();
        for (const [x, y] of [
          [a, b],
          [b, a],
        ] as const) {
          wg.go(function* () {
            yield* x.lock();
            yield* y.lock();
            y.unlock();
            x.unlock();
          });
        }
        yield* wg.wait();
      },
      { detect: ["lock-order"], trace: true },
    );
    expect(seen.verdict).toBe("lock-order");
    expect(lockGraph(seen).svg.match(/stroke-width="2.6"/g)!.length).toBeGreaterThanOrEqual(4);
    expect(draw(seen).title).toBe("LOCK ORDER: a circle, so another schedule can deadlock");
  });

  test("a lock that was asked for and never got counts, too", () => {
    const { text } = lockGraph(abba());
    expect(text).toContain("  mutex#1 → mutex#2: goroutine 2 at transfer.ts:12, once");
    expect(text).toContain("  mutex#2 → mutex#1: goroutine 3 at transfer.ts:12, once");
  });

  test("locks that are never nested are nothing to draw", () => {
    expect(() => lockGraph(lostUpdate())).toThrow(
      /^lockGraph: expected a report in which a lock is taken while/,
    );
  });
});

describe("happens-before diagram", () => {
  test("shows both accesses, the edges between lanes and the missing one", () => {
    const { text, svg } = happensBefore(seats());
    expect(text).toContain("▶ goroutine 3 bob: read of cell#1 at orders.ts:16, holding no lock");
    expect(text).toContain("  unlock mutex#1 of goroutine 3 comes before lock mutex#1 of goroutine 2");
    expect(text).toContain(
      "missing: an edge from goroutine 3 at orders.ts:16 to goroutine 2 at orders.ts:11",
    );
    expect(svg.match(/stroke-dasharray="6 5"/g)).toHaveLength(1);
    expect(svg.match(/stroke="#009E73"/g)).toHaveLength(3);
  });

  test("says what to ask for when the order was not kept", () => {
    expect(() => happensBefore(NOTHING)).toThrow(
      "happensBefore: expected a report with a data race, got the verdict ok",
    );
    const race = seats();
    const [finding] = race.findings;
    const { order: _, ...bare } = finding!.race!;
    expect(() => happensBefore({ ...race, findings: [{ ...finding!, race: bare }] })).toThrow(
      "happensBefore: expected a race with its order; ask for it with `trace: true`",
    );
  });
});

describe("time", () => {
  test("the timeline tells how long each goroutine waited, and for what", () => {
    expect(timeline(reload()).text.split("\n").slice(1)).toEqual([
      "g1 main: never waits",
      "g2 reload: waits 30 ms for time",
      "g3 reader: waits 25 ms for a lock",
      "g4 reader: waits 18 ms for a lock",
      "g5 sink: waits 44 ms for a channel, still in recv chan#1 at orders.ts:31",
    ]);
  });

  test("the lanes of Ps tell how busy they were, from a real run", async () => {
    const seen = await report(
      function* () {
        const wg = new WaitGroup();
        for (let i = 0; i < 4; i++) {
          wg.go(function* () {
            yield* work(5);
          });
        }
        yield* wg.wait();
        yield* sleep(10);
      },
      { procs: 2, trace: true },
    );
    expect(procLanes(seen).text.split("\n")[1]).toMatch(/^P0: busy 50% of 20 ms, longest queue \d$/);
    expect(procLanes(seen).text.split("\n")[2]).toMatch(/^P1: busy 50% of 20 ms, longest queue \d$/);
    expect(procLanes(twoProcs()).text).toContain("global queue: at most 1");
  });

  test("a run without Ps has no lanes of Ps", () => {
    expect(() => procLanes(NOTHING)).toThrow(
      new TypeError("procLanes: expected a report of the strategy gmp with `trace: true`"),
    );
  });

  test("the heat map adds up to what was waited", () => {
    const { table } = waitHeatmap(reload(), { by: "object", bins: 5 });
    expect(table.columns).toEqual(["", "0", "10 ms", "20 ms", "30 ms", "40 ms"]);
    expect(table.rows).toEqual([
      ["chan#1", "0.4", "1", "1", "1", "1"],
      ["rwmutex#1", "0.5", "1.8", "2", "0", "0"],
    ]);
    expect(() => waitHeatmap(reload(), { bins: 0 })).toThrow(
      "waitHeatmap: expected `bins` to be an integer from 1 to 200, got 0",
    );
  });

  test.each([
    ["timeline", () => timeline(NOTHING)],
    ["waitHeatmap", () => waitHeatmap(NOTHING)],
    ["blockFlame", () => blockFlame(NOTHING)],
  ])("%s asks for events when there are none", (name, make) => {
    expect(make).toThrow(`${name}: expected a report with events; ask for them with \`trace: true\``);
  });
});

describe("flame graph", () => {
  test("a frame is as wide as all that was spent under it", () => {
    const { svg } = flameGraph([
      { stack: ["a", "b"], value: 30 },
      { stack: ["a", "c"], value: 10 },
    ]);
    const widths = [...svg.matchAll(/<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="22"/g)].map((m) =>
      Number(m[1]),
    );
    expect(widths).toEqual([759, 759, 569, 189]);
  });

  test("waits that have not ended count only when asked for, as in Go's profile", () => {
    expect(blockFlame(reload()).text).not.toContain("chan.recv");
    expect(blockFlame(reload(), { countUnended: true }).text).toContain("chan.recv");
  });

  test("nothing spent is drawn as such, and a cost below zero is refused", () => {
    expect(flameGraph([]).svg).toContain("nothing was spent");
    expect(() => flameGraph([{ stack: ["a"], value: -1 }])).toThrow(
      "flameGraph: expected each `value` to be a number >= 0, got -1",
    );
  });

  test("a real run is charged by the calls that led to the wait", async () => {
    const seen = await report(
      function* main() {
        const mu = new Mutex();
        const wg = new WaitGroup();
        function* inner() {
          yield* mu.lock();
          yield* sleep(5);
          mu.unlock();
        }
        for (let i = 0; i < 2; i++) {
          wg.go(function* outer() {
            yield* inner();
          });
        }
        yield* wg.wait();
      },
      { trace: true },
    );
    expect(blockFlame(seen).text).toMatch(
      /outer diagrams\.test\.ts:\d+\n.* inner diagrams\.test\.ts:\d+\n.* mutex\.lock/,
    );
  });
});

describe("draw", () => {
  test.each([
    ["a deadlock", abba(), "DEADLOCK: all goroutines are asleep"],
    ["a leak", leak(), "LEAK: main returned and left goroutines blocked for ever"],
    ["a race", seats(), "DATA RACE on cell#1"],
    ["a lock order", lockOrders(), "LOCK ORDER: a circle, so another schedule can deadlock"],
    ["a wrong result", lostUpdate(), "WRONG RESULT: expected 2, got 1 (transfer.ts:40)"],
  ])("chooses the picture that explains %s", (_, what, title) => {
    expect(draw(what).title).toBe(title);
  });

  test("takes every word of its list, and refuses others", () => {
    const whole = { ...lockOrders(), ...philosophers(2), ...twoProcs(), events: reload().events ?? [] };
    const findings = [...philosophers(2).findings, ...seats().findings, ...lockOrders().findings];
    for (const as of PICTURE_NAMES) {
      const picture = draw({ ...whole, findings }, as);
      expect(wellFormed(pictureFile(picture, "svg").trim())).toBe(true);
      expect(pictureFile(picture, "html")).toContain("<summary>As text</summary>");
      expect(pictureFile(picture, "txt").length).toBeGreaterThan(10);
    }
    expect(() => draw(NOTHING, "gantt" as PictureName)).toThrow(
      'draw: expected `as` to be one of lanes, wait-for, lock-order, happens-before, timeline, p-lanes, wait-heat, flame, got "gantt"',
    );
  });
});
