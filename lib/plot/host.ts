// NotebookHost: what the kernel offers to code that runs in a cell. The kernel layer puts it on the global
// object under a registered symbol, so that `plot` and `grade` find it without importing the kernel.

/** Several forms of one output, by MIME type; the front end shows the richest it knows. */
export type MimeBundle = Readonly<Record<string, unknown>>;

export interface NotebookHost {
  /** Shows an output under the cell that runs now, or with `isUpdate` in the place of what `displayId` showed before. */
  display(
    bundle: MimeBundle,
    metadata?: MimeBundle,
    where?: { readonly displayId: string; readonly isUpdate: boolean },
  ): void;
  /** The text of the cell that began with `// exercise: <id>` when it last ran, if any. */
  exerciseText(id: string): string | undefined;
  /** The project's root folder, absolute. */
  readonly root: string;
}

const KEY = Symbol.for("happens-before.host");

/** Returns the host when this code runs in a notebook cell. */
export function notebookHost(): NotebookHost | undefined {
  return (globalThis as { [KEY]?: NotebookHost })[KEY];
}

/** Called by the kernel layer, once. */
export function installNotebookHost(host: NotebookHost): void {
  Object.defineProperty(globalThis, KEY, { value: host, configurable: true });
}
