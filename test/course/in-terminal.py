"""A terminal for tests: runs a program in a pseudo terminal.

Usage: in-terminal.py <columns> <rows> <program> [word...]
Standard input: one JSON object a line, {"keys": "..."} types, {"size": [columns, rows]} resizes the window.
Standard output: what the program writes, byte for byte. Ends with the program, with its exit code.
"""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios


def resize(fd, columns, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def main():
    columns, rows = int(sys.argv[1]), int(sys.argv[2])
    pid, terminal = pty.fork()
    if pid == 0:
        resize(0, columns, rows)
        os.execvp(sys.argv[3], sys.argv[3:])
    rest = b""
    sources = [terminal, 0]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if terminal in ready:
            try:
                written = os.read(terminal, 65536)
            except OSError:  # Linux says so when the last program has closed the terminal
                written = b""
            if written == b"":
                break
            os.write(1, written)
        if 0 in ready:
            typed = os.read(0, 65536)
            if typed == b"":
                sources.remove(0)
            *lines, rest = (rest + typed).split(b"\n")
            for line in lines:
                order = json.loads(line)
                if "keys" in order:
                    os.write(terminal, order["keys"].encode())
                else:
                    resize(terminal, *order["size"])
    _, status = os.waitpid(pid, 0)
    sys.exit(os.waitstatus_to_exitcode(status) % 256)


main()
