// Contestants of the rows of real threads: the library, Go with two processors, packages, Node's own means.
import { fileURLToPath } from "node:url";
import { type Contestant, checked, output, type Peer, type Ready } from "../contestants.js";
import { GO2, OURS } from "../results.js";
import type { ThreadRow } from "./row.js";

const CHILD = fileURLToPath(new URL("child.js", import.meta.url));
const NS_OF = { ns: 1, us: 1e3, ms: 1e6 };
/** Rows whose unit Go's program already uses. */
const IN_MS = ["classic.skynet", "classic.sieve2000"];

/** Everyone who has a body for `row`, the library first. */
export function threadContestants(
  row: ThreadRow,
  { go }: Ready,
  peers: readonly Peer[],
): Contestant<ThreadRow>[] {
  return [
    node(OURS, []),
    ...(go === null || row.go === undefined ? [] : [goWithTwo(go, row.go)]),
    ...peers.filter((peer) => peer.rows.includes(row.name)).map((peer) => node(peer.name, [peer.file])),
  ];
}

function node(name: string, more: readonly string[]): Contestant<ThreadRow> {
  return {
    name,
    isPeer: name !== OURS,
    measure: async (row, { budgetMs }) =>
      checked(row, await output(process.execPath, [CHILD, row.name, String(budgetMs), ...more], process.env)),
  };
}

function goWithTwo(program: string, twin: NonNullable<ThreadRow["go"]>): Contestant<ThreadRow> {
  return {
    name: GO2,
    isPeer: false,
    async measure(row, { budgetMs }) {
      const words = ["-row", twin.row, "-ms", String(budgetMs), "-clock", "wall"];
      const text = await output(program, words, { ...process.env, GOMAXPROCS: "2" });
      const { value } = checked({ expected: twin.expected ?? row.expected }, text);
      return { value: IN_MS.includes(twin.row) ? value : value / NS_OF[row.unit] };
    },
  };
}
