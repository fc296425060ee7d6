// The rows that each unit has to teach: AP anti-patterns, FX fixes, FC published claims. The course's contents, by number.

/** `rows("FX", 12, 20)`: FX-12 to FX-20. */
const rows = (kind: "AP" | "FX" | "FC", from: number, to: number = from): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${kind}-${String(from + i).padStart(2, "0")}`);

/** By the number of the unit. */
export const ROWS: Readonly<Record<string, readonly string[]>> = {
  "00": [...rows("AP", 1), ...rows("FX", 1)],
  "01": [...rows("AP", 2, 4), ...rows("FX", 2), ...rows("FC", 1, 4)],
  "02": [...rows("AP", 5, 8), ...rows("FX", 3, 5), ...rows("FC", 5, 11)],
  "03": [...rows("AP", 9, 12), ...rows("FX", 6, 7), ...rows("FC", 12, 14)],
  "04": [...rows("AP", 13, 15), ...rows("FX", 8, 11), ...rows("FC", 15, 22)],
  "05": [...rows("AP", 16, 17), ...rows("FX", 12, 20), ...rows("FC", 23, 33)],
  "06": [...rows("AP", 18, 23), ...rows("FX", 21, 24), ...rows("FC", 34, 39)],
  "07": [...rows("AP", 24, 26), ...rows("FX", 25, 28), ...rows("FC", 40, 45)],
  "08": [...rows("AP", 27, 29), ...rows("FX", 29, 31), ...rows("FC", 46, 47)],
  "09": [...rows("AP", 30, 32), ...rows("FX", 32, 33)],
  "10": [...rows("AP", 33, 34), ...rows("FX", 34, 35), ...rows("FC", 48, 49)],
  "11": [...rows("AP", 35, 38), ...rows("FX", 36, 39), ...rows("FC", 50, 55)],
  "12": [...rows("AP", 39, 41), ...rows("FX", 40, 41), ...rows("FC", 56, 59)],
  "13": [...rows("AP", 42, 43), ...rows("FX", 42, 43), ...rows("FC", 60, 61)],
  "14": [...rows("AP", 44, 47), ...rows("FX", 44, 49), ...rows("FC", 62, 65)],
  "15": [...rows("AP", 48, 52), ...rows("FX", 50, 52), ...rows("FC", 66, 67)],
  "16": [...rows("AP", 53), ...rows("FX", 53, 56), ...rows("FC", 68, 69)],
  "17": [...rows("AP", 54), ...rows("FX", 57, 58), ...rows("FC", 70, 72)],
  "18": [...rows("AP", 55), ...rows("FX", 59, 61), ...rows("FC", 73, 74)],
  "19": [...rows("AP", 56), ...rows("FX", 62, 65), ...rows("FC", 75, 77)],
};
