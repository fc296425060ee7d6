// Interrupts: how the stop button reaches code that never returns to the event loop.
//
// A thread of ours listens on a pipe that only the session writes to. It sets the interrupt word, which the loop guards
// of cells, the scheduler and the waits of the main thread read. When the pipe closes the session is gone, and so are we.
//
// Invariants:
//  I1. An interrupt of execution n is seen by n alone, also when it arrives before n has begun.
//  I2. `Atomics.wait` on the main thread ends within 50 ms of an interrupt.
//
// Rejected: the inspector's terminateExecution (crashes Node 20); a signal handler (runs on the event loop only).
import { Worker } from "node:worker_threads";
import { InterruptError, installInterruptWord } from "../op/index.js";
import { INTERRUPT_FD } from "./protocol.js";

const STOP = 0;
const EXECUTION = 1;
const SLICE_MS = 50;

const LISTENER = `
const { workerData: { word, fd } } = require("node:worker_threads");
const socket = new (require("node:net").Socket)({ fd, readable: true, writable: false });
let text = "";
socket.on("data", (bytes) => {
  text += bytes;
  const lines = text.split("\\n");
  text = lines.pop();
  if (lines.length === 0) return;
  Atomics.store(word, ${EXECUTION}, Number(lines[lines.length - 1]));
  Atomics.store(word, ${STOP}, 1);
});
socket.on("error", () => {});
socket.on("close", () => process.kill(-process.pid, "SIGKILL")); // the group: with what the cells have started
`;

type WaitArray = Int32Array | BigInt64Array;
type WaitResult = "ok" | "not-equal" | "timed-out";

export class Interrupts {
  /** The word that loop guards read: not 0 while an interrupt is pending. */
  readonly word = new Int32Array(new SharedArrayBuffer(8));
  #current = 0;

  constructor() {
    installInterruptWord(this.word);
    const thread = new Worker(LISTENER, {
      eval: true,
      name: "hb-interrupts",
      workerData: { word: this.word, fd: INTERRUPT_FD },
    });
    thread.unref();
    this.#waitInSlices();
  }

  /** Clears an old interrupt; one that was meant for this execution stays. */
  begin(id: number): void {
    this.#current = id;
    // ORDER: the thread stores EXECUTION, then STOP; we clear STOP, then read EXECUTION. Whichever comes second sees
    // the other's store, so the interrupt of `id` is not lost (I1).
    Atomics.store(this.word, STOP, 0);
    if (Atomics.load(this.word, EXECUTION) === id) Atomics.store(this.word, STOP, 1);
  }

  /** Called by loop guards when the word is set. An interrupt that came too late for its own cell is dropped. */
  readonly stop = (): void => {
    // ORDER: the thread stores EXECUTION before STOP, and we have seen STOP.
    if (Atomics.load(this.word, EXECUTION) === this.#current) throw new InterruptError();
    Atomics.store(this.word, STOP, 0);
  };

  // I2. A notification still wakes the wait at once; only the sleep is cut into pieces.
  #waitInSlices(): void {
    const plainWait = Atomics.wait as (
      array: WaitArray,
      index: number,
      value: unknown,
      ms?: number,
    ) => WaitResult;
    const { word } = this;
    const wait = (array: WaitArray, index: number, value: unknown, timeoutMs?: number): WaitResult => {
      const limitMs =
        timeoutMs === undefined || Number.isNaN(Number(timeoutMs)) ? Infinity : Number(timeoutMs);
      const endMs = performance.now() + limitMs;
      for (let restMs = limitMs; ; restMs = endMs - performance.now()) {
        const result = plainWait(array, index, value, Math.max(0, Math.min(restMs, SLICE_MS)));
        if (result !== "timed-out") return result;
        if (Atomics.load(word, STOP) !== 0) throw new InterruptError();
        if (restMs <= SLICE_MS) return "timed-out";
      }
    };
    Object.defineProperty(Atomics, "wait", { value: wait, writable: true, configurable: true });
  }
}
