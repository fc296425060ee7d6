// tidyPaths: places in data and texts as a learner knows them: `transfer.ts:12`, not a path into a hidden folder.

/**
 * Returns a copy of plain data in which the folder of the running submission, and the project's root, are dropped
 * from every string. **Cost:** O(size of the data).
 */
export function tidyPaths<T>(data: T, folder: string, root: string): T {
  const prefixes = [folder, root].flatMap((path) => [
    `${new URL(`file://${encodeURI(path)}`).href}/`,
    `${path}/`,
  ]);
  return tidy(data, prefixes) as T;
}

function tidy(value: unknown, prefixes: readonly string[]): unknown {
  if (typeof value === "string") {
    return prefixes.reduce((text, prefix) => text.replaceAll(prefix, ""), value);
  }
  if (Array.isArray(value)) return value.map((item) => tidy(item, prefixes));
  if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tidy(item, prefixes)]));
}
