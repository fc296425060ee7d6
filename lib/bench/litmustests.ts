// Litmus tests: the small programs with which memory models are told apart, as data.
//
// Source: the names and programs of Alglave, Maranget and Tautschnig, Herding Cats (TOPLAS 2014), and of diy's litmus7; Boehm and
// Adve, Foundations of the C++ Concurrency Memory Model (PLDI 2008) for what sequential consistency forbids.

/** One step of a thread: writes a variable, reads one into a register, or lets time pass. */
export type LitmusStep =
  | { readonly write: string; readonly value: number }
  | { readonly read: string; readonly into: string }
  | { readonly pauseTurns: number };

/** A litmus test: what each thread does, and the outcome that no interleaving of these steps has. */
export interface LitmusTest {
  readonly name: string;
  /** What it asks, in one sentence. */
  readonly asks: string;
  /** The threads' steps, in program order. All variables begin at 0; values and registers hold 0 … 3. */
  readonly threads: readonly (readonly LitmusStep[])[];
  /** Variables whose last value belongs to the outcome. */
  readonly finals?: readonly string[];
  /** The forbidden outcome: registers, and variables in `finals`, with their values. */
  readonly forbidden: Readonly<Record<string, number>>;
}

const write = (variable: string, value: number): LitmusStep => ({ write: variable, value });
const read = (variable: string, into: string): LitmusStep => ({ read: variable, into });

/** The classical seven. Their forbidden outcomes are those that sequential consistency excludes, and so `Atomics` do. */
export const litmusTests: Readonly<Record<"SB" | "MP" | "LB" | "IRIW" | "CoRR" | "2+2W" | "R", LitmusTest>> =
  {
    SB: {
      name: "SB",
      asks: "store buffering: may both threads read the old value of what the other one has just written?",
      threads: [
        [write("x", 1), read("y", "r0")],
        [write("y", 1), read("x", "r1")],
      ],
      forbidden: { r0: 0, r1: 0 },
    },
    MP: {
      name: "MP",
      asks: "message passing: may the flag be seen and the data that were written before it not?",
      threads: [
        [write("x", 1), write("y", 1)],
        [read("y", "r0"), read("x", "r1")],
      ],
      forbidden: { r0: 1, r1: 0 },
    },
    LB: {
      name: "LB",
      asks: "load buffering: may both threads read what the other one writes later?",
      threads: [
        [read("x", "r0"), write("y", 1)],
        [read("y", "r1"), write("x", 1)],
      ],
      forbidden: { r0: 1, r1: 1 },
    },
    IRIW: {
      name: "IRIW",
      asks: "independent reads of independent writes: may two readers see two writes in different orders?",
      threads: [
        [write("x", 1)],
        [write("y", 1)],
        [read("x", "r0"), read("y", "r1")],
        [read("y", "r2"), read("x", "r3")],
      ],
      forbidden: { r0: 1, r1: 0, r2: 1, r3: 0 },
    },
    CoRR: {
      name: "CoRR",
      asks: "coherence: may a second read of one variable see an older value than the first?",
      threads: [[write("x", 1)], [read("x", "r0"), read("x", "r1")]],
      forbidden: { r0: 1, r1: 0 },
    },
    "2+2W": {
      name: "2+2W",
      asks: "two writers in opposite orders: may both variables end with the value that was written to them first?",
      threads: [
        [write("x", 1), write("y", 2)],
        [write("y", 1), write("x", 2)],
      ],
      finals: ["x", "y"],
      forbidden: { x: 1, y: 1 },
    },
    R: {
      name: "R",
      asks: "a write that comes last, and yet a read after it that sees what was before the other thread's writes?",
      threads: [
        [write("x", 1), write("y", 1)],
        [write("y", 2), read("x", "r0")],
      ],
      finals: ["y"],
      forbidden: { y: 2, r0: 0 },
    },
  };
