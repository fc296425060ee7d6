// Edges of channels: what a send, a receive and a close order, told to who listens right before they happen.
//
// Each place of a buffer is handed back and forth: the k-th send comes before the k-th receive, and that before the
// (k + capacity)-th send. Without a buffer both sides meet. A send reads the channel and a close writes it, so that a
// send that nothing orders with the close is a race.
//
// Source: Go src/runtime/chan.go (racesync, racenotify, racereadpc in chansend, racewritepc in closechan).

import { current, type G, type Waiter, type WaitQueue } from "../runtime/index.js";

interface Buffered {
  readonly cap: number;
}

/** The running goroutine is about to try to send, also when that waits or panics. */
export function sends(channel: Buffered): void {
  const { g } = current;
  if (g !== null) g.rt.listener?.access(g, channel, "", false);
}

/** The running goroutine sends: to `receiver`, who waits, or into the buffer if that has room. */
export function sending(channel: Buffered, receiver: Waiter | null, hasRoom: boolean): void {
  const { g } = current;
  const listener = g?.rt.listener ?? null;
  if (g === null || listener === null) return;
  const to = receiver?.goroutine;
  if (channel.cap === 0) {
    if (to !== undefined) listener.met(g, to);
  } else if (to !== undefined || hasRoom) {
    listener.sent(g, channel, channel.cap);
    if (to !== undefined) listener.received(to, channel, channel.cap);
  }
}

/** The running goroutine receives: from the buffer, with `sender` moving up, or from `sender` itself, or the close. */
export function taking(channel: Buffered, isEmpty: boolean, sender: Waiter | null, isClosed: boolean): void {
  const { g } = current;
  const listener = g?.rt.listener ?? null;
  if (g === null || listener === null) return;
  const from = sender?.goroutine;
  if (!isEmpty) {
    listener.received(g, channel, channel.cap);
    if (from !== undefined) listener.sent(from, channel, channel.cap);
  } else if (from !== undefined) {
    listener.met(from, g);
  } else if (isClosed) {
    listener.acquire(g, channel);
  }
}

/** `g` closes; everybody in the queues goes on because of it. */
export function closing(g: G, channel: Buffered, receivers: WaitQueue, senders: WaitQueue): void {
  const { listener } = g.rt;
  if (listener === null) return;
  listener.access(g, channel, "", true);
  listener.release(g, channel);
  for (let w = receivers.head; w !== null; w = w.after) listener.acquire(w.goroutine, channel);
  for (let w = senders.head; w !== null; w = w.after) listener.acquire(w.goroutine, channel);
}
