// What `import * as tslab from "tslab"` gives in a cell: tslab's own functions for showing things, sent our way.
import { randomUUID } from "node:crypto";
import { contexts } from "./cell-context.js";

const TYPES = {
  javascript: "text/javascript",
  html: "text/html",
  markdown: "text/markdown",
  latex: "text/latex",
  svg: "image/svg+xml",
  png: "image/png",
  jpeg: "image/jpeg",
  gif: "image/gif",
  pdf: "application/pdf",
  text: "text/plain",
} as const;

type Show = (content: string | Uint8Array) => void;
type Display = Record<keyof typeof TYPES, Show> & {
  raw(type: string, content: string | Uint8Array): void;
};

function makeDisplay(displayId?: string): Display {
  let isUpdate = false;
  const raw = (type: string, content: string | Uint8Array): void => {
    const id = displayId === undefined ? {} : { displayId };
    contexts.current()?.outputs.display({ data: { [type]: content }, isUpdate, ...id });
    isUpdate = displayId !== undefined;
  };
  const shows = Object.entries(TYPES).map(([name, type]): [string, Show] => [
    name,
    (content) => raw(type, content),
  ]);
  return { ...Object.fromEntries(shows), raw } as Display;
}

/** `display` shows something new each time; a display made by `newDisplay` replaces what it showed before. */
export const tslabModule = {
  display: makeDisplay(),
  newDisplay: (): Display => makeDisplay(randomUUID()),
  versions: { node: process.version },
};
