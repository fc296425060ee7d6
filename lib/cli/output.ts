// Output: where a command writes, and whether in colour.
import picocolors from "picocolors";

export interface Output {
  /** Results: standard output. */
  print(text: string): void;
  /** Everything else: standard error. */
  note(text: string): void;
  /** A line that rewrites itself on a terminal and does not exist elsewhere; `""` clears it. */
  status(text: string): void;
  readonly hasColor: boolean;
  /** How wide the window is; of what is no terminal, nothing. */
  readonly columns?: number | undefined;
}

/** The terminal. `NO_COLOR`, `FORCE_COLOR` and `--no-color` are honoured. */
export function terminal(wantsColor: boolean): Output {
  const { stdout, stderr } = process;
  return {
    hasColor: wantsColor && picocolors.isColorSupported,
    get columns() {
      return stdout.isTTY ? stdout.columns || 80 : undefined;
    },
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    status(text) {
      if (!stderr.isTTY) return;
      const room = (stderr.columns || 80) - 1;
      stderr.write(`\r\u001b[K${text.length > room ? `${text.slice(0, room - 1)}…` : text}`);
    },
  };
}
