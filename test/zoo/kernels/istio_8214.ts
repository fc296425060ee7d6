// istio_8214: https://github.com/istio/istio/pull/8214
//
// A cache counts its evictions with atomic additions, since the evicter runs beside everybody else. Its statistics are
// returned by copying the struct: a plain read of the field that is written atomically.
import { Cell, type Go, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

interface Stats {
  readonly evictions: number;
  readonly writes: number;
}

class Cache {
  readonly evictions = new Cell(0, "stats.evictions");
  readonly writes = new Cell(0, "stats.writes");
  readonly wg = new WaitGroup();

  *evict(): Go {
    yield* this.evictions.atomicAdd(1);
  }

  *set(): Go {
    yield* this.writes.atomicAdd(1);
  }

  *statsBroken(): Go<Stats> {
    return { evictions: yield* this.evictions.read(), writes: yield* this.writes.read() };
  }

  *statsFixed(): Go<Stats> {
    return { evictions: yield* this.evictions.atomicLoad(), writes: yield* this.writes.atomicLoad() };
  }
}

function program(stats: (c: Cache) => Go<Stats>) {
  return {
    setup: () => new Cache(),
    *main(c: Cache): Go {
      yield* c.wg.go(() => c.evict());
      yield* c.set();
      yield* stats(c);
      yield* c.wg.wait();
    },
  };
}

export default kernel({
  name: "istio_8214",
  category: "data race",
  verdicts: ["race"],
  broken: program((c) => c.statsBroken()),
  fixed: program((c) => c.statsFixed()),
});
