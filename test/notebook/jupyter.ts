// Jupyter: a real Jupyter client (client.py) for tests, and the kernel that it starts.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const python = process.env["HB_TEST_PYTHON"] ?? join(root, ".python", "env", "bin", "python");

/** One message, with the tag of the request that caused it. */
export interface Row {
  readonly channel: "shell" | "iopub" | "control" | "client";
  readonly type: string;
  readonly tag: string;
  // biome-ignore format: one line
  readonly content: Readonly<Record<string, unknown>>;
}

/** What one execution did. */
export interface Executed {
  readonly reply: Row["content"];
  /** Its messages on iopub, in order, without `status`. */
  readonly shown: readonly Row[];
  readonly stdout: string;
  readonly stderr: string;
}

export class Jupyter {
  readonly rows: Row[] = [];
  readonly #client: ChildProcess;
  readonly #looking = new Set<() => void>();
  #tags = 0;
  pid = 0;

  private constructor() {
    if (!existsSync(python)) throw new Error(`no Python environment at ${python}; run \`npm start\` once`);
    const script = fileURLToPath(new URL("client.py", import.meta.url));
    this.#client = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
    if (this.#client.stdout === null) throw new Error("no pipe to the client");
    createInterface({ input: this.#client.stdout }).on("line", (line) => {
      this.rows.push(JSON.parse(line) as Row);
      for (const look of [...this.#looking]) look();
    });
  }

  /** Starts a kernel and waits until it answers. */
  static async start(
    options: { cwd?: string; env?: NodeJS.ProcessEnv; mode?: "signal" | "message" } = {},
  ): Promise<Jupyter> {
    const jupyter = new Jupyter();
    const { cwd = root, env = {}, mode = "signal" } = options;
    jupyter.#tell({
      do: "start",
      argv: [process.execPath, join(root, "lib", "cli", "kernel.mjs")],
      env: { ...process.env, ...env },
      cwd,
      mode,
    });
    const started = await jupyter.until((row) => row.type === "started");
    jupyter.pid = Number(started.content["pid"]);
    return jupyter;
  }

  #tell(command: object): void {
    this.#client.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /** Resolves with the first message, from now or before, for which `is` holds. */
  until(is: (row: Row) => boolean): Promise<Row> {
    return new Promise((resolve) => {
      const look = () => {
        const row = this.rows.find(is);
        if (row === undefined) return;
        this.#looking.delete(look);
        resolve(row);
      };
      this.#looking.add(look);
      look();
    });
  }

  /** Sends a request and returns the tag under which its messages come back. */
  send(type: string, content: object, channel: "shell" | "control" = "shell"): string {
    const tag = `t${++this.#tags}`;
    this.#tell({ do: "send", type, content, channel, tag });
    return tag;
  }

  async request(
    type: string,
    content: object = {},
    channel: "shell" | "control" = "shell",
  ): Promise<Row["content"]> {
    const tag = this.send(type, content, channel);
    return (await this.until((row) => row.channel === channel && row.tag === tag)).content;
  }

  /** Sends an execution without waiting for it. */
  begin(code: string, content: object = {}): string {
    return this.send("execute_request", {
      code,
      silent: false,
      store_history: true,
      stop_on_error: true,
      ...content,
    });
  }

  /** Waits for the end of an execution. */
  async end(tag: string): Promise<Executed> {
    const reply = await this.until((row) => row.channel === "shell" && row.tag === tag);
    await this.until(
      (row) => row.tag === tag && row.type === "status" && row.content["execution_state"] === "idle",
    );
    return { reply: reply.content, ...this.shown(tag) };
  }

  /** What an execution has shown until now. */
  shown(tag: string): Omit<Executed, "reply"> {
    const shown = this.rows.filter(
      (row) => row.channel === "iopub" && row.tag === tag && row.type !== "status",
    );
    const text = (name: string) =>
      shown
        .filter((row) => row.type === "stream" && row.content["name"] === name)
        .map((row) => row.content["text"]);
    return { shown, stdout: text("stdout").join(""), stderr: text("stderr").join("") };
  }

  run(code: string, content: object = {}): Promise<Executed> {
    return this.end(this.begin(code, content));
  }

  /** Resolves when an execution has printed a text. */
  printed(tag: string, text: string): Promise<Row> {
    return this.until(
      (row) => row.tag === tag && row.type === "stream" && String(row.content["text"]).includes(text),
    );
  }

  interrupt(): void {
    this.#tell({ do: "interrupt" });
  }

  async alive(): Promise<Row["content"]> {
    const before = this.rows.length;
    this.#tell({ do: "alive" });
    return (await this.until((row) => row.type === "alive" && this.rows.indexOf(row) >= before)).content;
  }

  async shutdown(): Promise<void> {
    const ended = new Promise((resolve) => this.#client.once("exit", resolve));
    this.#tell({ do: "shutdown" });
    this.#client.stdin?.end();
    await ended;
  }

  /** Kills the client, and with it the kernel's parent. */
  killClient(): void {
    this.#client.kill("SIGKILL");
  }
}
