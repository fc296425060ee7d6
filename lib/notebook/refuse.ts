// Refuse: calls with which a cell would end its own process, and with it every variable of the notebook.

/** Thrown by `process.exit` and its like. */
export class ExitRefusedError extends Error {
  override readonly name = "ExitRefusedError";
}

/** Replaces `process.exit`, `process.abort` and `process.kill` of ourselves by plain errors. */
export function refuseEnds(): void {
  const refuse = (call: string) => (): never => {
    throw new ExitRefusedError(
      `${call} would end the kernel and lose every variable of the notebook; throw an error to end a cell`,
    );
  };
  Object.assign(process, {
    exit: refuse("process.exit()"),
    reallyExit: refuse("process.reallyExit()"),
    abort: refuse("process.abort()"),
    send: undefined,
    disconnect: refuse("process.disconnect()"),
  });
  const plainKill = process.kill.bind(process);
  process.kill = (pid, signal) => {
    if (Math.abs(pid) <= 1 || [process.pid, process.ppid].includes(Math.abs(pid)))
      refuse(`process.kill(${pid})`)();
    return plainKill(pid, signal);
  };
}
