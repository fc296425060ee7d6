// Sockets: the five sockets of a kernel, bound to the ports of its connection file.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type * as Zmq from "zeromq";
import { type Message, SendQueue, Wire } from "./wire.js";

/** Jupyter's connection file. */
export interface Connection {
  readonly transport: string;
  readonly ip: string;
  readonly key: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly control_port: number;
  readonly stdin_port: number;
  readonly hb_port: number;
}

/** A socket that takes requests and gives replies. */
export interface Channel {
  readonly queue: SendQueue;
  /** Calls back for each message; a message that cannot be read is reported and skipped. */
  listen(receive: (message: Message) => void): void;
}

/**
 * Reads a connection file.
 *
 * @throws {Error} `kernel: cannot read the connection file <path>: …`
 */
export function readConnection(path: string): Connection {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Connection;
  } catch (error) {
    throw new Error(`kernel: cannot read the connection file ${path}: ${(error as Error).message}`);
  }
}

export class Sockets {
  readonly wire: Wire;
  readonly shell: Channel;
  readonly control: Channel;
  readonly iopub: SendQueue;
  readonly #all: readonly Zmq.Socket[];

  private constructor(
    wire: Wire,
    shell: Zmq.Router,
    control: Zmq.Router,
    iopub: Zmq.Publisher,
    rest: Zmq.Socket[],
  ) {
    this.wire = wire;
    this.shell = channel(wire, shell);
    this.control = channel(wire, control);
    this.iopub = new SendQueue(iopub);
    this.#all = [shell, control, iopub, ...rest];
  }

  /** Binds all five and starts to answer heartbeats. */
  static async bind(connection: Connection): Promise<Sockets> {
    // zeromq comes with tslab.
    const fromTslab = createRequire(createRequire(import.meta.url).resolve("tslab"));
    const zmq = fromTslab("zeromq") as typeof Zmq;
    const [shell, control, stdin] = [new zmq.Router(), new zmq.Router(), new zmq.Router()];
    const iopub = new zmq.Publisher({ sendHighWaterMark: 0, linger: 2_000 });
    const heartbeat = new zmq.Reply();
    const address = (port: number) => `${connection.transport}://${connection.ip}:${port}`;
    await Promise.all([
      shell.bind(address(connection.shell_port)),
      control.bind(address(connection.control_port)),
      stdin.bind(address(connection.stdin_port)),
      iopub.bind(address(connection.iopub_port)),
      heartbeat.bind(address(connection.hb_port)),
    ]);
    void echo(heartbeat);
    return new Sockets(new Wire(connection.key), shell, control, iopub, [stdin, heartbeat]);
  }

  /** Sends what is still queued, then closes. */
  async close(): Promise<void> {
    await Promise.all([this.shell.queue.drained(), this.control.queue.drained(), this.iopub.drained()]);
    for (const socket of this.#all) socket.close();
  }
}

function channel(wire: Wire, socket: Zmq.Router): Channel {
  return {
    queue: new SendQueue(socket),
    listen: (receive) => void read(wire, socket, receive),
  };
}

async function read(wire: Wire, socket: Zmq.Router, receive: (message: Message) => void): Promise<void> {
  for await (const frames of socket) {
    try {
      receive(wire.read(frames));
    } catch (error) {
      console.error(`kernel: ${(error as Error).message}`);
    }
  }
}

async function echo(heartbeat: Zmq.Reply): Promise<void> {
  for await (const frames of heartbeat) await heartbeat.send(frames);
}
