// Usage: what the system knows about the thread that asks: processor time, and how often it went to sleep.
//
// Source: /proc/thread-self (proc_pid_schedstat, proc_pid_status), and process.threadCpuUsage from Node 23.9 on. Where a platform
// has neither, the figures are absent: the processor time of the whole process would be somebody else's.

/** Counts since the thread began. */
export interface ThreadUsage {
  readonly cpuNs: number;
  /** Times the thread slept until something woke it (Linux: voluntary context switches). Absent elsewhere. */
  readonly sleeps?: number;
}

/** Asks about the calling thread; undefined where nobody knows. Travels as its text. **Cost:** some 50 us. */
export function threadUsage(): ThreadUsage | undefined {
  try {
    const fs = process.getBuiltinModule("node:fs");
    const [cpuNs] = fs.readFileSync("/proc/thread-self/schedstat", "utf8").split(" ");
    const status = fs.readFileSync("/proc/thread-self/status", "utf8");
    const sleeps = /^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1];
    return { cpuNs: Number(cpuNs), ...(sleeps === undefined ? {} : { sleeps: Number(sleeps) }) };
  } catch {
    const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } };
    if (threadCpuUsage === undefined) return undefined;
    const { user, system } = threadCpuUsage.call(process);
    return { cpuNs: (user + system) * 1000 };
  }
}
