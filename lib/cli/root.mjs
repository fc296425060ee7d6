// The project folder, wherever it was moved to.

import { fileURLToPath } from "node:url";

/** The absolute path of the folder that holds package.json, without a slash at the end. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
