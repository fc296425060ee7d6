// classroom50: the `result.json` of Classroom 50, which collects it from the release of each submission.
//
// Source: foundation50/classroom50, schemas/result-v1.schema.json: all keys are required and no others are allowed,
// except that a test may carry more. Who and what was graded comes from the runner, through environment variables.
// Students see the release, so hidden properties are always told in general words.
import { type CheckResult, studentView } from "../grade/index.js";
import { cleanText, cutBytes } from "./text.js";
import { nameOf, propertyText } from "./words.js";

/** Who handed in what, as the runner knows it. */
export interface Classroom50Context {
  readonly classroom: string;
  readonly assignment: string;
  readonly assignmentType: "individual" | "group";
  /** The login of the repository's owner. */
  readonly owner: string;
  /** The tag, `submit/<UTC time>-<commit>`. */
  readonly submission: string;
  /** Links. */
  readonly commit: string;
  readonly release: string;
  readonly review: string;
  /** When it was handed in, `2026-06-01T14:32:05Z`: the same in every regrading. */
  readonly datetime: string;
  /** When it was graded. */
  readonly gradedAt?: string;
  readonly submittedBy?: { readonly username: string; readonly id: number | null };
}

export interface Classroom50Result {
  readonly schema: "classroom50/result/v1";
  readonly classroom: string;
  readonly assignment: string;
  readonly assignment_type: "individual" | "group";
  readonly owner: string;
  readonly submission: string;
  readonly commit: string;
  readonly release: string;
  readonly review: string;
  readonly datetime: string;
  readonly graded_at?: string;
  readonly submitted_by?: { readonly username: string; readonly id: number | null };
  readonly score: number;
  readonly "max-score": number;
  readonly tests: readonly Classroom50Test[];
}

export interface Classroom50Test {
  readonly "test-name": string;
  readonly passed: boolean;
  readonly score: number;
  readonly "max-score": number;
  /** Ours, which the schema allows: what a person needs to act. */
  readonly verdict: string;
  readonly message: string;
  readonly seed?: string;
  readonly schedule?: string;
}

const MESSAGE_BYTES = 8 << 10;

/** Writes a result for Classroom 50. **Cost:** O(size of the result). */
export function classroom50(result: CheckResult, context: Classroom50Context): Classroom50Result {
  const { gradedAt, submittedBy } = context;
  const { points, maxPoints, properties } = studentView(result);
  return {
    schema: "classroom50/result/v1",
    classroom: context.classroom,
    assignment: context.assignment,
    assignment_type: context.assignmentType,
    owner: context.owner,
    submission: context.submission,
    commit: context.commit,
    release: context.release,
    review: context.review,
    datetime: context.datetime,
    ...(gradedAt === undefined ? {} : { graded_at: gradedAt }),
    ...(submittedBy === undefined ? {} : { submitted_by: submittedBy }),
    score: points,
    "max-score": maxPoints,
    tests: properties.map((property, index) => ({
      "test-name": nameOf(property, index),
      passed: property.status === "pass",
      score: property.points,
      "max-score": property.maxPoints,
      verdict: property.verdict,
      message: cutBytes(propertyText(property), MESSAGE_BYTES),
      ...(property.seed === undefined ? {} : { seed: cleanText(property.seed) }),
      ...(property.schedule === undefined ? {} : { schedule: cleanText(property.schedule) }),
    })),
  };
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads who handed in what from the variables that Classroom 50's runner sets.
 *
 * @throws {TypeError} `classroom50: expected the environment variables CLASSROOM, RELEASE_URL, which the runner sets; they
 * are missing`
 * @throws {TypeError} `classroom50: expected SUBMISSION_TAG to be like "submit/2026-06-01T14-32-05Z-a1b2c3d", got "…"`
 */
export function classroom50Context(env: Env): Classroom50Context {
  const [classroom, assignment, mode, owner, submission, commit, release] = required(env, [
    ["CLASSROOM"],
    ["ASSIGNMENT"],
    ["MODE", "ASSIGNMENT_TYPE"],
    ["OWNER", "USERNAME"],
    ["SUBMISSION_TAG"],
    ["COMMIT_URL"],
    ["RELEASE_URL"],
  ]) as [string, string, string, string, string, string, string];
  if (mode !== "individual" && mode !== "group") {
    throw new TypeError(`classroom50: expected MODE to be individual or group, got ${JSON.stringify(mode)}`);
  }
  const { REVIEW_URL, GITHUB_ACTOR: username, GITHUB_ACTOR_ID: id } = env;
  return {
    classroom,
    assignment,
    assignmentType: mode,
    owner,
    submission,
    commit,
    release,
    review: REVIEW_URL || commit, // nothing to compare with: the commit itself
    datetime: handedInAt(submission),
    ...(username ? { submittedBy: { username, id: id && /^\d+$/.test(id) ? Number(id) : null } } : {}),
  };
}

/** The values of variables, each of which may have an older name as well. */
function required(env: Env, names: readonly (readonly string[])[]): string[] {
  const values = names.map((either) => either.map((name) => env[name]).find((value) => value));
  const missing = names
    .filter((_, index) => values[index] === undefined)
    .map((either) => either.join(" or "));
  if (missing.length === 0) return values as string[];
  const they =
    missing.length === 1
      ? "variable %, which the runner sets; it is"
      : "variables %, which the runner sets; they are";
  throw new TypeError(
    `classroom50: expected the environment ${they.replace("%", missing.join(", "))} missing`,
  );
}

/** The time in a submission's tag: `submit/2026-06-01T14-32-05Z-a1b2c3d`. */
function handedInAt(tag: string): string {
  const match = /^submit\/(\d{4}-\d\d-\d\dT)([01]\d|2[0-3])-([0-5]\d)-([0-5]\d)Z-/.exec(tag);
  if (match !== null) return `${match[1]}${match[2]}:${match[3]}:${match[4]}Z`;
  throw new TypeError(
    `classroom50: expected SUBMISSION_TAG to be like "submit/2026-06-01T14-32-05Z-a1b2c3d", got ${JSON.stringify(tag)}`,
  );
}
