// kubernetes_5316: https://github.com/kubernetes/kubernetes/pull/5316
//
// A request is finished in a goroutine that sends its result, or its error, on one of two channels; the caller takes
// what comes first: result, error, or a timeout. After a timeout nobody receives any more, and the goroutine waits for
// ever to send. The repair gives the channels room for the one value.
import { after, Chan, type Go, go, select } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

interface Request {
  readonly result: Chan<string>;
  readonly failure: Chan<Error>;
}

function* finish(r: Request, isGood: boolean): Go {
  if (isGood) yield* r.result.send("created");
  else yield* r.failure.send(new Error("conflict"));
}

function* finishRequest(r: Request): Go<boolean> {
  yield* go(finish, r, true);
  const got = yield* select(r.result.onRecv(), r.failure.onRecv(), after(10).onRecv());
  return got.index === 0;
}

function program(capacity: number) {
  return {
    setup: (): Request => ({ result: new Chan(capacity), failure: new Chan(capacity) }),
    *main(r: Request): Go {
      yield* finishRequest(r);
    },
  };
}

export default kernel({
  name: "kubernetes_5316",
  category: "channel",
  verdicts: ["leak"],
  broken: program(0),
  fixed: program(1),
});
