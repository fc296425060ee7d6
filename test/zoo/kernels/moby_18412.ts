// moby_18412: https://github.com/moby/moby/pull/18412
//
// A command runs in a container while a copier fills a buffer with its output. When the command takes too long, the
// caller gives up and returns what the buffer holds so far: it reads the buffer before the copier has ended.
import { after, Cell, Chan, type Go, go, select, sleep } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

const LINE_MS = 10;
const LINES = 3;
const TIMEOUT_MS = 25;

class Exec {
  readonly output = new Cell("", "output");
  readonly killed = new Chan<never>();
  readonly copied = new Chan<never>();

  *copy(): Go {
    for (let i = 0; i < LINES; i++) {
      const { index } = yield* select(this.killed.onRecv(), after(LINE_MS).onRecv());
      if (index === 0) break;
      yield* this.output.write(`${yield* this.output.read()}line ${i}\n`);
    }
    yield* this.copied.close();
  }

  *run(giveUp: (e: Exec) => Go): Go<string> {
    yield* go(() => this.copy());
    const { index } = yield* select(this.copied.onRecv(), after(TIMEOUT_MS).onRecv());
    if (index === 1) yield* giveUp(this);
    return yield* this.output.read();
  }
}

function* giveUpBroken(e: Exec): Go {
  yield* e.killed.close();
  yield* sleep(1); // surely enough
}

function* giveUpFixed(e: Exec): Go {
  yield* e.killed.close();
  yield* e.copied.recv();
}

function program(giveUp: (e: Exec) => Go) {
  return {
    setup: () => new Exec(),
    *main(e: Exec): Go {
      yield* e.run(giveUp);
    },
  };
}

export default kernel({
  name: "moby_18412",
  category: "order violation",
  verdicts: ["race"],
  broken: program(giveUpBroken),
  fixed: program(giveUpFixed),
});
