// A drawing of a history in text, one operation a line.
import type { LinearBar, LinearDrawing } from "./drawing.js";

/**
 * Renders a drawing: `├──┤` is an operation from call to return, `●` where it takes effect, `✗` the one that could not,
 * `├──▷` one that never returned; behind it the place in the order and the state.
 *
 * **Cost:** O(operations x columns).
 *
 * @example
 * ```ts
 * const stale = [
 *   { client: 0, input: { op: "write" as const, value: 1 }, call: 0, return: 10 },
 *   { client: 1, input: { op: "read" as const }, output: 0, call: 20, return: 30 },
 * ];
 * const register = models.register(0);
 * const text = linearText(drawLinear(stale, checkLinearizable(stale, register), register));
 * console.log(text.split("\n")[0]);
 * // prints: register: not linearizable; at most 1 of 2 operations can be put in order
 * console.log(text.split("\n")[1]); // prints: client 0  write(1)    ├●┤      1. then 1
 * console.log(text.split("\n")[2]); // prints: client 1  read() = 0      ├✗┤  fits nowhere
 * console.log(text.split("\n")[3]);
 * // prints: read() = 0 of client 1 had to take effect before it returned; the state was 1
 * ```
 */
export function linearText({ title, bars, columns, hidden, reason }: LinearDrawing): string {
  const client = Math.max(0, ...bars.map((bar) => `client ${bar.client}`.length));
  const label = Math.max(0, ...bars.map((bar) => bar.label.length));
  const lines = bars.map((bar) => {
    const head = `${`client ${bar.client}`.padEnd(client)}  ${bar.label.padEnd(label)}`;
    return `${head}  ${drawn(bar, columns).padEnd(columns)}  ${wordsOf(bar)}`.trimEnd();
  });
  if (hidden > 0) lines.push(`(${hidden} other operations not shown)`);
  return [title, ...lines, ...(reason === undefined ? [] : [reason])].join("\n");
}

function drawn({ from, to, point, isStuck }: LinearBar, columns: number): string {
  const end = to ?? columns - 1;
  const line: string[] = Array.from({ length: columns }, (_, at) => (at >= from && at <= end ? "─" : " "));
  line[from] = "├";
  line[end] = to === undefined ? "▷" : "┤";
  if (point !== undefined) line[Math.min(point, Math.max(from, end))] = "●";
  if (isStuck) line[Math.min(from + 1, end)] = "✗";
  return line.join("");
}

function wordsOf({ place, state, isStuck }: LinearBar): string {
  if (isStuck) return "fits nowhere";
  return place === undefined ? "no place yet" : `${place}. then ${state}`;
}
