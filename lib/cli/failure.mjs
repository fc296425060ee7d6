// Failure: an error whose text is meant for the person at the keyboard, with what to do next.
//
// Everything that can go wrong outside our control (a full disk, a read-only folder, no network, a port in use)
// becomes one of these, so a start never ends in a stack trace. Plain JavaScript that an old Node can parse.

/** An expected failure. `message` says what happened, `next` what to do about it (one line each). */
export class Failure extends Error {
  /**
   * @param {string} message what happened, one sentence
   * @param {string[]} next what to do now, one line each
   * @param {string} detail the last lines of the program that failed, if any
   */
  constructor(message, next = [], detail = "") {
    super(message);
    this.name = "Failure";
    this.next = next;
    this.detail = detail;
  }
}

// What programs write when the network, the disk or the folder is the cause. The first match wins.
const CAUSES = [
  {
    pattern: /ENOSPC|EDQUOT|no space left on device|disk quota exceeded/i,
    message: "there is no space left on the disk",
    next: ["Free about 1 GB on the disk that holds this folder, then run the same command again."],
  },
  {
    pattern: /EROFS|read-only file system/i,
    message: "this folder is read-only",
    next: ["Copy the project to a folder you can write to, and start it there."],
  },
  {
    pattern: /EACCES|EPERM|permission denied|operation not permitted/i,
    message: "you may not write here",
    next: ["Copy the project to a folder you own, and start it there (no sudo needed)."],
  },
  {
    pattern: /certificate|UnknownIssuer|SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY/i,
    message: "the server's certificate is not trusted on this machine",
    next: [
      "Behind a company proxy: set SSL_CERT_FILE and NODE_EXTRA_CA_CERTS to your company's certificate file,",
      "then run the same command again.",
    ],
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|dns error|name resolution|resolve host|error sending request|tunnel error|urlopen error|network request failed|connection refused|timed out/i,
    message: "the network cannot be reached",
    next: [
      "Check the connection, then run the same command again: what is already done is kept.",
      "Behind a proxy: set HTTPS_PROXY (and NO_PROXY). A mirror: `npm config set registry …`, PIP_INDEX_URL=….",
    ],
  },
];

/**
 * Turns an error or a program's last words into a Failure.
 *
 * @param {string} what what was being done, e.g. "Installing the npm packages"
 * @param {unknown} cause the error, or the text that the failed program wrote
 * @param {string[]} otherwise what to do when the cause is none of the known ones
 */
export function explain(what, cause, otherwise = []) {
  if (cause instanceof Failure) return cause;
  const text = describe(cause);
  const known = CAUSES.find(({ pattern }) => pattern.test(text));
  if (known !== undefined) return new Failure(`${what} failed: ${known.message}.`, known.next, text);
  return new Failure(`${what} failed.`, otherwise, text);
}

/** Writes a failure for people: the sentence, the detail indented, then the next step. */
export function printFailure(error, write = (line) => process.stderr.write(`${line}\n`)) {
  if (!(error instanceof Failure)) {
    const at = process.env.HB_DEBUG ? error?.stack : error?.message;
    write(`\nSomething unexpected happened: ${at ?? error}`);
    write("Run it again with HB_DEBUG=1 to see where. What is already done is kept.");
    return;
  }
  write(`\n${error.message}`);
  for (const line of lastLines(error.detail, 12)) write(`  | ${line}`);
  for (const line of error.next) write(`→ ${line}`);
}

function describe(cause) {
  if (typeof cause === "string") return cause;
  const code = cause?.code === undefined ? "" : `${cause.code}: `;
  const message = cause?.message ?? String(cause);
  return message.startsWith(code) ? message : code + message;
}

function lastLines(text, count) {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-count);
}
