// Jepsen's histories: invocations and completions as events in one log, in EDN or as lines of jepsen.log.
//
// Source: Jepsen (jepsen.io), jepsen.history; the logs of Porcupine's tests. `ok` took effect; `fail` did not; after `info`
// nobody knows, and the process makes no further operation.
import { type Edn, readEdn } from "./edn.js";
import type { Operation } from "./operation.js";
import type { CasRegisterInput, MapInput } from "./values.js";

/** What a process was about to do, e.g. `{ f: "write", value: 3 }`; `key` where the log has one. */
export interface JepsenInput {
  readonly f: string;
  readonly value: Edn;
  readonly key?: Edn;
}

/** How it ended. */
export interface JepsenOutput {
  readonly type: "ok" | "fail";
  readonly value: Edn;
}

interface Event extends JepsenInput {
  readonly process: number;
  readonly type: string;
}

/** `INFO  jepsen.util - 3  :invoke  :write  4`, and the newer `… jepsen.util: 3 :invoke :write 4`. */
const LINE = /jepsen\.util\s*[-:]\s*(\d+)\s+:(invoke|ok|fail|info)\s+:(\S+)\s+(.+)$/;

/**
 * Reads a Jepsen history: maps such as `{:process 0, :type :invoke, :f :write, :value 3}`, one behind another or in one
 * vector, or lines of jepsen.log (other lines are passed over). Times are places in the log. Processes without a number
 * (`:nemesis`) are left out; what ended with `:info`, or not at all, is pending.
 *
 * **Cost:** O(length of the text).
 *
 * @throws {RangeError} ``readJepsen: expected process 3 to end an operation before event 7``
 *
 * @example
 * ```ts
 * const history = readJepsen(`
 *   {:process 0, :type :invoke, :f :write, :value 3}
 *   {:process 0, :type :ok, :f :write, :value 3}`);
 * console.log(history.length, history[0]?.input.f, history[0]?.return); // prints: 1 write 1
 * ```
 */
export function readJepsen(text: string): Operation<JepsenInput, JepsenOutput>[] {
  type Open = {
    -readonly [K in keyof Operation<JepsenInput, JepsenOutput>]: Operation<JepsenInput, JepsenOutput>[K];
  };
  const history: Open[] = [];
  const open = new Map<number, Open>();
  for (const [at, { process, type, ...input }] of eventsOf(text).entries()) {
    const begun = open.get(process);
    if ((type === "invoke") === (begun !== undefined)) {
      const what = type === "invoke" ? "end" : "begin";
      throw new RangeError(
        `readJepsen: expected process ${process} to ${what} an operation before event ${at}`,
      );
    }
    if (begun === undefined) {
      const operation: Open = { client: process, input, call: at };
      history.push(operation);
      open.set(process, operation);
      continue;
    }
    open.delete(process);
    if (type !== "ok" && type !== "fail") continue;
    begun.output = { type, value: input.value };
    begun.return = at;
  }
  return history;
}

function eventsOf(text: string): Event[] {
  const lines = text.split("\n").flatMap((line) => LINE.exec(line.trimEnd()) ?? []);
  if (lines.length > 0) return eventsOfLines(text);
  const forms = readEdn(text);
  const maps = forms.length === 1 && Array.isArray(forms[0]) ? (forms[0] as readonly Edn[]) : forms;
  return maps.flatMap((form) => {
    const { process, type, f, value = null, key } = form as { readonly [name: string]: Edn };
    if (typeof process !== "number") return [];
    return [{ process, type: String(type), f: String(f), value, ...(key !== undefined && { key }) }];
  });
}

function eventsOfLines(text: string): Event[] {
  return text.split("\n").flatMap((line) => {
    const [, process, type, f, value] = LINE.exec(line.trimEnd()) ?? [];
    if (process === undefined || type === undefined || f === undefined || value === undefined) return [];
    return [{ process: Number(process), type, f, value: readEdn(value)[0] ?? null }];
  });
}

/**
 * Reads a Jepsen history of `:read`, `:write` and `:cas [from to]` for `models.casRegister(null)`; null is `nil`. A `:cas`
 * that failed counts as one that returned false; other operations that failed are left out, as are pending reads.
 *
 * @throws {RangeError} ``readRegisterLog: expected :read, :write or :cas, got :append``
 *
 * @example
 * ```ts
 * const history = readRegisterLog(`
 *   INFO  jepsen.util - 0  :invoke  :write  3
 *   INFO  jepsen.util - 1  :invoke  :cas  [3 4]
 *   INFO  jepsen.util - 1  :ok  :cas  [3 4]
 *   INFO  jepsen.util - 0  :info  :write  :timed-out`);
 * console.log(checkLinearizable(history, models.casRegister<Edn>(null)).verdict); // prints: ok
 * ```
 */
export function readRegisterLog(text: string): Operation<CasRegisterInput<Edn>, Edn | undefined>[] {
  return readJepsen(text).flatMap((operation): Operation<CasRegisterInput<Edn>, Edn | undefined>[] => {
    const { input, output } = operation;
    if (output?.type === "fail" && input.f !== "cas") return [];
    if (input.f === "read") {
      return output === undefined ? [] : [{ ...operation, input: { op: "read" }, output: output.value }];
    }
    if (input.f === "write")
      return [{ ...operation, input: { op: "write", value: input.value }, output: undefined }];
    if (input.f !== "cas")
      throw new RangeError(`readRegisterLog: expected :read, :write or :cas, got :${input.f}`);
    const [from = null, to = null] = input.value as readonly Edn[];
    return [{ ...operation, input: { op: "cas", from, to }, output: output && output.type === "ok" }];
  });
}

/**
 * Reads a log of a key-value store, `{:process 9, :type :invoke, :f :append, :key "0", :value "x"}` with `:get`, `:put` and
 * `:append`, for `models.map<Edn, Edn>(…)`. Failed operations and pending `:get`s are left out.
 *
 * @throws {RangeError} ``readKeyValueLog: expected :get, :put or :append, got :cas``
 *
 * @example
 * ```ts
 * const history = readKeyValueLog(`
 *   {:process 0, :type :invoke, :f :put, :key "a", :value "x"}
 *   {:process 0, :type :ok, :f :put, :key "a", :value "x"}
 *   {:process 1, :type :invoke, :f :get, :key "a", :value nil}
 *   {:process 1, :type :ok, :f :get, :key "a", :value ""}`);
 * console.log(checkLinearizable(history, models.map<Edn, Edn>("")).verdict); // prints: illegal
 * ```
 */
export function readKeyValueLog(text: string): Operation<MapInput<Edn, Edn>, Edn | undefined>[] {
  return readJepsen(text).flatMap((operation): Operation<MapInput<Edn, Edn>, Edn | undefined>[] => {
    const { input, output } = operation;
    const { f, key = null, value } = input;
    if (f !== "get" && f !== "put" && f !== "append") {
      throw new RangeError(`readKeyValueLog: expected :get, :put or :append, got :${f}`);
    }
    if (output?.type === "fail" || (f === "get" && output === undefined)) return [];
    if (f === "get") return [{ ...operation, input: { op: f, key }, output: output?.value }];
    return [{ ...operation, input: { op: f, key, value }, output: undefined }];
  });
}
