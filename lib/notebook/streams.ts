// Streams: `process.stdout` and `process.stderr` of the process lead to the cell that writes.
import { StringDecoder } from "node:string_decoder";
import { contexts } from "./cell-context.js";

type Callback = (error?: Error | null) => void;

/** Replaces the `write` of both streams. Output of workers comes through here too. */
export function captureStreams(): void {
  for (const name of ["stdout", "stderr"] as const) {
    const decoder = new StringDecoder("utf8"); // a character may be split over two writes
    const write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | Callback,
      callback?: Callback,
    ): boolean => {
      const text = typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk));
      contexts.current()?.outputs.write(name, text);
      const done = typeof encoding === "function" ? encoding : callback;
      if (done !== undefined) process.nextTick(done);
      return true;
    };
    process[name].write = write as typeof process.stdout.write;
  }
}
