// Kernel: Jupyter's protocol over a session.
//
// Invariants:
//  I1. Every request is answered, between a `busy` and an `idle` of its own.
//  I2. An execution's outputs, `execute_result` or `error` included, are sent before its `idle`.
//  I3. After an error, requests that were waiting are answered `aborted` and not run, unless the failed request said
//      `stop_on_error: false`. Requests that come after the reply always run.
//
// Only executions wait for each other; completion, inspection and the control channel are answered while a cell runs.
import type { CellOutcome, CellOutput } from "./cell.js";
import { History } from "./history.js";
import { kernelInfo } from "./kernel-info.js";
import { codePoints, utf16Offset } from "./offsets.js";
import { Session } from "./session.js";
import { type Channel, type Connection, Sockets } from "./sockets.js";
import type { Content, Message } from "./wire.js";

export interface KernelOptions {
  readonly connection: Connection;
  readonly root?: string;
  /** The process whose end ends the kernel. */
  readonly parentPid?: number;
}

// Requests of one "Run All" are on their way together; this long after an error they are looked for.
const ABORT_WINDOW_MS = 15;
const PARENT_MS = 1_000;
/** After the first question: front ends ask several at the start, and loading the compiler blocks for about 1 s. */
const WARM_UP_MS = 250;

export class Kernel {
  readonly #sockets: Sockets;
  readonly #session: Session;
  readonly #history = new History();
  readonly #waiting: Message[] = [];
  #executing: Message | undefined;
  #count = 0;
  #isWarm = false;
  readonly #ended: Promise<void>;
  #end: () => void = () => {};

  private constructor(sockets: Sockets, session: Session) {
    this.#sockets = sockets;
    this.#session = session;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Runs a kernel until it is shut down or its parent dies. */
  static async run(options: KernelOptions): Promise<void> {
    const session = new Session(options.root === undefined ? {} : { root: options.root });
    try {
      const kernel = new Kernel(await Sockets.bind(options.connection), session);
      kernel.#listen();
      kernel.#endWith(options.parentPid);
      await kernel.#ended;
      await kernel.#sockets.close();
    } finally {
      session.dispose();
    }
  }

  #listen(): void {
    const { shell, control } = this.#sockets;
    for (const channel of [shell, control]) channel.listen((message) => void this.#receive(channel, message));
    process.on("SIGINT", () => this.#session.interrupt());
    process.on("SIGTERM", () => this.#end());
  }

  /** A kernel whose server was killed would run for ever. */
  #endWith(parentPid: number | undefined): void {
    if (parentPid === undefined) return;
    const startedBy = process.ppid;
    const look = setInterval(() => {
      const isOrphan = startedBy === parentPid && process.ppid !== startedBy;
      if (isOrphan || !isAlive(parentPid)) this.#end();
    }, PARENT_MS);
    look.unref();
  }

  async #receive(channel: Channel, message: Message): Promise<void> {
    if (message.header.msg_type === "execute_request") {
      this.#waiting.push(message);
      if (this.#executing === undefined) void this.#executeWaiting(channel);
      return;
    }
    this.#status("busy", message);
    try {
      this.#answer(channel, message);
    } catch (error) {
      const { name, message: evalue } = error as Error;
      const type = message.header.msg_type.replace(/_request$/, "_reply");
      this.#reply(channel, message, type, { status: "error", ename: name, evalue, traceback: [] });
    }
    this.#status("idle", message);
    // Front ends show the last status as the kernel's: a running cell is still busy.
    if (this.#executing !== undefined) this.#status("busy", this.#executing);
  }

  #answer(channel: Channel, message: Message): void {
    const { content } = message;
    const code = String(content["code"] ?? "");
    const reply = (type: string, body: Content) =>
      this.#reply(channel, message, type, { status: "ok", ...body });
    switch (message.header.msg_type) {
      case "kernel_info_request":
        reply("kernel_info_reply", kernelInfo());
        this.#warmUpSoon();
        break;
      case "is_complete_request": {
        const { completed, indent } = this.#session.isComplete(code);
        reply(
          "is_complete_reply",
          completed ? { status: "complete" } : { status: "incomplete", indent: indent ?? "" },
        );
        break;
      }
      case "complete_request": {
        const at = utf16Offset(code, Number(content["cursor_pos"] ?? code.length));
        const { matches, start, end } = this.#session.complete(code, at);
        const cursor_start = codePoints(code, start);
        reply("complete_reply", { matches, cursor_start, cursor_end: codePoints(code, end), metadata: {} });
        break;
      }
      case "inspect_request": {
        const text = this.#session.inspect(code, utf16Offset(code, Number(content["cursor_pos"] ?? 0)));
        const data = text === undefined ? {} : { "text/plain": text };
        reply("inspect_reply", { found: text !== undefined, data, metadata: {} });
        break;
      }
      case "history_request":
        reply("history_reply", { history: this.#history.find(content) });
        break;
      case "comm_info_request":
        reply("comm_info_reply", { comms: {} });
        break;
      case "comm_open": // we have no targets; the protocol wants the comm closed again
        this.#publish("comm_close", { comm_id: content["comm_id"], data: {} }, message);
        break;
      case "comm_msg":
      case "comm_close":
        break;
      case "interrupt_request":
        this.#session.interrupt();
        reply("interrupt_reply", {});
        break;
      case "shutdown_request":
        reply("shutdown_reply", { restart: content["restart"] === true });
        this.#end();
        break;
      default:
        if (message.header.msg_type.endsWith("_request")) {
          throw new Error(`unknown request ${JSON.stringify(message.header.msg_type)}`);
        }
    }
  }

  #warmUpSoon(): void {
    if (this.#isWarm) return;
    this.#isWarm = true;
    setTimeout(() => this.#session.warmUp(), WARM_UP_MS).unref();
  }

  async #executeWaiting(channel: Channel): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#executing = next;
      this.#status("busy", next);
      const outcome = await this.#execute(next);
      const doesStop = outcome.status === "error" && next.content["stop_on_error"] !== false;
      if (doesStop) await new Promise((resolve) => setTimeout(resolve, ABORT_WINDOW_MS));
      const aborted = doesStop ? this.#waiting.splice(0) : []; // I3: before the reply
      this.#reply(channel, next, "execute_reply", this.#executeReply(next, outcome));
      this.#status("idle", next);
      for (const message of aborted) {
        this.#status("busy", message);
        this.#reply(channel, message, "execute_reply", { status: "aborted" });
        this.#status("idle", message);
      }
    }
    this.#executing = undefined;
  }

  async #execute(message: Message): Promise<CellOutcome> {
    const code = String(message.content["code"] ?? "");
    const isSilent = message.content["silent"] === true;
    if (!isSilent) {
      this.#count++;
      this.#publish("execute_input", { code, execution_count: this.#count }, message);
      if (message.content["store_history"] !== false) this.#history.add(this.#count, code);
    }
    const outcome = await this.#session.execute(code, {
      file: isSilent ? `cell-silent-${message.header.msg_id}.ts` : `cell-${this.#count}.ts`,
      onOutput: (output) => this.#show(output, message),
    });
    if (isSilent) return outcome;
    if (outcome.status === "error") this.#publish("error", { ...outcome.error }, message);
    else if (outcome.result !== undefined) {
      const execution_count = this.#count;
      this.#publish("execute_result", { execution_count, data: outcome.result, metadata: {} }, message);
    }
    return outcome;
  }

  #executeReply(message: Message, outcome: CellOutcome): Content {
    const execution_count = this.#count;
    if (outcome.status === "error")
      return { status: "error", execution_count, ...outcome.error, payload: [] };
    const asked = Object.keys((message.content["user_expressions"] as Content | undefined) ?? {});
    const refusal = { status: "error", ename: "NotSupported", evalue: "no user expressions", traceback: [] };
    const user_expressions = Object.fromEntries(asked.map((name) => [name, refusal]));
    return { status: "ok", execution_count, user_expressions, payload: [] };
  }

  #show(output: CellOutput, parent: Message): void {
    if (output.kind === "stream") {
      this.#publish("stream", { name: output.name, text: output.text }, parent);
      return;
    }
    const { data, metadata, displayId } = output;
    const transient = displayId === undefined ? {} : { display_id: displayId };
    const type = output.kind === "update" ? "update_display_data" : "display_data";
    this.#publish(type, { data, metadata, transient }, parent);
  }

  #status(execution_state: "busy" | "idle", parent: Message): void {
    this.#publish("status", { execution_state }, parent);
  }

  #publish(type: string, content: Content, parent: Message): void {
    void this.#sockets.iopub.send(this.#sockets.wire.write(type, content, parent, [type]));
  }

  #reply(channel: Channel, to: Message, type: string, content: Content): void {
    void channel.queue.send(this.#sockets.wire.write(type, content, to, to.identities));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === "EPERM";
  }
}
