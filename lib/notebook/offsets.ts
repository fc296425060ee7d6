// Offsets: Jupyter counts a cursor's position in Unicode characters, JavaScript in UTF-16 units.

/** Returns the UTF-16 offset of the character with number `characters`. */
export function utf16Offset(text: string, characters: number): number {
  let units = 0;
  let seen = 0;
  for (const character of text) {
    if (seen++ >= characters) break;
    units += character.length;
  }
  return units;
}

/** Returns how many characters stand before the UTF-16 offset `units`. */
export function codePoints(text: string, units: number): number {
  return [...text.slice(0, units)].length;
}
