// moby_36114: https://github.com/moby/moby/pull/36114
//
// The service that runs Linux containers on Windows in a small virtual machine adds disks when the machine starts. The
// caller holds the machine's lock; the function that adds disks is the public one, which locks it, too. The repair
// splits off a part that expects the lock to be held.
import { type Go, Mutex } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Machine {
  readonly mu = new Mutex();
  readonly disks: string[] = [];
}

function* addDisks(vm: Machine, ...disks: string[]): Go {
  yield* vm.mu.lock();
  addDisksLocked(vm, ...disks);
  yield* vm.mu.unlock();
}

/** The caller holds the lock. */
function addDisksLocked(vm: Machine, ...disks: string[]): void {
  vm.disks.push(...disks);
}

function* startBroken(vm: Machine): Go {
  yield* vm.mu.lock();
  yield* addDisks(vm, "scratch");
  yield* vm.mu.unlock();
}

function* startFixed(vm: Machine): Go {
  yield* vm.mu.lock();
  addDisksLocked(vm, "scratch");
  yield* vm.mu.unlock();
}

function program(start: (vm: Machine) => Go) {
  return {
    setup: () => new Machine(),
    *main(vm: Machine): Go {
      yield* start(vm);
      yield* addDisks(vm, "layer");
    },
  };
}

export default kernel({
  name: "moby_36114",
  category: "double locking",
  verdicts: ["global-deadlock"],
  broken: program(startBroken),
  fixed: program(startFixed),
});
