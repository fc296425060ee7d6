// Data in, pictures out.
export type { MimeBundle, NotebookHost } from "./host.js";
export { installNotebookHost, notebookHost } from "./host.js";
