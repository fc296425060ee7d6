// Markup: small, deterministic writing of XML and HTML text.

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Returns `text` safe inside XML and HTML text and attribute values; control characters are dropped. */
export function escapeXml(text: string): string {
  // Control characters but tab and line ends, lone surrogates, and two non-characters: XML 1.0 allows none of them.
  const clean = text.replace(/[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/gu, "");
  return clean.replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}

/** Attribute values; `undefined` leaves the attribute out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Returns one element. `children` is markup already; text must have gone through `escapeXml`. */
export function element(name: string, attributes: Attributes, children = ""): string {
  let open = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    open += ` ${key}="${typeof value === "number" ? coordinate(value) : escapeXml(value)}"`;
  }
  return children === "" ? `${open}/>` : `${open}>${children}</${name}>`;
}

/** Returns a coordinate with at most two decimals, so that pictures do not differ by rounding noise. */
export function coordinate(value: number): string {
  const text = value.toFixed(2).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}

/** Returns a value as JSON that may stand inside a `<script>` element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, "\\u003c")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}

/** Returns an SVG as a `data:` address, for the `src` of an `<img>`. */
export function svgDataUrl(svg: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(svg, "utf8").toString("base64")}`;
}
