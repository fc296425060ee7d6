// exercise: 05-the-rwmutex-incident/reload
// The incident in the laboratory: reload holds the write lock while it fetches. Change the
// class until no reader waits for a fetch, none sees half of a reload, and a read after a
// reload sees what it brought.
// Check: npx hb check 05-the-rwmutex-incident/reload
// Fails: a reader had to wait
import { AtomicPointer, type Go } from "happens-before";

/** One part of the configuration, with the version that it was fetched in. */
export interface Part {
  readonly name: "rules" | "discounts";
  readonly version: number;
}

/** What a request needs, all of one version. */
export interface Config {
  readonly rules: Part;
  readonly discounts: Part;
}

/** Fetches one part: `const rules = yield* fetch("rules")`. Takes long, and may throw. */
export type Fetch = (name: Part["name"]) => Go<Part>;

/** What an order centre starts with. */
const first = (): Config => ({
  rules: { name: "rules", version: 0 },
  discounts: { name: "discounts", version: 0 },
});

export class OrderCentre {
  // A Config that stands here is never changed. Readers and reload share this reference only.
  readonly #current = new AtomicPointer(first());

  /** Returns the configuration, for one request. Called all the time, by many goroutines. */
  *read(): Go<Config> {
    return yield* this.#current.load();
  }

  /** Fetches the configuration anew; every later read sees it. One reload at a time. */
  *reload(fetch: Fetch): Go {
    // Built where nobody can see it: a fetch may take long, or throw, and no reader notices.
    const rules = yield* fetch("rules");
    const discounts = yield* fetch("discounts");
    // One step: a reader has the old Config or the new one.
    yield* this.#current.store({ rules, discounts });
  }
}
