// The examples in docstrings: the lines after each `@example` in lib/.
import { readdirSync, readFileSync } from "node:fs";

export const ROOT = new URL("../../", import.meta.url);

export interface Example {
  readonly title: string;
  readonly file: string;
  readonly room: string;
  readonly code: string;
}

/** The examples of one file: the lines after `@example` up to the next tag or the end of the comment. */
function examplesOf(file: string): Example[] {
  const text = readFileSync(new URL(file, ROOT), "utf8");
  const found: Example[] = [];
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const rows = comment[0]
      .split("\n")
      .map((row) => row.replace(/^\s*(?:\/\*\*|\*\/|\*) ?/, "").replace(/\s*\*\/$/, ""));
    for (let at = rows.findIndex((r) => r.startsWith("@example")); at >= 0; ) {
      const rest = rows.slice(at + 1);
      const end = rest.findIndex((r) => /^@\w/.test(r));
      const code = (end < 0 ? rest : rest.slice(0, end)).filter((r) => !r.startsWith("```")).join("\n");
      const line = text.slice(0, comment.index).split("\n").length + at;
      found.push({ title: `${file}:${line}`, file, room: file.split("/")[1] as string, code });
      const next = rows.slice(at + 1).findIndex((r) => r.startsWith("@example"));
      at = next < 0 ? -1 : at + 1 + next;
    }
  }
  return found;
}

const files = (readdirSync(new URL("lib/", ROOT), { recursive: true }) as string[])
  .map((f) => `lib/${f.replaceAll("\\", "/")}`)
  .filter((f) => f.endsWith(".ts") && !f.endsWith(".d.ts"))
  .sort();
export const examples = files.flatMap(examplesOf);

/** What the example says that it prints. */
export function wantedOf({ code }: Example): string {
  return [...code.matchAll(/\/\/ prints: (.*)$/gm)].map((m) => (m[1] as string).trim()).join(" ");
}
