// Go: select_test.go
import { Chan, type Go, go, gosched, onDefault, select } from "../../../lib/index.js";
import { cases, variable } from "./case.js";

interface Task {
  readonly f: () => Go<unknown>;
  readonly done: Chan<boolean>;
}

/** One goroutine sends after its write, the other writes after its receive. */
function* handOver(isSelect: boolean, needsSched: boolean): Go {
  const x = variable();
  const ch = new Chan<boolean>();
  const c1 = new Chan<boolean>();
  const done = new Chan<boolean>(2);
  yield* go(function* () {
    if (needsSched) yield* gosched();
    yield* x.write(1);
    if (isSelect) yield* select(ch.onSend(true), c1.onRecv());
    else yield* ch.send(true);
    yield* done.send(true);
  });
  yield* go(function* () {
    if (isSelect) yield* select(ch.onRecv(), c1.onRecv());
    else yield* ch.recv();
    yield* x.write(1);
    yield* done.send(true);
  });
  yield* done.recv();
  yield* done.recv();
}

export const clean = cases({
  *Select1() {
    const x = variable();
    const done = new Chan<boolean>();
    const c = new Chan<boolean>();
    const c1 = new Chan<boolean>();
    yield* go(function* () {
      yield* x.write(1);
      yield* select(c.onSend(true), c1.onSend(true));
      yield* done.send(true);
    });
    yield* select(c.onRecv(), c1.onSend(true));
    yield* x.write(2);
    yield* done.recv();
  },
  *Select2() {
    const x = variable();
    const done = new Chan<boolean>();
    const c = new Chan<boolean>();
    const c1 = new Chan<boolean>();
    yield* go(function* () {
      yield* select(c.onRecv(), c1.onRecv());
      yield* x.write(1);
      yield* done.send(true);
    });
    yield* x.write(2);
    yield* c.close();
    yield* gosched();
    yield* done.recv();
  },
  *Select3() {
    const x = variable();
    const done = new Chan<boolean>();
    const c = new Chan<boolean>(10);
    const c1 = new Chan<boolean>();
    yield* go(function* () {
      yield* x.write(1);
      yield* select(c.onSend(true), c1.onRecv());
      yield* done.send(true);
    });
    yield* c.recv();
    yield* x.write(2);
    yield* done.recv();
  },
  *Select4() {
    const queue = new Chan<Task>();
    const dummy = new Chan<boolean>();
    const x = variable();
    yield* go(function* () {
      for (;;) {
        const { value: task } = yield* select(queue.onRecv());
        if (task === undefined) return;
        yield* task.f();
        yield* task.done.send(true);
      }
    });
    const done = new Chan<boolean>(1);
    yield* select(queue.onSend({ f: () => x.write(1) as unknown as Go, done }), dummy.onRecv());
    yield* select(done.onRecv(), dummy.onRecv());
    yield* x.read();
  },
  *Select5() {
    yield* handOver(true, true);
    yield* handOver(true, false);
    yield* handOver(false, true);
    yield* handOver(false, false);
  },
});

export const racy = cases({
  *Select1() {
    const x = variable();
    const done = new Chan<boolean>(2);
    const c = new Chan<boolean>();
    const c1 = new Chan<boolean>();
    yield* go(function* () {
      yield* c.recv();
      yield* c.recv();
    });
    function* f(): Go {
      yield* select(c.onSend(true), c1.onSend(true));
      yield* x.write(1);
      yield* done.send(true);
    }
    yield* go(f);
    yield* go(f);
    yield* done.recv();
    yield* done.recv();
  },
  *Select2() {
    const x = variable();
    const done = new Chan<boolean>();
    const c = new Chan<boolean>();
    const c1 = new Chan<boolean>();
    yield* go(function* () {
      yield* x.write(1);
      yield* select(c.onRecv(), c1.onRecv());
      yield* done.send(true);
    });
    yield* c.close();
    yield* x.write(2);
    yield* done.recv();
  },
  *Select3() {
    const x = variable();
    const done = new Chan<boolean>();
    const c = new Chan<boolean>();
    const c1 = new Chan<boolean>();
    yield* go(function* () {
      yield* x.write(1);
      yield* select(c.onSend(true), c1.onSend(true));
      yield* done.send(true);
    });
    yield* x.write(2);
    yield* select(c.onRecv());
    yield* done.recv();
  },
  *Select4() {
    const done = new Chan<boolean>(1);
    const x = variable();
    yield* go(function* () {
      yield* select(onDefault());
      yield* x.write(2);
      yield* done.send(true);
    });
    yield* x.read();
    yield* done.recv();
  },
  *Select5() {
    const done = new Chan<boolean>(1);
    const c1 = new Chan<boolean>(1);
    const c2 = new Chan<boolean>();
    const x = variable("x");
    const y = variable("y");
    yield* go(function* () {
      const got = yield* select(c1.onSend(true), c2.onSend(true));
      yield* (got.index === 0 ? x : y).write(1);
      yield* done.send(true);
    });
    yield* x.read();
    yield* y.read();
    yield* done.recv();
  },
});
