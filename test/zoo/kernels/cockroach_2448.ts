// cockroach_2448: https://github.com/cockroachdb/cockroach/pull/2448
//
// Two event loops serve each other: the raft loop sends events to the store's loop, and the store's loop sends calls
// to the raft loop. Both channels are unbuffered, and a loop that sends does not receive. When each has something to
// send, both wait for ever. The repair lets the raft loop take calls while it sends.
import { Chan, type Go, select, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class RaftNode {
  readonly wg = new WaitGroup();
  readonly ticks = new Chan<string>(1);
  readonly proposals = new Chan<string>(1);
  readonly events = new Chan<string>();
  readonly calls = new Chan<string>();
  committed = 0;
}

/** Sends an event to the store; returns how many calls it has taken meanwhile. */
type SendEvent = (n: RaftNode, event: string) => Go<number>;

function* sendBroken(n: RaftNode, event: string): Go<number> {
  yield* n.events.send(event);
  return 0;
}

function* sendFixed(n: RaftNode, event: string): Go<number> {
  for (let taken = 0; ; taken++) {
    const got = yield* select(n.events.onSend(event), n.calls.onRecv());
    if (got.index === 0) return taken;
    n.committed++;
  }
}

/** Handles one tick and one call. */
function* raftLoop(n: RaftNode, send: SendEvent): Go {
  for (let handled = 0; handled < 2; handled++) {
    const got = yield* select(n.ticks.onRecv(), n.calls.onRecv());
    if (got.index === 0) handled += yield* send(n, "leader elected");
    else n.committed++;
  }
}

/** Handles one event and one proposal. */
function* storeLoop(n: RaftNode): Go {
  for (let handled = 0; handled < 2; handled++) {
    const got = yield* select(n.events.onRecv(), n.proposals.onRecv());
    if (got.index === 1) yield* n.calls.send("propose");
  }
}

function program(send: SendEvent) {
  return {
    setup: () => new RaftNode(),
    *main(n: RaftNode): Go {
      yield* n.ticks.send("tick");
      yield* n.proposals.send("put");
      yield* n.wg.go(raftLoop, n, send);
      yield* n.wg.go(storeLoop, n);
      yield* n.wg.wait();
    },
  };
}

export default kernel({
  name: "cockroach_2448",
  category: "channel",
  verdicts: ["global-deadlock"],
  broken: program(sendBroken),
  fixed: program(sendFixed),
});
