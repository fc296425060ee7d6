// Channels and select under n goroutines: nothing lost, nothing twice, in order per sender.

import { Chan, type Go, go, type RecvChan, select } from "happens-before";
import { crowd, type Load, load, same } from "./load.js";

function* sum(ch: RecvChan<number>, items: number): Go<number> {
  let total = 0;
  for (let i = 0; i < items; i++) total += (yield* ch.recv()) ?? Number.NaN;
  return total;
}

/** 0 + 1 + … + (n - 1) */
function total(n: number): number {
  return (n * (n - 1)) / 2;
}

function senders(capacity: number): Load {
  return load("Chan", `Chan of ${capacity}: n senders, one receiver, every value once`, {
    setup: () => new Chan<number>(capacity),
    *main(ch, n) {
      for (let i = 0; i < n; i++) {
        go(function* () {
          yield* ch.send(i);
        });
      }
      return yield* sum(ch, n);
    },
    after: (_, n, result) => same("sum", result, total(n)),
  });
}

const receivers = load("Chan", "Chan: n receivers wait, a close wakes them all", {
  setup: () => ({ ch: new Chan<number>(), woken: 0 }),
  *main(s, n) {
    go(function* () {
      yield* s.ch.send(1);
      yield* s.ch.close();
    });
    yield* crowd(n, function* () {
      const { ok } = yield* s.ch.recvOk();
      s.woken += ok ? 1_000_000_000 : 1;
    });
  },
  after: (s, n) => same("woken", s.woken, 1_000_000_000 + n - 1),
});

const ordered = load("Chan", "Chan: each sender's values arrive in its order", {
  setup: () => ({ ch: new Chan<readonly [sender: number, k: number]>(8) }),
  *main({ ch }, n) {
    const most = Math.ceil(n / 10);
    for (let sender = 0; sender < most; sender++) {
      go(function* () {
        for (let k = 0; k < 10; k++) yield* ch.send([sender, k]);
      });
    }
    const next = new Array<number>(most).fill(0);
    for (let i = 0; i < most * 10; i++) {
      const [sender, k] = (yield* ch.recv()) as [number, number];
      same(`value of sender ${sender}`, k, next[sender]);
      next[sender] = k + 1;
    }
  },
});

const chain = load("Chan", "Chan: a value passes through a chain of n goroutines", {
  setup: () => undefined,
  *main(_, n) {
    function* link(left: Chan<number>, right: Chan<number>): Go {
      yield* left.send(1 + ((yield* right.recv()) ?? Number.NaN));
    }
    const first = new Chan<number>();
    let right = first;
    for (let i = 0; i < n; i++) {
      const left = right;
      right = new Chan<number>();
      go(link, left, right);
    }
    go(function* (last: Chan<number>) {
      yield* last.send(0);
    }, right);
    return yield* first.recv();
  },
  after: (_, n, result) => same("links", result, n),
});

const selects = load(
  "select",
  "select: n goroutines wait on two channels each, every value once, losers leave",
  {
    setup: () => ({ a: new Chan<number>(), b: new Chan<number>(), got: 0 }),
    *main(s, n) {
      go(function* () {
        for (let i = 0; i < n; i++) yield* (i % 2 === 0 ? s.a : s.b).send(i);
      });
      yield* crowd(n, function* () {
        const won = yield* select(s.a.onRecv(), s.b.onRecv());
        s.got += won.value ?? Number.NaN;
      });
    },
    after: (s, n) => same("sum", s.got, total(n)),
  },
);

const selectSends = load("select", "select: n goroutines offer on two channels, every value once", {
  setup: () => ({ a: new Chan<number>(), b: new Chan<number>(2) }),
  *main({ a, b }, n) {
    for (let i = 0; i < n; i++) {
      go(function* () {
        yield* select(a.onSend(i), b.onSend(i));
      });
    }
    let got = 0;
    for (let i = 0; i < n; i++) got += (yield* select(a.onRecv(), b.onRecv())).value ?? Number.NaN;
    return got;
  },
  after: (_, n, result) => same("sum", result, total(n)),
});

export const CHANNELS: readonly Load[] = [
  senders(0),
  senders(1),
  senders(128),
  receivers,
  ordered,
  chain,
  selects,
  selectSends,
];
