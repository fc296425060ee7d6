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
  return mapStrings(data, (text) => prefixes.reduce((rest, prefix) => rest.replaceAll(prefix, ""), text));
}

/** Returns a copy of plain data in which every string that is a value, not a key, went through `change`. */
export function mapStrings<T>(data: T, change: (text: string) => string): T {
  return mapped(data, change) as T;
}

function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, change)]));
}
