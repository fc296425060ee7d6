// ChannelError: a channel between threads used after its end.

/** A send on a closed channel, or closing it twice, with Go's text. */
export class ChannelError extends Error {
  override readonly name = "ChannelError";
}
