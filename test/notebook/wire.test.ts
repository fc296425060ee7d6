// The wire of the kernel: frames, signatures, one send at a time; history and cursor positions.
import { expect, test } from "vitest";
import { History } from "../../lib/notebook/history.js";
import { codePoints, utf16Offset } from "../../lib/notebook/offsets.js";
import { SendQueue, Wire } from "../../lib/notebook/wire.js";

const frames = (wire: Wire) =>
  wire.write("status", { execution_state: "idle" }, undefined, ["client"]).map((f) => Buffer.from(f));

test("Wire: what it writes it reads", () => {
  const wire = new Wire("key");
  const message = wire.read(frames(wire));
  expect(message.header.msg_type).toBe("status");
  expect(message.content).toEqual({ execution_state: "idle" });
  expect(message.identities.map(String)).toEqual(["client"]);
});

test("Wire: a message signed with another key is refused", () => {
  expect(() => new Wire("key").read(frames(new Wire("other")))).toThrow("message with a wrong signature");
});

test("Wire: a message without delimiter, or cut short, is refused", () => {
  expect(() => new Wire("key").read([Buffer.from("x")])).toThrow("message without delimiter");
  expect(() => new Wire("key").read(frames(new Wire("key")).slice(0, 4))).toThrow(
    "message with too few frames",
  );
});

/** Refuses a second send while one is in progress, as zeromq does, and keeps what it took. */
function busySocket(): { taken: string[]; send(frames: (Buffer | string)[]): Promise<void> } {
  const taken: string[] = [];
  let isBusy = false;
  return {
    taken,
    async send([frame]) {
      if (isBusy)
        throw new Error("Socket is busy writing; only one send operation may be in progress at any time");
      isBusy = true;
      await new Promise((resolve) => setImmediate(resolve));
      isBusy = false;
      taken.push(String(frame));
    },
  };
}

const numbers = Array.from({ length: 100 }, (_, i) => String(i));

test("SendQueue: 100 sends in one tick all leave, in order", async () => {
  const socket = busySocket();
  const queue = new SendQueue(socket);
  for (const n of numbers) void queue.send([n]);
  await queue.drained();
  expect(socket.taken).toEqual(numbers);
});

test("SendQueue: without it the same socket loses messages (control)", async () => {
  const socket = busySocket();
  await Promise.allSettled(numbers.map((n) => socket.send([n])));
  expect(socket.taken.length).toBeLessThan(numbers.length);
});

test("History: tail, range and search", () => {
  const history = new History();
  for (const [line, input] of [
    [1, "let a = 1"],
    [2, "a.b(c)"],
    [3, "let d"],
  ] as const)
    history.add(line, input);
  expect(history.find({ hist_access_type: "tail", n: 2 })).toEqual([
    [1, 2, "a.b(c)"],
    [1, 3, "let d"],
  ]);
  expect(history.find({ hist_access_type: "range", start: 1, stop: 2 })).toEqual([[1, 1, "let a = 1"]]);
  expect(history.find({ hist_access_type: "search", pattern: "let *" }).map(([, line]) => line)).toEqual([
    1, 3,
  ]);
  expect(history.find({ hist_access_type: "search", pattern: "a.b(?)" }).map(([, line]) => line)).toEqual([
    2,
  ]);
  expect(history.find({})).toEqual([]);
});

test("Offsets: a character beyond 16 bits counts as one for Jupyter and as two for JavaScript", () => {
  expect(utf16Offset("😀a", 1)).toBe(2);
  expect(utf16Offset("😀a", 99)).toBe(3);
  expect(codePoints("😀a", 2)).toBe(1);
  expect(codePoints("abc", 2)).toBe(2);
});
