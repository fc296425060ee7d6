// The schemas of the formats, compiled: a validator says what is wrong, or nothing.
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });

/** Returns the mistakes of `value` under `lib/formats/<name>.schema.json`; empty when there are none. */
export function mistakes(name: string, value: unknown): string[] {
  const known = ajv.getSchema(name);
  const validate = known ?? ajv.addSchema(readSchema(name), name).getSchema(name);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  validate(value);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ""}`);
}

function readSchema(name: string): object {
  const file = new URL(`../../lib/formats/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as object;
}
