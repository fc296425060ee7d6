// plain: values as text and back, for the pipe between the child that runs a submission and the grader.
//
// JSON, with what JSON loses written as a one-key object: `{"$number":"NaN"}`, `{"$bigint":"7"}`,
// `{"$undefined":true}`, `{"$map":[…]}`, `{"$set":[…]}`. An object that has such a key itself is wrapped in
// `{"$object":…}`. Functions, symbols and cycles become text that says so. Rejected: `v8.serialize`, whose
// reader is not made for bytes from somebody who is not trusted.
//
// Invariants:
//  I1. What `decode` returns holds only primitives, arrays, Maps, Sets and objects with the usual prototype.
//  I2. No key of the text can reach a prototype: every key is defined, none is assigned.
//  I3. Nothing here is looked up on a global when it runs: the submission may have replaced it.

type Tagged = Readonly<Record<string, unknown>>;

const { parse, stringify } = JSON; // I3
const { create, defineProperty, is, keys } = Object;
const { isArray, from } = Array;

/** Writes a value as one line of text. Own enumerable string keys only. Getters that throw are written as text. */
export function encode(value: unknown): string {
  return stringify(simplify(value, new Set()));
}

/**
 * Reads what `encode` wrote.
 *
 * @throws {SyntaxError} when the text is not JSON
 */
export function decode(text: string): unknown {
  return restore(parse(text));
}

function simplify(value: unknown, above: Set<object>): unknown {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) && !is(value, -0) ? value : { $number: numberText(value) };
    case "bigint":
      return { $bigint: String(value) };
    case "undefined":
      return { $undefined: true };
    case "function":
      return `[function ${value.name || "without a name"}]`;
    case "symbol":
      return String(value);
    case "object":
      return value === null ? null : simplifyObject(value, above);
    default:
      return value;
  }
}

function numberText(value: number): string {
  return is(value, -0) ? "-0" : String(value);
}

function simplifyObject(value: object, above: Set<object>): unknown {
  if (above.has(value)) return "[circular]";
  above.add(value);
  const simple = simplifyFresh(value, above);
  above.delete(value);
  return simple;
}

function simplifyFresh(value: object, above: Set<object>): unknown {
  if (isArray(value)) return from(value, (item) => simplify(item, above));
  if (value instanceof Map) {
    return { $map: [...value].map(([key, item]) => [simplify(key, above), simplify(item, above)]) };
  }
  if (value instanceof Set) return { $set: [...value].map((item) => simplify(item, above)) };
  if (value instanceof Error) return { name: value.name, message: value.message };
  const simple: Record<string, unknown> = create(null) as Record<string, unknown>;
  let hasTag = false;
  for (const key of keys(value)) {
    hasTag ||= key.startsWith("$");
    simple[key] = simplify(read(value, key), above);
  }
  return hasTag ? { $object: simple } : simple;
}

function read(value: object, key: string): unknown {
  try {
    return (value as Tagged)[key];
  } catch (error) {
    return `[threw ${String(error)}]`;
  }
}

function restore(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isArray(value)) return value.map(restore);
  const [first = "", ...others] = keys(value);
  const tag = others.length === 0 && first.startsWith("$") ? first : undefined;
  return tag === undefined ? restoreObject(value as Tagged) : restoreTagged(tag, (value as Tagged)[tag]);
}

function restoreTagged(tag: string, inner: unknown): unknown {
  if (tag === "$number") return Number(inner);
  if (tag === "$bigint" && typeof inner === "string" && /^-?\d+$/.test(inner)) return BigInt(inner);
  if (tag === "$map" && isArray(inner)) {
    return new Map(inner.filter(isArray).map((pair) => [restore(pair[0]), restore(pair[1])]));
  }
  if (tag === "$set" && isArray(inner)) return new Set(inner.map(restore));
  if (tag === "$object" && typeof inner === "object" && inner !== null) return restoreObject(inner as Tagged);
  return undefined;
}

function restoreObject(value: Tagged): object {
  const object = {};
  for (const key of keys(value)) {
    // I2
    defineProperty(object, key, {
      value: restore(value[key]),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return object;
}
