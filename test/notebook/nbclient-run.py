"""Executes a notebook as nbclient does and prints what its cells printed: nbclient-run.py <node> <notebook>."""

import os
import sys

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

node, path = sys.argv[1:]
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
manager = AsyncKernelManager(kernel_name="happens-before")
manager._kernel_spec = KernelSpec(
    argv=[node, os.path.join(root, "lib", "cli", "kernel.mjs"), "{connection_file}"],
    display_name="under test",
    language="typescript",
)
notebook = nbformat.read(path, as_version=4)
client = NotebookClient(notebook, km=manager, timeout=60, resources={"metadata": {"path": os.path.dirname(path)}})
client.execute()
for cell in notebook.cells:
    for output in cell.get("outputs", []):
        print(output.get("text", ""), end="")
