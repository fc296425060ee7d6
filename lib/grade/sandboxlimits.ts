// rlimits: what the kernel itself holds a submission to. They are inherited, so they stand outermost.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Limits } from "./limits.js";

const PROGRAMS = ["/usr/bin/prlimit", "/bin/prlimit"];

/** Node's own share of writable memory beside the heap: code, stacks of its threads, buffers. */
const NODE_MIB = 512;
const OPEN_FILES = 256;
const FILE_BYTES = 16 << 20;
const START_S = 20;

/** How many properties of each kind a check has. */
export interface Work {
  readonly labs: number;
  readonly races: number;
}

/**
 * The beginning of a command that limits what follows it, and what it does in words; both empty where there is no
 * `prlimit`.
 *
 * The address space is not limited, but the writable part of it: V8 reserves gigabytes that it never touches, while a
 * SharedArrayBuffer of 2 GiB is refused.
 */
export function resourceLimits(limits: Limits, work: Work): { command: string[]; words: string[] } {
  const program = PROGRAMS.find((path) => existsSync(path));
  if (program === undefined) return { command: [], words: [] };
  const dataMiB = limits.memoryMiB + NODE_MIB;
  const seconds = cpuSeconds(limits, work);
  const command = [
    program,
    `--data=${dataMiB * 2 ** 20}`,
    `--cpu=${seconds}`,
    `--nofile=${OPEN_FILES}`,
    `--fsize=${FILE_BYTES}`,
    "--core=0",
    "--",
  ];
  const words = [
    `writable memory ${dataMiB} MiB, ${seconds} s of processor, ${OPEN_FILES} open files (rlimits)`,
  ];
  return { command, words };
}

/** More than any honest check can use before the clock ends it: measured ones run on all cores. */
function cpuSeconds({ loadMs, labMs, raceMs }: Limits, { labs, races }: Work): number {
  const cores = availableParallelism();
  return START_S + Math.ceil((2 * (loadMs + labs * labMs) + cores * races * raceMs) / 1000);
}
