// Steps: what a start or a test run is doing, with its progress and the time it took.
//
// On a terminal the current step is one line that is rewritten; elsewhere (CI, a pipe) it is a line when the step
// begins, one every ten seconds, and one when it ends. Nothing is printed twice and nothing is silent for long.

const REDRAW_MS = 120;
const REMIND_MS = 10_000;

/** Prints the steps of one command. */
export class Steps {
  #write;
  #isTerminal;
  #quiet;

  /**
   * @param {{ write?: (text: string) => void, isTerminal?: boolean, quiet?: boolean }} options
   *   `write` receives whole lines (with their newline); `quiet` prints only steps that do something.
   */
  constructor(options = {}) {
    this.#write = options.write ?? ((text) => process.stderr.write(text));
    this.#isTerminal = options.isTerminal ?? (options.write === undefined && process.stderr.isTTY === true);
    this.#quiet = options.quiet ?? false;
  }

  /** Says that a step had nothing to do. */
  skip(name, why) {
    if (!this.#quiet) this.#write(`  ✓ ${name}: ${why}\n`);
  }

  /** Prints a remark between steps. */
  note(text) {
    this.#write(`    ${text}\n`);
  }

  /**
   * Runs one step.
   *
   * @template T
   * @param {string} name what the step does, e.g. "Python environment"
   * @param {(progress: (text: string) => void) => Promise<T>} work calls `progress` with a few words, as often as it likes
   * @returns {Promise<T>} what `work` returns
   */
  async run(name, work) {
    const begin = Date.now();
    let detail = "";
    const line = () => `${name} … ${seconds(begin)}${detail === "" ? "" : `  ${detail}`}`;
    const tick = this.#isTerminal
      ? () => this.#write(`\r\u001b[K  · ${clip(line(), (process.stderr.columns ?? 80) - 5)}`)
      : () => this.#write(`  · ${line()}\n`);
    if (!this.#isTerminal) this.#write(`  · ${name} …\n`);
    const timer = setInterval(tick, this.#isTerminal ? REDRAW_MS : REMIND_MS);
    const clear = this.#isTerminal ? "\r\u001b[K" : "";
    try {
      const result = await work((text) => {
        detail = text;
      });
      this.#write(`${clear}  ✓ ${name}: done in ${seconds(begin)}\n`);
      return result;
    } catch (error) {
      this.#write(`${clear}  ✗ ${name}: failed after ${seconds(begin)}\n`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }
}

/** The time since `beginMs`, as people read it: `0.4 s`, `75 s`. */
export function seconds(beginMs, nowMs = Date.now()) {
  const elapsed = (nowMs - beginMs) / 1000;
  return `${elapsed < 10 ? elapsed.toFixed(1) : Math.round(elapsed)} s`;
}

function clip(text, width) {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
