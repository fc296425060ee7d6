// Hook marks: what Node's asynchronous hooks write on promises and timers, and `console.log` would show.
//
// Cells run in an AsyncLocalStorage, so every promise carries up to three symbols. In a print they are noise:
//   Promise { <pending>, [Symbol(async_id_symbol)]: 2471, [Symbol(trigger_async_id_symbol)]: 2466, … }

const MARK =
  /,?\s*\[?Symbol\((?:async_id_symbol|trigger_async_id_symbol|asyncId|triggerId|kResourceStore)\)\]?: \d+/g;
const LONELY = /\{\n\s+([^\n{}]*?)\n\s*\}/g;

/** Removes the marks from a printed text. **Cost:** one search for a text without them. */
export function withoutHookMarks(text: string): string {
  if (!text.includes("Symbol(")) return text;
  const plain = text.replace(MARK, "");
  return plain === text ? text : plain.replace(LONELY, "{ $1 }").replace(/\{\s*,?\s*\}/g, "{}");
}
