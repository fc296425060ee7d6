// Passage: how a Chan's values get through: through cells (buffered.ts) or from hand to hand (rendezvous.ts).

import type { WaitOptions } from "./park.js";
import type { RecvCase, SendCase } from "./selectcase.js";

/** In place of a value: there is none now. */
export const NOTHING: unique symbol = Symbol("nothing");
/** In place of a value: closed, and none will come. */
export const END: unique symbol = Symbol("end");

/** One kind of channel. `prepare` makes the bytes of the value that is sent (chan.ts I1); it is called again for each attempt. */
export interface Passage {
  readonly isClosed: boolean;
  readonly length: number;
  close(): void;
  trySend(prepare: () => void): boolean;
  send(prepare: () => void): void;
  sendAsync(prepare: () => void, options: WaitOptions): Promise<boolean>;
  tryRecv(): unknown;
  recv(): unknown;
  recvAsync(options: WaitOptions): Promise<unknown>;
  sendCase(prepare: () => void): SendCase;
  recvCase(): RecvCase<unknown>;
}
