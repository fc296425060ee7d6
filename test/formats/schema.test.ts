// The published schema: part of the package, and in step with the types and the documents.
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { RESULT_SCHEMA } from "../../lib/formats/index.js";
import { MEANING } from "../../lib/grade/advice.js";

interface Schema {
  readonly title: string;
  readonly properties: { readonly schema: { readonly const: string } };
  readonly $defs: { readonly verdict: { readonly enum: readonly string[] } };
}

const schema = createRequire(import.meta.url)("happens-before/result.schema.json") as Schema;

test("the package hands out the schema, under the name and version that every result carries", () => {
  expect([schema.title, schema.properties.schema.const]).toEqual([RESULT_SCHEMA, RESULT_SCHEMA]);
});

test("the schema knows every verdict that there is, and no other", () => {
  expect([...schema.$defs.verdict.enum].sort()).toEqual(Object.keys(MEANING).sort());
});
