// nbgrader: the metadata that nbgrader's tools expect on graded cells, schema version 3.
//
// Source: nbgrader 0.9, nbgraderformat/v3.json and utils.py (compute_checksum). The schema refuses other keys, so
// the kit's own data stands under a key of its own.
import { createHash } from "node:crypto";

/** `cell.metadata.nbgrader`, version 3. `points` belongs to graded cells, the last two to the student's version. */
export interface GradeMetadata {
  readonly schema_version: 3;
  readonly grade: boolean;
  readonly grade_id: string;
  readonly locked: boolean;
  readonly solution: boolean;
  readonly task: boolean;
  readonly points?: number;
  readonly checksum?: string;
  readonly cell_type?: "code" | "markdown" | "raw";
}

/** The cell that a learner fills in: an autograded answer. */
export function answerMetadata(gradeId: string): GradeMetadata {
  return { schema_version: 3, grade: false, grade_id: gradeId, locked: false, solution: true, task: false };
}

/** The cell that gives points: autograder tests, read-only. */
export function testMetadata(gradeId: string, points: number): GradeMetadata {
  return {
    schema_version: 3,
    grade: true,
    grade_id: gradeId,
    locked: true,
    points,
    solution: false,
    task: false,
  };
}

/** Returns the 32 hexadecimal digits by which nbgrader sees that a cell has been changed. */
export function checksum(source: string, cellType: string, metadata: GradeMetadata): string {
  const flag = (value: boolean) => (value ? "True" : "False");
  const isLocked = metadata.solution ? false : metadata.grade ? true : metadata.locked;
  const parts = [
    source,
    cellType,
    flag(metadata.grade),
    flag(metadata.solution),
    flag(isLocked),
    metadata.grade_id,
  ];
  if (metadata.grade) parts.push(pythonFloat(metadata.points ?? 0));
  const hash = createHash("md5");
  for (const part of parts) hash.update(part, "utf8");
  return hash.digest("hex");
}

/** Adds what only the student's version carries. */
export function sealed(
  source: string,
  cellType: "code" | "markdown" | "raw",
  metadata: GradeMetadata,
): GradeMetadata {
  return { ...metadata, checksum: checksum(source, cellType, metadata), cell_type: cellType };
}

/** Prints a number as Python's `str(float(x))`: 2 is `2.0`. */
function pythonFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
