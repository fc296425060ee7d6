// ClosedDetector: who had closed the channel that a goroutine closed again, or sent on. A panic has the one line only.
//
// Limits: says nothing of a panic that was recovered from: the program has dealt with it.

import { Chan } from "../chan/index.js";
import type { Finding } from "../event/index.js";
import {
  Detector,
  type DetectorOptions,
  type G,
  markStack,
  ObjectNames,
  type OpKind,
  PanicError,
  type Runtime,
  type StackMark,
} from "../runtime/index.js";
import { called, place, topOf } from "./words.js";

type AnyChan = Chan<unknown>;

interface Closing {
  readonly g: G;
  readonly mark: StackMark | undefined;
}

const TEXTS = new Set(["close of closed channel", "send on closed channel"]);

/** Tells both sides of a close that came too early. Made for `detect: ["closed"]`. */
export class ClosedDetector extends Detector {
  readonly #withStacks: boolean;
  readonly #sites = new WeakMap<G, StackMark>();
  readonly #closings = new WeakMap<AnyChan, Closing>();
  /** The channels on which a goroutine has tried to send last: several in a select. */
  readonly #tried = new WeakMap<G, readonly AnyChan[]>();

  /** The channel that a goroutine could not close, when that was found in its turn only. */
  readonly #refused = new WeakMap<G, AnyChan>();

  constructor({ withStacks }: Pick<DetectorOptions, "withStacks">) {
    super();
    this.#withStacks = withStacks;
  }

  /** The runtime tells of the panic; what is known about it stands in `details`. */
  override get hasFindings(): boolean {
    return false;
  }
  override findings(): Finding[] {
    return [];
  }

  override site(g: G, { name }: OpKind): void {
    if (this.#withStacks && (name === "close" || name === "send" || name === "select")) {
      this.#sites.set(g, markStack());
    }
  }

  override access(g: G, holder: object, _name: string, isWrite: boolean): void {
    if (!(holder instanceof Chan)) return;
    if (isWrite) this.#closings.set(holder, { g, mark: this.#sites.get(g) });
    else this.#tried.set(g, [holder]);
  }

  override park(g: G, arg: unknown): void {
    if (g.kind?.name !== "select" || !Array.isArray(arg)) return;
    const cases = arg as ({ readonly kind: string; readonly chan?: unknown } | null)[];
    this.#tried.set(
      g,
      cases.flatMap((c) => (c?.kind === "send" && c.chan instanceof Chan ? c.chan : [])),
    );
  }

  override panic(g: G): void {
    if (g.object instanceof Chan) this.#refused.set(g, g.object);
  }

  override details(rt: Runtime, { verdict, message, at, goroutines }: Finding): Partial<Finding> {
    if (verdict !== "panic" || rt.ending?.why !== "panic") return {};
    const { error, g } = rt.ending;
    if (!(error instanceof PanicError) || !TEXTS.has(error.message)) return {};
    const isClose = error.message.startsWith("close");
    const channels = isClose ? [this.#refused.get(g), g.object] : (this.#tried.get(g) ?? []);
    const channel = channels.find((c) => c instanceof Chan && this.#closings.has(c)) as AnyChan | undefined;
    const closing = channel === undefined ? undefined : this.#closings.get(channel);
    if (channel === undefined || closing === undefined) return {};
    const name = (rt.trace?.names ?? new ObjectNames()).nameOf(channel);
    const closedAt = topOf(closing.mark);
    return {
      message: [
        message,
        `  ${called(g)} ${isClose ? "closes" : "sends on"} ${name}${place(at[0] ?? topOf(this.#sites.get(g)))}`,
        `  ${closing.g === g ? "it" : called(closing.g)} had closed it${place(closedAt)}`,
        isClose
          ? "next: let one goroutine close it, the one that sends; or close it inside a Once."
          : "next: let who sends close it, when it has sent all; with several senders, close it after a WaitGroup has waited for them.",
      ].join("\n"),
      goroutines: [...new Set([...goroutines, closing.g.id])],
      at: closedAt === undefined ? at : [...at, closedAt],
    };
  }
}
