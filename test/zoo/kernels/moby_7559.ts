// moby_7559: https://github.com/moby/moby/pull/7559
//
// A UDP proxy keeps a table of connections, one for each client. For every packet it locks the table and looks the
// client up; for a new one it dials. When dialling fails it logs and goes on to the next packet with `continue`, which
// jumps over the unlock. The repair unlocks before it goes on.
import { type Go, Mutex } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class UdpProxy {
  readonly mu = new Mutex();
  readonly clients = new Set<string>();
  /** Who sent the packets, in their order. */
  readonly packets = ["10.0.0.1", "unreachable", "10.0.0.1"];
}

function dial(client: string): boolean {
  return client !== "unreachable";
}

function* runBroken(proxy: UdpProxy): Go {
  for (const client of proxy.packets) {
    yield* proxy.mu.lock();
    if (!proxy.clients.has(client)) {
      if (!dial(client)) continue; // still locked
      proxy.clients.add(client);
    }
    yield* proxy.mu.unlock();
  }
}

function* runFixed(proxy: UdpProxy): Go {
  for (const client of proxy.packets) {
    yield* proxy.mu.lock();
    if (!proxy.clients.has(client)) {
      if (!dial(client)) {
        yield* proxy.mu.unlock();
        continue;
      }
      proxy.clients.add(client);
    }
    yield* proxy.mu.unlock();
  }
}

function program(run: (proxy: UdpProxy) => Go) {
  return {
    setup: () => new UdpProxy(),
    *main(proxy: UdpProxy): Go {
      yield* run(proxy);
    },
  };
}

export default kernel({
  name: "moby_7559",
  category: "double locking",
  verdicts: ["global-deadlock"],
  broken: program(runBroken),
  fixed: program(runFixed),
});
