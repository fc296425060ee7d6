// Kernel info: what the kernel says of itself. Notebooks keep `language_info`, so it is the same on every machine.
import type { Content } from "./wire.js";

/** The content of `kernel_info_reply`. */
export function kernelInfo(): Content {
  return {
    protocol_version: "5.4",
    implementation: "happens-before",
    implementation_version: "0.1.0",
    language_info: {
      name: "typescript",
      version: "5.0.4",
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      // Both names are needed: JupyterLab reads the first, the classic notebook the second.
      codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
      nbconvert_exporter: "script",
    },
    banner: "Happens-Before: TypeScript, with Go's concurrency",
    help_links: [],
    debugger: false,
    supported_features: [],
  };
}
