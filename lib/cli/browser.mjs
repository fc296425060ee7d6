// Opens a page in the user's browser, where there is one to open.

import { spawn } from "node:child_process";

/** Whether a browser window could appear here: a display, and not the far end of a remote login. */
export function hasDisplay(env = process.env, platform = process.platform) {
  if (env.CI || env.SSH_CONNECTION) return false;
  return platform === "darwin" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Opens a page; never fails.
 *
 * @param {string} url the page
 * @returns {Promise<boolean>} false when there is no program to open it with
 */
export function openBrowser(url) {
  return new Promise((resolve) => {
    const opener = spawn(process.platform === "darwin" ? "open" : "xdg-open", [url], {
      stdio: "ignore",
      detached: true,
    });
    opener.on("error", () => resolve(false));
    opener.on("spawn", () => {
      opener.unref();
      resolve(true);
    });
  });
}
