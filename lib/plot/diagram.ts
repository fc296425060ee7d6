// Diagram: a picture of our own drawing (lanes, boards) as plain data, with the same content as text.

/** A drawn picture as plain data; nothing is displayed before `show`. */
export interface Diagram {
  readonly kind: "diagram";
  readonly title: string;
  /** What the picture shows, in words, for those who cannot see it. */
  readonly alt: string;
  /** A whole `<svg>` element with its own background, light and dark. */
  readonly svg: string;
  /** The same content as plain text. */
  readonly text: string;
}

/**
 * Makes a diagram from an SVG and its text.
 *
 * @throws {TypeError} `` diagram: expected `svg` to be an <svg> element, got "<p>" ``
 */
export function diagram(title: string, svg: string, text: string, alt: string = title): Diagram {
  if (!svg.startsWith("<svg")) {
    throw new TypeError(
      `diagram: expected \`svg\` to be an <svg> element, got ${JSON.stringify(svg.slice(0, 20))}`,
    );
  }
  return { kind: "diagram", title, alt, svg, text };
}
