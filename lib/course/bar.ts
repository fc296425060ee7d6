// bar: how far the learner is, in one line of any width.

/** `Progress: [#####>-------]  5/14 exercises`, or less of it in a narrow window. */
export function progressBar(done: number, total: number, columns: number): string {
  const counts = `${done}/${total}`;
  const room = columns - "Progress: []  ".length - counts.length - " exercises".length;
  if (room >= 10) return `Progress: [${barOf(done, total, Math.min(room, 50))}]  ${counts} exercises`;
  const small = columns - "[] ".length - counts.length;
  return small >= 5 ? `[${barOf(done, total, small)}] ${counts}` : counts;
}

function barOf(done: number, total: number, width: number): string {
  const filled = total === 0 ? width : Math.floor((width * done) / total);
  if (filled >= width) return "#".repeat(width);
  return `${"#".repeat(filled)}>${"-".repeat(width - filled - 1)}`;
}
