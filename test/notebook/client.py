"""A real Jupyter client, driven line by line: commands come in as JSON on stdin, all messages go out as JSON on stdout.

Commands: {"do": "start", "argv": [...], "cwd": "...", "env": {...}, "mode": "signal" | "message"}
          {"do": "send", "channel": "shell" | "control", "type": "...", "content": {...}, "metadata": {...}, "tag": "..."}
          {"do": "interrupt"}   {"do": "alive"}   {"do": "pid"}   {"do": "shutdown"}   {"do": "kill"}
"""

import json
import queue
import sys
import threading

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

out_lock = threading.Lock()
tags = {}
open_ = True


def emit(**row):
    with out_lock:
        sys.stdout.write(json.dumps(row, default=str) + "\n")
        sys.stdout.flush()


def pump(name, channel):
    while open_:
        try:
            msg = channel.get_msg(timeout=0.2)
        except queue.Empty:
            continue
        except Exception as error:  # the channel was closed
            emit(channel="client", type="closed", content={"name": name, "why": repr(error)})
            return
        parent = msg["parent_header"].get("msg_id", "")
        emit(channel=name, type=msg["msg_type"], tag=tags.get(parent, ""), content=msg["content"])


def start(command):
    manager = KernelManager()
    manager._kernel_spec = KernelSpec(
        argv=command["argv"] + ["{connection_file}"],
        display_name="under test",
        language="typescript",
        interrupt_mode=command.get("mode", "signal"),
    )
    manager.start_kernel(cwd=command.get("cwd"), env=command.get("env"))
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    for name, channel in [
        ("shell", client.shell_channel),
        ("iopub", client.iopub_channel),
        ("control", client.control_channel),
    ]:
        threading.Thread(target=pump, args=(name, channel), daemon=True).start()
    return manager, client


manager = client = None
for line in sys.stdin:
    command = json.loads(line)
    what = command["do"]
    if what == "start":
        manager, client = start(command)
        emit(channel="client", type="started", content={"pid": manager.provisioner.pid})
    elif what == "send":
        msg = client.session.msg(command["type"], command["content"], metadata=command.get("metadata"))
        tags[msg["header"]["msg_id"]] = command["tag"]
        channel = client.control_channel if command.get("channel") == "control" else client.shell_channel
        channel.send(msg)
    elif what == "interrupt":
        manager.interrupt_kernel()
        emit(channel="client", type="interrupted", content={})
    elif what == "alive":
        emit(channel="client", type="alive", content={"alive": manager.is_alive(), "beats": client.hb_channel.is_beating()})
    elif what == "shutdown":
        open_ = False
        manager.shutdown_kernel()
        emit(channel="client", type="shutdown", content={"alive": manager.is_alive()})
        break
if manager is not None and manager.is_alive():
    manager.shutdown_kernel(now=True)
