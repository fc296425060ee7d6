// 05-the-rwmutex-incident/reload: the solutions that people try first fail at the property that they break, each with
// hints for its verdict; every sound way to do it passes.
import { readFileSync } from "node:fs";
import { checkText } from "happens-before/check";
import { describe, expect, test } from "vitest";

const ID = "05-the-rwmutex-incident/reload";
const starter = readFileSync(new URL(`../../exercises/${ID}.ts`, import.meta.url), "utf8");

const WAITS = "no reader waits for the reload's I/O";
const HALF = "no reader sees half of a reload";
const OLD = "after reload has returned, every read sees the new configuration";
const FAILS = "a reload that fails leaves the old configuration, and leaves it readable";
const KEEPS = "what a request has read stays as it is while reloads go by";
const AGAIN = "a reload after one that failed works as always";

/** The starter with another class body. */
function centre(body: string): string {
  const [head] = starter.split("export class OrderCentre {");
  const text = `${head}export class OrderCentre {\n${body}\n}\n`;
  return text.replace(
    "import { type Go, RWMutex }",
    "import { AtomicPointer, type Go, go, gosched, RWMutex }",
  );
}

const LOCKED_READ = `
  readonly #mu = new RWMutex();
  #config: { rules: Part; discounts: Part } = { ...first() };
  *read(): Go<Config> {
    yield* this.#mu.rLock();
    const { rules, discounts } = this.#config;
    yield* this.#mu.rUnlock();
    return { rules, discounts };
  }`;

/** What people try first; the properties that it must fail, with their verdicts. */
const WRONG: Readonly<Record<string, { body: string; fails: Readonly<Record<string, string>> }>> = {
  "no lock at all, changed in place": {
    body: `
  readonly #config = { ...first() };
  *read(): Go<Config> {
    yield* gosched();
    return { ...this.#config };
  }
  *reload(fetch: Fetch): Go {
    this.#config.rules = yield* fetch("rules");
    this.#config.discounts = yield* fetch("discounts");
  }`,
    fails: { [HALF]: "wrong-result", [FAILS]: "wrong-result" },
  },
  "I/O first, then changed in place with a scheduling point between the parts": {
    body: `
  readonly #config = { ...first() };
  *read(): Go<Config> {
    yield* gosched();
    return { ...this.#config };
  }
  *reload(fetch: Fetch): Go {
    const rules = yield* fetch("rules");
    const discounts = yield* fetch("discounts");
    this.#config.rules = rules;
    yield* gosched();
    this.#config.discounts = discounts;
  }`,
    fails: { [HALF]: "wrong-result" },
  },
  "the lock once for each part": {
    body: `${LOCKED_READ}
  *reload(fetch: Fetch): Go {
    for (const name of ["rules", "discounts"] as const) {
      const part = yield* fetch(name);
      yield* this.#mu.lock();
      this.#config[name] = part;
      yield* this.#mu.unlock();
    }
  }`,
    fails: { [HALF]: "wrong-result", [FAILS]: "wrong-result" },
  },
  "the second fetch still under the lock": {
    body: `${LOCKED_READ}
  *reload(fetch: Fetch): Go {
    const rules = yield* fetch("rules");
    yield* this.#mu.lock();
    this.#config = { rules, discounts: yield* fetch("discounts") };
    yield* this.#mu.unlock();
  }`,
    fails: { [WAITS]: "global-deadlock", [FAILS]: "global-deadlock", [AGAIN]: "global-deadlock" },
  },
  "readers that are given the object which the next reload changes": {
    body: `
  readonly #mu = new RWMutex();
  readonly #config = { ...first() };
  *read(): Go<Config> {
    yield* this.#mu.rLock();
    const config = this.#config;
    yield* this.#mu.rUnlock();
    return config;
  }
  *reload(fetch: Fetch): Go {
    const rules = yield* fetch("rules");
    const discounts = yield* fetch("discounts");
    yield* this.#mu.lock();
    this.#config.rules = rules;
    this.#config.discounts = discounts;
    yield* this.#mu.unlock();
  }`,
    fails: { [HALF]: "wrong-result", [KEEPS]: "wrong-result" },
  },
  "two buffers by turns, so that the second reload changes what a slow reader still holds": {
    body: `
  readonly #buffers = [{ ...first() }, { ...first() }] as const;
  readonly #at = new AtomicPointer<0 | 1>(0);
  *read(): Go<Config> {
    return this.#buffers[yield* this.#at.load()];
  }
  *reload(fetch: Fetch): Go {
    const next = (yield* this.#at.load()) === 0 ? 1 : 0;
    this.#buffers[next].rules = yield* fetch("rules");
    this.#buffers[next].discounts = yield* fetch("discounts");
    yield* this.#at.store(next);
  }`,
    fails: { [HALF]: "wrong-result", [KEEPS]: "wrong-result" },
  },
  "an atomic pointer to what is then changed in place": {
    body: `
  readonly #current = new AtomicPointer({ ...first() });
  *read(): Go<Config> {
    return yield* this.#current.load();
  }
  *reload(fetch: Fetch): Go {
    const config = yield* this.#current.load();
    config.rules = yield* fetch("rules");
    config.discounts = yield* fetch("discounts");
    yield* this.#current.store(config);
  }`,
    fails: { [HALF]: "wrong-result", [FAILS]: "wrong-result", [KEEPS]: "wrong-result" },
  },
  "one atomic pointer for each part": {
    body: `
  readonly #rules = new AtomicPointer(first().rules);
  readonly #discounts = new AtomicPointer(first().discounts);
  *read(): Go<Config> {
    return { rules: yield* this.#rules.load(), discounts: yield* this.#discounts.load() };
  }
  *reload(fetch: Fetch): Go {
    const rules = yield* fetch("rules");
    const discounts = yield* fetch("discounts");
    yield* this.#rules.store(rules);
    yield* this.#discounts.store(discounts);
  }`,
    fails: { [HALF]: "wrong-result" },
  },
  "a reload that goes on in the background": {
    body: `
  readonly #current = new AtomicPointer(first());
  *read(): Go<Config> {
    return yield* this.#current.load();
  }
  *reload(fetch: Fetch): Go {
    const current = this.#current;
    yield* go(function* () {
      const rules = yield* fetch("rules");
      yield* current.store({ rules, discounts: yield* fetch("discounts") });
    });
  }`,
    fails: { [HALF]: "wrong-result", [OLD]: "wrong-result", [FAILS]: "panic", [AGAIN]: "panic" },
  },
  "a reload that gives up when a reader is inside": {
    body: `${LOCKED_READ}
  *reload(fetch: Fetch): Go {
    const rules = yield* fetch("rules");
    const discounts = yield* fetch("discounts");
    if (!this.#mu.tryLock()) return;
    this.#config = { rules, discounts };
    yield* this.#mu.unlock();
  }`,
    fails: { [OLD]: "wrong-result", [AGAIN]: "wrong-result" },
  },
  "a reload that does nothing": {
    body: `
  *read(): Go<Config> {
    yield* gosched();
    return first();
  }
  *reload(_fetch: Fetch): Go {}`,
    fails: { [OLD]: "wrong-result", [AGAIN]: "wrong-result" },
  },
};

/** Goes round until the explorer gives up (10,000 steps), or the check does when the machine is slower than that. */
const SPINNING = `
  readonly #mu = new RWMutex();
  readonly #config = { ...first() };
  *read(): Go<Config> {
    while (!this.#mu.tryRLock()) yield* gosched();
    const config = { ...this.#config };
    yield* this.#mu.rUnlock();
    return config;
  }
  *reload(fetch: Fetch): Go {
    yield* this.#mu.lock();
    try {
      const rules = yield* fetch("rules");
      const discounts = yield* fetch("discounts");
      this.#config.rules = rules;
      this.#config.discounts = discounts;
    } finally {
      yield* this.#mu.unlock();
    }
  }`;

const RIGHT: Readonly<Record<string, string>> = {
  "the write lock, held for the swap only": `${LOCKED_READ}
  *reload(fetch: Fetch): Go {
    const rules = yield* fetch("rules");
    const discounts = yield* fetch("discounts");
    yield* this.#mu.lock();
    this.#config.rules = rules;
    this.#config.discounts = discounts;
    yield* this.#mu.unlock();
  }`,
  "a snapshot, one reload at a time by a lock that no reader takes": `
  readonly #reloads = new RWMutex();
  readonly #current = new AtomicPointer(first());
  *read(): Go<Config> {
    return yield* this.#current.load();
  }
  *reload(fetch: Fetch): Go {
    yield* this.#reloads.lock();
    try {
      const discounts = yield* fetch("discounts");
      yield* this.#current.store({ rules: yield* fetch("rules"), discounts });
    } finally {
      yield* this.#reloads.unlock();
    }
  }`,
};

describe(ID, () => {
  for (const [name, { body, fails }] of Object.entries(WRONG)) {
    test(`fails: ${name}`, async () => {
      const result = await checkText(ID, centre(body));
      const failed = result.properties.filter((p) => p.status !== "pass");
      expect(Object.fromEntries(failed.map((p) => [p.name, p.verdict]))).toEqual(fails);
      for (const property of failed) {
        expect(property.hints).toHaveLength(3);
        if (property.visibility === "hidden") continue; // its program returns what is judged: no schedule failed
        expect(property.replay).toMatch(/^npx hb replay 05-the-rwmutex-incident\/reload \S+$/);
      }
    });
  }

  for (const [name, body] of Object.entries(RIGHT)) {
    test(`passes: ${name}`, async () => {
      const result = await checkText(ID, centre(body));
      expect(result.properties.map((p) => `${p.name}: ${p.verdict}`)).toEqual(
        [WAITS, HALF, OLD, FAILS, KEEPS, AGAIN].map((property) => `${property}: ok`),
      );
    });
  }

  test("fails: readers that spin instead of waiting", async () => {
    const result = await checkText(ID, centre(SPINNING));
    expect(result.properties[0]?.name).toBe(WAITS);
    expect(result.properties[0]?.verdict).toMatch(/^(livelock|out-of-(steps|time))$/);
    expect(result.properties[0]?.hints).toHaveLength(3);
  });

  test("the starter makes a reader wait for the I/O, and the report says who waits for whom", async () => {
    const result = await checkText(ID, starter);
    const verdicts = result.properties.map((p) => [p.name, p.verdict]);
    expect(verdicts).toEqual([
      [WAITS, "global-deadlock"],
      [HALF, "ok"],
      [OLD, "ok"],
      [FAILS, "global-deadlock"],
      [KEEPS, "ok"],
      [AGAIN, "global-deadlock"],
    ]);
    const report = result.properties[0]?.report?.text ?? "";
    expect(report).toMatch(/"main" waits for rwmutex#1 \[sync\.RWMutex\.RLock\].*held by goroutine 2/);
    expect(report).toMatch(/"reload" waits for gate \[chan receive\].*holds rwmutex#1/);
  });
});
