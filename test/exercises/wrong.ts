// What a check says of a wrong solution.
import { checkText } from "happens-before/check";
import { expect } from "vitest";

/** Properties that do not pass, with their verdicts. All of them bring three hints. */
export async function failures(id: string, text: string): Promise<Record<string, string>> {
  const { properties } = await checkText(id, text);
  const failed = properties.filter(({ status }) => status !== "pass");
  for (const property of failed) {
    expect(property.hints, `hints of ${property.name}: ${property.verdict}`).toHaveLength(3);
  }
  return Object.fromEntries(failed.map((p) => [p.name, p.verdict]));
}

/** The message of the first property that does not pass. */
export async function firstMessage(id: string, text: string): Promise<string> {
  const { properties } = await checkText(id, text);
  return properties.find(({ status }) => status !== "pass")?.message ?? "";
}
