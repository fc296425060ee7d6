// History: the inputs of this kernel's session, as `history_request` asks for them.
import type { Content } from "./wire.js";

type Entry = readonly [session: number, line: number, input: string];

/** The protocol numbers sessions; we know our own only. */
const SESSION = 1;

export class History {
  readonly #inputs: { readonly line: number; readonly input: string }[] = [];

  add(line: number, input: string): void {
    this.#inputs.push({ line, input });
  }

  /** Answers `tail` (the last n), `range` (from start to stop) and `search` (a pattern with * and ?). */
  find(request: Content): Entry[] {
    const all = this.#inputs.map(({ line, input }): Entry => [SESSION, line, input]);
    const last = (entries: Entry[]) =>
      typeof request["n"] === "number" ? entries.slice(-request["n"]) : entries;
    switch (request["hist_access_type"]) {
      case "tail":
        return last(all);
      case "range":
        return all.filter(
          ([, line]) => line >= num(request["start"], 0) && line < num(request["stop"], Infinity),
        );
      case "search": {
        const pattern = matcher(String(request["pattern"] ?? "*"));
        return last(all.filter(([, , input]) => pattern.test(input)));
      }
      default:
        return [];
    }
  }
}

function num(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

function matcher(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^]*")
    .replaceAll("?", "[^]");
  return new RegExp(`^${source}$`);
}
