// unshare: the same wall as bubblewrap's, where that is missing, from what nearly every Linux has: util-linux's `unshare`
// makes the namespaces, and a page of Perl furnishes them, because a shell cannot ask for a system-call filter.
//
// Invariants:
//  I1. Every step succeeds or nothing runs: Perl ends with the name of the step that failed.
//  I2. From the last step on, nothing can be undone: no capability is left, none can be gained, and the filter of
//      system calls, which holds for whatever is started, refuses mounts and namespaces.
//  I3. What is in memory cannot be executed from there.
//
// Needs Linux 5.12 (mount_setattr), util-linux 2.36 (--keep-caps) and Perl.
//
// Rejected:
//  - `mount` and `setpriv` in a shell script. Fifty processes take longer than the check does, and the filter of system
//    calls would be missing: `setpriv` of today's distributions knows none.
//  - `chroot` in place of pivot_root. The machine's own root would stay mounted behind it.
import type { Wall } from "./sandbox.js";
import { HOME_BYTES, projectPlaces, systemPlaces, WALLED_HOME } from "./sandboxplaces.js";
import { noNewProcesses } from "./sandboxseccomp.js";

// The names, in order: mount umount2 pivot_root prctl capset sethostname mount_setattr (asm/unistd.h).
const NUMBERS: Readonly<Record<string, readonly number[]>> = {
  x64: [165, 166, 155, 157, 126, 170, 442],
  arm64: [40, 39, 41, 167, 91, 161, 442],
};

/** Nobody inside is anybody outside; when the grader ends, so does the child. */
const NAMESPACES = [
  ..."--user --map-user=65534 --map-group=65534 --keep-caps".split(" "),
  ..."--mount --net --pid --ipc --uts --cgroup --fork --kill-child".split(" "),
];

// Perl passes a number as it is, and a text as a pointer to it; hence `0 +`.
const FURNISH = `
use strict;
my ($mount, $umount, $pivot, $prctl, $capset, $hostname, $setattr, $filter_fd, $home_bytes) =
  map { 0 + $_ } splice @ARGV, 0, 9;
my ($home, $folder) = splice @ARGV, 0, 2;
my $root = "/sys"; # every Linux has it, and nothing inside needs it
my ($BIND, $CLOSED) = (0x5000, 0xe); # MS_BIND | MS_REC; MS_NOSUID | MS_NODEV | MS_NOEXEC

sub ask {
  my ($what, $number, @arguments) = @_;
  syscall($number, @arguments) == 0 or die "$what: $!\\n";
}
sub folder {
  my $at = $root;
  mkdir $at .= "/$_", 0755 for grep { length } split "/", $_[0];
}
sub show {
  my ($from, $path) = @_;
  my ($parent) = $path =~ m{^(.*)/};
  folder(-d $from ? $path : $parent);
  -e "$root$path" or open(my $new, ">", "$root$path") or die "$path: $!\\n";
  ask("show $path", $mount, $from, "$root$path", 0, $BIND, 0);
}
sub memory {
  my ($path, $options) = @_;
  ask("memory at $path", $mount, "tmpfs", $path, "tmpfs", $CLOSED, $options);
}

memory($root, "size=1m,mode=755");
my %make = (
  "show" => sub { show($_[0], $_[0]) },
  "link" => sub { symlink($_[1], "$root$_[0]") or die "$_[0]: $!\\n" },
  "proc" => sub { folder($_[0]); ask("proc", $mount, "proc", "$root$_[0]", "proc", $CLOSED, 0) },
  "devices" => sub { show("$_[0]/$_", "$_[0]/$_") for qw(null zero full random urandom) },
  "empty-folder" => sub { memory("$root$_[0]", "size=4k,mode=555") },
  "empty-file" => sub { show("/dev/null", $_[0]) },
);
while ((my $kind = shift) ne "--") {
  $make{$kind}->(splice @ARGV, 0, 2);
}
folder($home);
ask("read-only", $setattr, -100, $root, 0x8000, pack("Q4", 3, 0, 0, 0), 32); # recursively: RDONLY | NOSUID
memory("$root$home", "size=$home_bytes,mode=700");

chdir $root or die "$root: $!\\n";
ask("pivot_root", $pivot, ".", ".");
ask("umount", $umount, ".", 2); # MNT_DETACH
chdir $folder or die "$folder: $!\\n";
ask("hostname", $hostname, "check", 5);

for my $capability (0 .. 63) {
  last if syscall($prctl, 24, $capability, 0, 0, 0) != 0; # PR_CAPBSET_DROP, up to the last that there is
}
ask("ambient", $prctl, 47, 4, 0, 0, 0); # PR_CAP_AMBIENT, all of them
ask("capset", $capset, pack("L2", 0x20080522, 0), pack("L6", (0) x 6));
ask("no_new_privs", $prctl, 38, 1, 0, 0, 0);
ask("pdeathsig", $prctl, 1, 9, 0, 0, 0);
open(my $from, "<&=", $filter_fd) or die "filter: $!\\n";
my $filter = do { local $/; <$from> };
close $from;
ask("seccomp", $prctl, 22, 2, pack("S x6 P", length($filter) / 8, $filter), 0, 0);
exec { $ARGV[0] } @ARGV or die "exec: $!\\n";
`;

/** How a process is started behind it; undefined for a processor whose numbers are not listed here. */
export function unshareWall(): Wall | undefined {
  const filter = noNewProcesses();
  const numbers = NUMBERS[process.arch];
  if (filter === undefined || numbers === undefined) return undefined;
  return {
    kind: "unshare",
    words: [
      "own mount, pid, network, ipc, uts, cgroup and user namespaces (unshare)",
      "no new processes, no sockets (seccomp)",
    ],
    filter,
    command(node, inside, filterFd) {
      const places = [...systemPlaces(), ...(inside === undefined ? [] : projectPlaces(inside))];
      const furniture = places.flatMap(([kind, path, to = ""]) => [kind, path, to]);
      const settings = [...numbers, filterFd, HOME_BYTES, WALLED_HOME, inside?.folder ?? "/"].map(String);
      const furnish = ["perl", "-e", FURNISH, "--", ...settings, ...furniture, "--"];
      return ["unshare", ...NAMESPACES, "--", ...furnish, process.execPath, ...node];
    },
  };
}
