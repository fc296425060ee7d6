// Go: map_test.go
import type { Cell } from "../../../lib/atomic/cell.js";
import { Chan, type Go, GoMap, go } from "../../../lib/index.js";
import { cases, variable } from "./case.js";

/** A goroutine does `other` while main does `main`. */
function* against(other: () => Go<unknown>, main: () => Go<unknown>): Go {
  const ch = new Chan<boolean>(1);
  yield* go(function* () {
    yield* other();
    yield* ch.send(true);
  });
  yield* main();
  yield* ch.recv();
}

type Use = (m: GoMap<number, number>) => Go<unknown>;

function* onOne(other: Use, main: Use, isFilled = false): Go {
  const m = new GoMap<number, number>();
  if (isFilled) yield* m.set(0, 0);
  yield* against(
    () => other(m),
    () => main(m),
  );
}

const get: Use = (m) => m.get(1) as unknown as Go;
const getOk: Use = (m) => m.getOk(1) as unknown as Go;
const set: Use = (m) => m.set(1, 1) as unknown as Go;
const remove: Use = (m) => m.delete(1) as unknown as Go;
const range: Use = (m) => m.forEach(function* () {}) as unknown as Go;
function* len(m: GoMap<number, number>): Go<unknown> {
  return m.len;
}

/** The variable that holds the map is replaced by main. */
function* onVariable(use: (m: Cell<GoMap<number, number>>) => Go<unknown>): Go {
  const m = variable("m", new GoMap<number, number>());
  yield* against(
    () => use(m),
    () => m.write(new GoMap<number, number>()) as unknown as Go,
  );
}

/** A goroutine changes a part of `part`, which main reads to use it as a key or a value. */
function* onPart(use: (m: GoMap<number, number>, part: number) => Go<unknown>): Go {
  const m = new GoMap<number, number>();
  const part = variable("part");
  yield* against(
    () => part.write(1) as unknown as Go,
    function* () {
      yield* use(m, yield* part.read());
    },
  );
}

/** A goroutine reads `part` and uses it; main changes it. */
function* onBigPart(use: (m: GoMap<number, number>, part: number) => Go<unknown>): Go {
  const m = new GoMap<number, number>();
  const part = variable("part");
  yield* against(
    function* () {
      yield* use(m, yield* part.read());
    },
    () => part.write(1) as unknown as Go,
  );
}

/** A goroutine stores what it reads of the map in v; main changes v. */
function* intoBig(read: Use): Go {
  const m = new GoMap<number, number>();
  const v = variable("v");
  yield* against(
    function* () {
      yield* read(m);
      yield* v.write(1);
    },
    () => v.write(2) as unknown as Go,
  );
}

type Parted = (m: GoMap<number, number>, part: number) => Go<unknown>;
const lookUp: Parted = (m, part) => m.get(part) as unknown as Go;
const lookUpOk: Parted = (m, part) => m.getOk(part) as unknown as Go;
const drop: Parted = (m, part) => m.delete(part) as unknown as Go;
const insertKey: Parted = (m, part) => m.set(part, 1) as unknown as Go;
const insertValue: Parted = (m, part) => m.set(1, part) as unknown as Go;

export const clean = cases({
  MapRR: () => onOne(getOk, get),
  MapRangeRange: () => onOne(range, range, true),
});

export const racy = cases({
  MapRW: () => onOne(get, set),
  MapRW2: () => onOne(getOk, set),
  *MapRWArray() {
    const m = new GoMap<number, readonly number[]>();
    yield* against(
      function* () {
        return (yield* m.get(1))?.[1];
      },
      () => m.set(2, [1, 2]) as unknown as Go,
    );
  },
  MapRange: () => onOne(range, set),
  MapRange2: () => onOne(range, set, true),
  MapLen: () => onOne(len, set),
  MapDelete: () => onOne(remove, set),
  MapLenDelete: () => onOne(remove, len),
  MapVariable: () => onVariable((m) => m.write(new GoMap<number, number>()) as unknown as Go),
  MapVariable2: () =>
    onVariable(function* (m) {
      yield* (yield* m.read()).set(1, 1);
    }),
  MapVariable3: () =>
    onVariable(function* (m) {
      yield* (yield* m.read()).get(1);
    }),
  MapLookupPartKey: () => onPart(lookUp),
  MapLookupPartKey2: () => onPart(lookUpOk),
  MapDeletePartKey: () => onPart(drop),
  MapInsertPartKey: () => onPart(insertKey),
  MapInsertPartVal: () => onPart(insertValue),
  *MapAssignMultipleReturn() {
    const conns = new GoMap<number, Cell<number>>();
    yield* conns.set(1, variable("conns[1][0]"));
    yield* against(
      function* () {
        yield* (yield* conns.get(1))?.write(42) ?? conns.get(1);
      },
      function* () {
        yield* (yield* conns.get(1))?.read() ?? conns.get(1);
      },
    );
  },
  MapBigKeyAccess1: () => onBigPart(lookUp),
  MapBigKeyAccess2: () => onBigPart(lookUpOk),
  MapBigKeyInsert: () => onBigPart(insertKey),
  MapBigKeyDelete: () => onBigPart(drop),
  MapBigValInsert: () => onBigPart(insertValue),
  MapBigValAccess1: () => intoBig(get),
  MapBigValAccess2: () => intoBig(getOk),
});
