// paints: the colours of the course's texts, or none.
import picocolors from "picocolors";

/** What paints a text; without colour it leaves the text as it is. */
export type Paints = ReturnType<typeof picocolors.createColors>;

const COLOURED = picocolors.createColors(true);
const PLAIN = picocolors.createColors(false);

/** The colours for a window. */
export function paints(hasColor: boolean): Paints {
  return hasColor ? COLOURED : PLAIN;
}
