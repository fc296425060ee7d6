// etcd_5509: https://github.com/etcd-io/etcd/pull/5509
//
// A client takes its lock for reading before each request, to use the connection. When it finds that the connection is
// gone it returns an error, and keeps the lock. Closing the client wants to write, and waits for that reader for ever.
// The repair gives the lock back on the error path.
import { type Go, RWMutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Client {
  readonly mu = new RWMutex();
  readonly wg = new WaitGroup();
  isConnected = true;
}

/** Returns with the lock held for reading when there is a connection. */
type Acquire = (c: Client) => Go<boolean>;

function* acquireBroken(c: Client): Go<boolean> {
  yield* c.mu.rLock();
  return c.isConnected; // the caller takes `false` for "not acquired"
}

function* acquireFixed(c: Client): Go<boolean> {
  yield* c.mu.rLock();
  if (c.isConnected) return true;
  yield* c.mu.rUnlock();
  return false;
}

function* request(c: Client, acquire: Acquire): Go {
  if (yield* acquire(c)) yield* c.mu.rUnlock();
}

function* disconnect(c: Client): Go {
  yield* c.mu.lock();
  c.isConnected = false;
  yield* c.mu.unlock();
}

function program(acquire: Acquire) {
  return {
    setup: () => new Client(),
    *main(c: Client): Go {
      yield* c.wg.go(request, c, acquire);
      yield* c.wg.go(disconnect, c);
      yield* c.wg.wait();
      yield* disconnect(c); // close
    },
  };
}

export default kernel({
  name: "etcd_5509",
  category: "double locking",
  verdicts: ["global-deadlock"],
  broken: program(acquireBroken),
  fixed: program(acquireFixed),
});
