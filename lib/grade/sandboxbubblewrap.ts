// bubblewrap: the wall by `bwrap`, a program made for it (github.com/containers/bubblewrap).
import type { Wall } from "./sandbox.js";
import { HOME_BYTES, type Place, projectPlaces, systemPlaces, WALLED_HOME } from "./sandboxplaces.js";
import { noNewProcesses } from "./sandboxseccomp.js";

/** How a process is started behind bubblewrap. */
export function bubblewrapWall(): Wall {
  const filter = noNewProcesses();
  const filterWords = filter === undefined ? [] : ["no new processes, no sockets (seccomp)"];
  return {
    kind: "bubblewrap",
    words: ["own mount, pid, network, ipc, uts and user namespaces (bubblewrap)", ...filterWords],
    ...(filter === undefined ? {} : { filter }),
    command: (node, inside, filterFd) => [
      "bwrap",
      ...namespaces(),
      ...systemPlaces().flatMap(words),
      ...["--size", String(HOME_BYTES), "--tmpfs", WALLED_HOME],
      ...(inside === undefined ? [] : projectPlaces(inside).flatMap(words)),
      ...["/", "/dev"].flatMap((place) => ["--remount-ro", place]),
      ...(inside === undefined ? [] : ["--chdir", inside.folder]),
      ...(filter === undefined ? [] : ["--seccomp", String(filterFd)]),
      "--",
      process.execPath,
      ...node,
    ],
  };
}

/** Nobody inside is anybody outside; when the grader ends, so does the child. */
function namespaces(): string[] {
  const kinds = ["user", "pid", "net", "ipc", "uts"].map((kind) => `--unshare-${kind}`);
  const nobody = ["--uid", "65534", "--gid", "65534", "--hostname", "check"];
  const ends = ["--die-with-parent", "--as-pid-1"];
  return [...kinds, "--unshare-cgroup-try", ...nobody, "--cap-drop", "ALL", ...ends];
}

function words([kind, path, to = ""]: Place): string[] {
  switch (kind) {
    case "show":
      return ["--ro-bind", path, path];
    case "link":
      return ["--symlink", to, path];
    case "proc":
      return ["--proc", path];
    case "devices":
      return ["--dev", path];
    case "empty-folder":
      return ["--tmpfs", path, "--remount-ro", path];
    case "empty-file":
      return ["--ro-bind", "/dev/null", path];
  }
}
