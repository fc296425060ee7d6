// noNewProcesses: a filter for the kernel that lets a process start threads, and nothing else: no process, no socket, no
// mount, no namespace, no look into another process.
//
// The filter is a program of the classic packet filter over `struct seccomp_data` (linux/seccomp.h, linux/filter.h).
// Bubblewrap installs it just before it starts Node.
//
// Invariants:
//  I1. A call of another architecture, or of x32, ends the process: its numbers mean something else.
//  I2. `clone3` is said not to exist, because its flags cannot be seen; the C library then uses `clone`.

interface Architecture {
  /** AUDIT_ARCH_… of linux/audit.h. */
  readonly audit: number;
  readonly clone: number;
  /** Refused with EPERM. */
  readonly refused: readonly number[];
}

// The names, in order: fork vfork, then execveat ptrace socket mount umount2 pivot_root chroot unshare setns keyctl
// add_key request_key bpf perf_event_open userfaultfd io_uring_setup process_vm_readv process_vm_writev init_module
// finit_module kexec_load mknodat open_by_handle_at pidfd_open pidfd_getfd (asm/unistd.h).
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    clone: 56,
    refused: [
      57, 58, 322, 101, 41, 165, 166, 155, 161, 272, 308, 250, 248, 249, 321, 298, 323, 425, 310, 311, 175,
      313, 246, 259, 304, 434, 438,
    ],
  },
  arm64: {
    audit: 0xc00000b7,
    clone: 220,
    refused: [
      281, 117, 198, 40, 39, 41, 51, 97, 268, 219, 217, 218, 280, 241, 282, 425, 270, 271, 105, 273, 104, 33,
      265, 434, 438,
    ],
  },
};

const CLONE3 = 435;
const CLONE_THREAD = 0x10000;
const X32 = 0x40000000;

const KILL = 0x80000000;
const ALLOW = 0x7fff0000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;

/** Where `struct seccomp_data` has its fields. */
const NUMBER = 0;
const ARCH = 4;
const FLAGS = 16;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const answer = (value: number): Instruction => [0x06, 0, 0, value];
/** Goes on when they are equal, else skips `skipped` instructions. */
const ifEqual = (value: number, skipped: number): Instruction => [0x15, 0, skipped, value];
const unlessEqual = (value: number, skipped: number): Instruction => [0x15, skipped, 0, value];
const ifAtLeast = (value: number, skipped: number): Instruction => [0x35, 0, skipped, value];
const ifHasBits = (value: number, skipped: number): Instruction => [0x45, 0, skipped, value];

/** The filter as the kernel reads it; undefined for a processor whose numbers are not listed here. */
export function noNewProcesses(arch: string = process.arch): Buffer | undefined {
  const known = ARCHITECTURES[arch];
  if (known === undefined) return undefined;
  const program: Instruction[] = [
    load(ARCH),
    unlessEqual(known.audit, 1),
    answer(KILL), // I1
    load(NUMBER),
    ifAtLeast(X32, 1),
    answer(KILL),
    ifEqual(CLONE3, 1),
    answer(ENOSYS), // I2
    ...known.refused.flatMap((number) => [ifEqual(number, 1), answer(EPERM)]),
    ifEqual(known.clone, 4),
    load(FLAGS),
    ifHasBits(CLONE_THREAD, 1),
    answer(ALLOW),
    answer(EPERM),
    answer(ALLOW),
  ];
  return encoded(program);
}

/** `struct sock_filter`: 16 bits of code, two jumps of 8, 32 bits of value; both architectures are little-endian. */
function encoded(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, [code, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  }
  return bytes;
}
