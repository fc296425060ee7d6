// Where a Chromium is, for the tests that look at pages. It is never downloaded: a system's package, or HB_CHROMIUM.

import { existsSync } from "node:fs";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser's program, or undefined where there is none. */
export function findChromium(env = process.env) {
  return [env.HB_CHROMIUM, ...PLACES].find((path) => path !== undefined && existsSync(path));
}

/** How to get one, for the message of a skipped slice. */
export const HOW_TO_GET_CHROMIUM =
  "Debian, Ubuntu: `sudo apt install chromium`; macOS: `brew install --cask chromium`; or set HB_CHROMIUM to its path.";
