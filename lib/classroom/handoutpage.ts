// handoutPage: a Markdown page as a student gets it, beside fewer files than the author has.
//
// Code is left as it is: `handlers[name](value)` is no link.
import { posix } from "node:path";

const FENCE = /^(`{3,}|~{3,})/;
const LINK = /(!?)\[([^\]]*)\]\(([^()\s]+)\)/g;

/**
 * The text of the page at `path`: a link to a file that is not there becomes its words, a picture that is not there goes,
 * and so does the README's `npm test`, which needs the tests.
 *
 * @param isThere whether a file or folder, from the project folder, is handed out
 * @example
 * const text = "Read [unit 06](notebooks/06.ipynb) after [unit 05](notebooks/05.ipynb).";
 * console.log(handoutPage("README.md", text, (path) => path === "notebooks/05.ipynb"));
 * // prints: Read unit 06 after [unit 05](notebooks/05.ipynb).
 */
export function handoutPage(path: string, text: string, isThere: (path: string) => boolean): string {
  let fence = "";
  const lines = text.split("\n").flatMap((line) => {
    const [mark = ""] = FENCE.exec(line) ?? [];
    if (fence === "") fence = mark;
    else if (mark.startsWith(fence)) fence = "";
    if (fence === "" && mark === "") return [withoutDeadLinks(path, line, isThere)];
    return path === "README.md" && line.startsWith("npm test ") ? [] : [line];
  });
  return lines.join("\n");
}

function withoutDeadLinks(path: string, line: string, isThere: (path: string) => boolean): string {
  return line.replace(LINK, (link, image: string, words: string, to: string) => {
    const target = posix.join(posix.dirname(path), to.replace(/#.*$/, "")).replace(/\/$/, "");
    if (/^(#|\w+:)/.test(to) || isThere(target)) return link;
    return image === "" ? words : "";
  });
}
