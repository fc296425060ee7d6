import { nilChan, onDefault, PanicError, report, run, select } from "happens-before";
import { expect, test } from "vitest";

test("nilChan: sending and receiving wait for ever, with Go's reasons", async () => {
  const recv = await report(function* () {
    yield* nilChan<number>().recv();
  });
  const send = await report(function* () {
    yield* nilChan<number>().send(1);
  });
  const each = await report(function* () {
    yield* nilChan<number>().forEach(function* () {});
  });
  expect([recv, send, each].map((r) => [r.verdict, r.goroutines[0]?.waitReason])).toEqual([
    ["global-deadlock", "chan receive (nil chan)"],
    ["global-deadlock", "chan send (nil chan)"],
    ["global-deadlock", "chan receive (nil chan)"],
  ]);
});

test("nilChan: its cases are never taken, its try forms never succeed, closing it panics", async () => {
  await run(function* () {
    const ch = nilChan<number>();
    expect((yield* select(ch.onRecv(), ch.onSend(1), onDefault())).index).toBe(2);
    expect([ch.tryRecv(), ch.trySend(1), ch.len, ch.cap]).toEqual([undefined, false, 0, 0]);
    expect(() => ch.close()).toThrow(new PanicError("close of nil channel"));
  });
});
