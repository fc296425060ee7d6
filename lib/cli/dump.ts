// hb dump: a goroutine dump of a real Go program, explained.
import { readFileSync } from "node:fs";
import { explainGoDump, parseGoDump } from "../event/index.js";
import { EXIT, UsageError } from "./exit-code.js";
import { fitted } from "./fitted.js";
import type { Output } from "./output.js";

export interface DumpWords {
  readonly json?: boolean;
}

/** Where the dump comes from when no file is named. */
export interface Input {
  readonly isTTY: boolean;
  read(): Promise<string>;
}

/** What is piped into this process. */
export function standardInput(): Input {
  return {
    isTTY: process.stdin.isTTY === true,
    async read() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
      return Buffer.concat(chunks).toString("utf8");
    },
  };
}

/**
 * Explains the dump in `file` (left out or `-`: standard input): who waits for what, the probable holder, the cycle. Exit
 * code 0 when there was a dump, whatever it shows.
 */
export async function dumpCommand(
  file: string | undefined,
  words: DumpWords,
  out: Output,
  input: Input = standardInput(),
): Promise<number> {
  const dump = parseGoDump(await textOf(file, input));
  if (dump.goroutines.length === 0 && dump.races.length === 0) throw new UsageError(explainGoDump(dump));
  out.print(words.json === true ? JSON.stringify(dump, undefined, 2) : fitted(explainGoDump(dump), out));
  return EXIT.ok;
}

async function textOf(file: string | undefined, input: Input): Promise<string> {
  if (file === undefined || file === "-") {
    if (input.isTTY)
      throw new UsageError("missing the dump: name a file, or pipe one in, e.g. go run . 2>&1 | npx hb dump");
    return input.read();
  }
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
