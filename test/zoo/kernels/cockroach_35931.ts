// cockroach_35931: https://github.com/cockroachdb/cockroach/pull/35931
//
// A processor of a distributed query reads its inputs in order: all rows of the first that matter, then the second, and
// so on. To cancel the query, an error is sent to every input, one after the other. An input that is full, because the
// processor reads another one just now, stops this round, and that other one never hears of it. The repair sends to
// each input in a goroutine of its own.
import { Chan, type Go, go, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Flow {
  readonly wg = new WaitGroup();
  readonly full = new Chan<string>(1);
  readonly empty = new Chan<string>(1);
}

function* processRows(f: Flow): Go {
  yield* f.empty.recv(); // a row, or the error
  yield* f.full.recv();
  yield* f.full.recv();
}

function* cancelBroken(f: Flow): Go {
  for (const input of [f.full, f.empty]) yield* input.send("cancelled");
}

function* cancelFixed(f: Flow): Go {
  for (const input of [f.full, f.empty]) {
    yield* go(function* () {
      yield* input.send("cancelled");
    });
  }
}

function program(cancel: (f: Flow) => Go) {
  return {
    setup: () => new Flow(),
    *main(f: Flow): Go {
      yield* f.full.send("row");
      yield* f.wg.go(processRows, f);
      yield* cancel(f);
      yield* f.wg.wait();
    },
  };
}

export default kernel({
  name: "cockroach_35931",
  category: "channel",
  verdicts: ["global-deadlock"],
  broken: program(cancelBroken),
  fixed: program(cancelFixed),
});
