// Hash: spreads keys over shards, the same way on every machine and in every run.
//
// Source: FNV-1a (Fowler, Noll, Vo) over the key's text, with MurmurHash3's last mix so that the low bits are good.

/** What can be sharded by: a key whose text says all about it. */
export type ShardKey = string | number | bigint | boolean;

/**
 * Returns the shard of `key`, from 0 to `shards - 1`. O(length of the key's text).
 *
 * @throws {TypeError} naming `what` and the key: objects have no text to hash
 */
export function shardOf(what: string, key: ShardKey, shards: number): number {
  const kind = typeof key;
  if (kind === "object" || kind === "function" || kind === "symbol" || kind === "undefined") {
    throw new TypeError(
      `${what}: expected \`key\` to be a string, number, bigint or boolean, got ${String(key)}`,
    );
  }
  const text = String(key);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % shards;
}

/** Refuses a number of shards that is none. @throws {RangeError} naming `what` and the value */
export function checkShards(what: string, shards: number): void {
  if (Number.isInteger(shards) && shards >= 1 && shards <= 65_536) return;
  throw new RangeError(
    `${what}: expected \`shards\` to be an integer from 1 to 65536, got ${String(shards)}`,
  );
}
