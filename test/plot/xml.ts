// A strict little reader of XML, enough to find a broken picture without a browser.

/** Whether `text` is one well-formed XML element. */
export function wellFormed(text: string): boolean {
  const open: string[] = [];
  let at = 0;
  let seen = 0;
  const tag = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[A-Za-z_][\w:.-]*="[^"<]*")*)\s*(\/?)>|<!--[\s\S]*?-->/y;
  while (at < text.length) {
    if (text[at] !== "<") {
      const end = text.indexOf("<", at);
      const words = text.slice(at, end < 0 ? text.length : end);
      if (open.length === 0 && words.trim() !== "") return false;
      if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(words)) return false;
      at += words.length;
      continue;
    }
    tag.lastIndex = at;
    const match = tag.exec(text);
    if (match === null) return false;
    const [whole, isEnd, name, attributes = "", isEmpty] = match;
    if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(attributes)) return false;
    if (name !== undefined) {
      if (isEnd === "/") {
        if (open.pop() !== name) return false;
      } else {
        if (open.length === 0) seen++;
        if (isEmpty !== "/") open.push(name);
      }
    }
    at += whole.length;
  }
  return open.length === 0 && seen === 1;
}
