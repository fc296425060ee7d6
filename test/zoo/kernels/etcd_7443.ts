// etcd_7443: https://github.com/etcd-io/etcd/pull/7443
//
// A client's balancer tells its connection over a channel which addresses to use; a watcher receives them and tears
// down the connections that are not among them. Tearing down tells the balancer that the address is down, which needs
// the balancer's mutex. The balancer sends its notice while it holds that mutex: the sender waits for the watcher, the
// watcher waits for the mutex, and Close() waits for it too.
import { Chan, type Go, Mutex, onDefault, select, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

type Addresses = readonly string[];

const ALL: Addresses = ["a:1", "b:1"];

class Balancer {
  readonly mu = new Mutex();
  readonly notices: Chan<Addresses>;
  pinned = "";
  isClosed = false;

  constructor(capacity: number) {
    this.notices = new Chan(capacity);
  }

  /** An address is up: the first one is pinned, and the others are not needed any more. */
  *upBroken(address: string): Go {
    yield* this.mu.lock();
    if (this.pinned === "" && !this.isClosed) {
      this.pinned = address;
      yield* this.notices.send([address]); // under the mutex
    }
    yield* this.mu.unlock();
  }

  *downBroken(address: string): Go {
    yield* this.mu.lock();
    if (this.pinned === address && !this.isClosed) {
      this.pinned = "";
      yield* this.notices.send(ALL);
    }
    yield* this.mu.unlock();
  }

  *close(): Go {
    yield* this.mu.lock();
    this.isClosed = true;
    yield* this.notices.close();
    yield* this.mu.unlock();
  }

  *upFixed(address: string): Go {
    yield* this.mu.lock();
    if (this.pinned === "" && !this.isClosed) {
      this.pinned = address;
      yield* this.newest([address]);
    }
    yield* this.mu.unlock();
  }

  *downFixed(address: string): Go {
    yield* this.mu.lock();
    if (this.pinned === address && !this.isClosed) {
      this.pinned = "";
      yield* this.newest(ALL);
    }
    yield* this.mu.unlock();
  }

  /** Leaves the newest notice in the channel's one place, and never waits: an older one is of no use. */
  *newest(addresses: Addresses): Go {
    yield* select(this.notices.onRecv(), onDefault());
    yield* select(this.notices.onSend(addresses), onDefault());
  }
}

interface Behaviour {
  readonly capacity: number;
  readonly up: (b: Balancer, address: string) => Go;
  readonly down: (b: Balancer, address: string) => Go;
}

class Client {
  readonly mu = new Mutex();
  readonly balancer: Balancer;
  readonly wg = new WaitGroup();
  readonly #behaviour: Behaviour;
  #open: string[] = [];

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
    this.balancer = new Balancer(behaviour.capacity);
  }

  /** Opens the connections that a notice names and tears down the others. */
  *watch(): Go {
    const client = this;
    yield* this.balancer.notices.forEach(function* (wanted) {
      yield* client.mu.lock();
      const unwanted = client.#open.filter((address) => !wanted.includes(address));
      client.#open = [...wanted];
      yield* client.mu.unlock();
      for (const address of unwanted) yield* client.#behaviour.down(client.balancer, address);
    });
  }

  *connect(address: string): Go {
    yield* this.mu.lock();
    this.#open.push(address);
    yield* this.mu.unlock();
    yield* this.#behaviour.up(this.balancer, address);
  }

  /** The connection breaks. */
  *lose(address: string): Go {
    yield* this.#behaviour.down(this.balancer, address);
  }
}

function program(behaviour: Behaviour) {
  return {
    setup: () => new Client(behaviour),
    *main(c: Client): Go {
      yield* c.wg.go(() => c.watch());
      yield* c.wg.go(function* () {
        yield* c.connect("a:1");
        yield* c.lose("a:1");
      });
      yield* c.connect("b:1");
      yield* c.balancer.close();
      yield* c.wg.wait();
    },
  };
}

export default kernel({
  name: "etcd_7443",
  category: "channel and lock",
  verdicts: ["global-deadlock"],
  broken: program({
    capacity: 0,
    up: (b, address) => b.upBroken(address),
    down: (b, address) => b.downBroken(address),
  }),
  fixed: program({
    capacity: 1,
    up: (b, address) => b.upFixed(address),
    down: (b, address) => b.downFixed(address),
  }),
});
