import { afterEach, describe, expect, test, vi } from "vitest";
import { figure, installNotebookHost, type MimeBundle, show, table } from "../../lib/plot/index.js";

const KEY = Symbol.for("happens-before.host");
const squares = figure([{ type: "scatter", x: [1, 2], y: [1, 4] }], { title: { text: "Squares" } });

describe("show", () => {
  afterEach(() => {
    Reflect.deleteProperty(globalThis, KEY);
    vi.restoreAllMocks();
  });

  test("in a notebook every output is one bundle with an id of its own", async () => {
    const shown: MimeBundle[] = [];
    installNotebookHost({
      display: (bundle) => shown.push(bundle),
      exerciseText: () => undefined,
      root: "/",
    });
    await show(squares);
    await show(squares);
    expect(shown.map((bundle) => Object.keys(bundle))).toEqual([
      ["text/html", "application/vnd.plotly.v1+json", "text/plain"],
      ["text/html", "application/vnd.plotly.v1+json", "text/plain"],
    ]);
    const ids = shown.map((bundle) => / id="([^"]+)"/.exec(String(bundle["text/html"]))![1]);
    expect(new Set(ids).size).toBe(2);
  });

  test("outside a notebook it prints title and numbers", async () => {
    const written: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
    await show(squares);
    await show(table("T", ["a"], [["1"]]));
    expect(written.join("")).toBe("Squares\nx  y\n-  -\n1  1\n2  4\nT\na\n-\n1\n");
  });

  test.each([
    [42, "show: expected a figure, diagram, table or board, got 42"],
    [undefined, "show: expected a figure, diagram, table or board, got undefined"],
    [
      Promise.resolve(),
      "show: expected a figure, diagram, table or board, got a promise (write `await` before it)",
    ],
  ])("refuses %s", async (what, message) => {
    await expect(show(what as unknown as typeof squares)).rejects.toThrow(new TypeError(message));
  });
});
