// Lock cycles: goroutines that, at the places where a run saw them, could all wait for each other.
//
// A link is a goroutine that holds one lock and takes another. Links make a cycle when each takes what the next one
// holds, in a mode that waits. It counts only if its goroutines can be there at once: no two are the same, hold one lock
// in common (a gate), or are ordered by something else than locks.
//
// Readers wait for readers too, when the lock keeps new readers out for a writer in line: then somebody must be seen
// who writes, and who can be there at the same time.
//
// Source: Goodlock (Havelund, 2000); K. Havelund, S. Bensalem, Dynamic deadlock analysis of multi-threaded programs
// (2005), gates and start/join order; here any edge that is not a lock's orders.

/** A lock, known by identity. */
interface Lock {
  readonly label: string;
}

/** A lock that somebody holds. */
interface Own {
  readonly lock: Lock;
  readonly isShared: boolean;
}

/** What the search looks at: a goroutine that takes `lock` and holds `held`. */
interface Use extends Own {
  readonly held: readonly Own[];
}

/** A goroutine that holds `from` and takes `use.lock`. */
export interface Link<U extends Use> {
  readonly use: U;
  readonly from: U["held"][number];
}

/** Each link takes what the next one holds, and the last what the first one holds. */
export interface Cycle<U extends Use> {
  readonly links: readonly Link<U>[];
  /** Who must be in line to write, for readers to wait for readers. */
  readonly writers: readonly U[];
}

/** True when two goroutines can be at their places at once. */
type CanMeet<U> = (a: U, b: U) => boolean;

/** Links that are tried before a search gives up: some milliseconds. */
const MOST_TRIED = 20_000;

/** The cycles of `uses`, short ones first, one for each set of locks. */
export function lockCycles<U extends Use>(uses: readonly U[], canMeet: CanMeet<U>): Cycle<U>[] {
  const search = new CycleSearch(uses, canMeet);
  const found = [...search.recursive()];
  for (let length = 2; length <= search.longest; length++) found.push(...search.ofLength(length));
  return found;
}

class CycleSearch<U extends Use> {
  readonly #canMeet: CanMeet<U>;
  readonly #out = new Map<Lock, Link<U>[]>();
  readonly #writers = new Map<Lock, U[]>();
  readonly #recursive: Link<U>[] = [];
  readonly #found = new Set<string>();
  /** In order of first use: a cycle is looked for from its first lock. */
  readonly #index = new Map<Lock, number>();
  #tried = 0;

  constructor(uses: readonly U[], canMeet: CanMeet<U>) {
    this.#canMeet = canMeet;
    for (const use of uses) {
      if (!use.isShared) add(this.#writers, use.lock, use);
      for (const from of use.held) {
        for (const lock of [from.lock, use.lock]) {
          if (!this.#index.has(lock)) this.#index.set(lock, this.#index.size);
        }
        if (from.lock !== use.lock) add(this.#out, from.lock, { use, from });
        else if (from.isShared && use.isShared) this.#recursive.push({ use, from });
      }
    }
    this.#dropLooseEnds();
  }

  /** The most locks that a cycle can have. */
  get longest(): number {
    return this.#out.size;
  }

  /** Somebody reads under its own read lock, while somebody else may want to write. */
  *recursive(): IterableIterator<Cycle<U>> {
    for (const link of this.#recursive) {
      const writer = this.#writerFor([link.use], link.use.lock);
      if (writer !== null && this.#isNew([link])) yield { links: [link], writers: [writer] };
    }
  }

  *ofLength(length: number): IterableIterator<Cycle<U>> {
    for (const first of this.#out.keys()) yield* this.#from(first, first, [], length);
  }

  *#from(first: Lock, at: Lock, path: readonly Link<U>[], length: number): IterableIterator<Cycle<U>> {
    for (const link of this.#out.get(at) ?? []) {
      if (this.#tried++ > MOST_TRIED) return;
      const { lock } = link.use;
      const isLast = path.length + 1 === length;
      if (isLast ? lock !== first : !this.#isAhead(first, lock, path)) continue;
      if (!path.every(({ use }) => this.#canMeet(use, link.use))) continue;
      const links = [...path, link];
      if (!isLast) {
        yield* this.#from(first, lock, links, length);
        continue;
      }
      const writers = this.#writersOf(links);
      if (writers !== null && this.#isNew(links)) yield { links, writers };
    }
  }

  #isAhead(first: Lock, lock: Lock, path: readonly Link<U>[]): boolean {
    const isLater = (this.#index.get(lock) as number) > (this.#index.get(first) as number);
    return isLater && !path.some(({ use }) => use.lock === lock);
  }

  /** The writers that the readers of a cycle need to wait; null when a link does not wait at all. */
  #writersOf(links: readonly Link<U>[]): U[] | null {
    const writers: U[] = [];
    const uses = links.map((link) => link.use);
    for (const [i, { use }] of links.entries()) {
      const holder = links[(i + 1) % links.length] as Link<U>;
      if (!use.isShared || !holder.from.isShared) continue;
      const writer = this.#writerFor(uses, use.lock);
      if (writer === null) return null;
      writers.push(writer);
    }
    return writers;
  }

  #writerFor(uses: readonly U[], lock: Lock): U | null {
    if (!keepsReadersOut(lock)) return null;
    const all = this.#writers.get(lock) ?? [];
    return all.find((writer) => uses.every((use) => this.#canMeet(use, writer))) ?? null;
  }

  #isNew(links: readonly Link<U>[]): boolean {
    const key = links
      .map(({ use }) => this.#index.get(use.lock))
      .sort()
      .join();
    if (this.#found.has(key)) return false;
    this.#found.add(key);
    return true;
  }

  /** Locks that nobody takes under another one of those left, or that lead nowhere, are in no cycle. */
  #dropLooseEnds(): void {
    for (let before = -1; before !== this.#out.size; ) {
      before = this.#out.size;
      const targets = new Set([...this.#out.values()].flatMap((links) => links.map(({ use }) => use.lock)));
      for (const [lock, links] of this.#out) {
        const left = links.filter(({ use }) => this.#out.has(use.lock));
        if (left.length === 0 || !targets.has(lock)) this.#out.delete(lock);
        else this.#out.set(lock, left);
      }
    }
  }
}

/** True when a writer in line keeps new readers waiting. */
function keepsReadersOut(lock: Lock): boolean {
  return lock.label !== "readersfirstrwmutex";
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
