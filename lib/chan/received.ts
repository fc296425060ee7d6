// Received: an item, or the news that there will be none.

/** What `recvOk` returns: `ok` is false when the channel is closed and empty. */
export interface Received<T> {
  value: T | undefined;
  ok: boolean;
}
