// Wire: Jupyter's messages as frames, signed with the connection's key, and sockets that are written one at a time.
//
// Source: "Messaging in Jupyter", protocol 5.4, https://jupyter-client.readthedocs.io/en/stable/messaging.html
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

export type Content = Readonly<Record<string, unknown>>;

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

/** A message that came in. */
export interface Message {
  readonly identities: readonly Buffer[];
  readonly header: Header;
  readonly metadata: Content;
  readonly content: Content;
}

const DELIMITER = Buffer.from("<IDS|MSG>");
const PROTOCOL = "5.4";

/** Signs and reads the messages of one connection. */
export class Wire {
  readonly #key: string;
  readonly #session = randomUUID();

  constructor(key: string) {
    this.#key = key;
  }

  /**
   * Reads a message.
   *
   * @throws {Error} `message without delimiter`, `message with a wrong signature`, or a SyntaxError of its JSON
   */
  read(frames: readonly Buffer[]): Message {
    const at = frames.findIndex((frame) => frame.equals(DELIMITER));
    if (at === -1) throw new Error("message without delimiter");
    const [signature, header, parent, metadata, content] = frames.slice(at + 1);
    if (!signature || !header || !parent || !metadata || !content)
      throw new Error("message with too few frames");
    const expected = Buffer.from(this.#sign([header, parent, metadata, content]));
    const isRight = signature.length === expected.length && timingSafeEqual(signature, expected);
    if (this.#key !== "" && !isRight) throw new Error("message with a wrong signature");
    return {
      identities: frames.slice(0, at),
      header: JSON.parse(header.toString()) as Header,
      metadata: JSON.parse(metadata.toString()) as Content,
      content: JSON.parse(content.toString()) as Content,
    };
  }

  /** Makes the frames of a message that has to do with `parent`; `to` are the receivers' identities. */
  write(
    type: string,
    content: Content,
    parent: Message | undefined,
    to: readonly (Buffer | string)[],
  ): (Buffer | string)[] {
    const header: Header = {
      msg_id: randomUUID(),
      msg_type: type,
      session: this.#session,
      username: parent?.header.username ?? "kernel",
      date: new Date().toISOString(),
      version: PROTOCOL,
    };
    const body = [header, parent?.header ?? {}, {}, content].map((part) => Buffer.from(JSON.stringify(part)));
    return [...to, DELIMITER, this.#sign(body), ...body];
  }

  #sign(parts: readonly Buffer[]): string {
    if (this.#key === "") return "";
    const hmac = createHmac("sha256", this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  }
}

/** What is needed of a socket. */
export interface SendingSocket {
  send(frames: (Buffer | string)[]): Promise<void>;
}

/**
 * Sends in order, each message when the one before it is out: zeromq refuses two at a time
 * ("Socket is busy writing; only one send operation may be in progress at any time").
 */
export class SendQueue {
  readonly #socket: SendingSocket;
  #last: Promise<void> = Promise.resolve();

  constructor(socket: SendingSocket) {
    this.#socket = socket;
  }

  /** Resolves when the message is out. A closed socket swallows it. */
  send(frames: (Buffer | string)[]): Promise<void> {
    this.#last = this.#last.then(() => this.#socket.send(frames)).catch(() => {});
    return this.#last;
  }

  /** Resolves when everything sent so far is out. */
  drained(): Promise<void> {
    return this.#last;
  }
}
