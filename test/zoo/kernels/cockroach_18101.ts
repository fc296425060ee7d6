// cockroach_18101: https://github.com/cockroachdb/cockroach/pull/18101
//
// Restoring a backup splits ranges and sends each to the importer over a channel. Cancelling the context stops the
// importer, which just returns; the splitter knows nothing of the context and goes on to send. The repair lets it wait
// for the context as well.
import {
  background,
  Chan,
  type Context,
  type Go,
  go,
  select,
  WaitGroup,
  withCancel,
} from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Restore {
  readonly wg = new WaitGroup();
  readonly ready = new Chan<number>(1);
  imported = 0;
}

type Split = (r: Restore, ctx: Context) => Go;

function* splitBroken(r: Restore): Go {
  for (let range = 0; range < 3; range++) yield* r.ready.send(range);
  yield* r.ready.close();
}

function* splitFixed(r: Restore, ctx: Context): Go {
  for (let range = 0; range < 3; range++) {
    const got = yield* select(r.ready.onSend(range), ctx.done().onRecv());
    if (got.index === 1) break;
  }
  yield* r.ready.close();
}

function* importRanges(r: Restore, ctx: Context): Go {
  for (;;) {
    const got = yield* select(ctx.done().onRecv(), r.ready.onRecv());
    if (got.index === 0 || !got.ok) return;
    r.imported++;
  }
}

function program(split: Split) {
  return {
    setup: () => new Restore(),
    *main(r: Restore): Go {
      const [ctx, cancel] = withCancel(background());
      yield* go(split, r, ctx);
      yield* r.wg.go(importRanges, r, ctx);
      yield* cancel();
      yield* r.wg.wait();
    },
  };
}

export default kernel({
  name: "cockroach_18101",
  category: "channel and context",
  verdicts: ["leak"],
  broken: program(splitBroken),
  fixed: program(splitFixed),
});
