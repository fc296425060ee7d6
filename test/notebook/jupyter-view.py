"""What Jupyter's own tools see: prints JSON about lesson masters and their notebooks, one entry for each pair.

usage: jupyter-view.py master.md notebook.ipynb [master.md notebook.ipynb ...]
"""
import json
import sys
import warnings
from pathlib import Path

import jupytext
import nbformat

warnings.simplefilter("error")  # a missing or repeated id is only a warning there



def cells(nb):
    return [{"type": c.cell_type, "source": c.source.strip("\n"), "metadata": c.metadata} for c in nb.cells]


def view(master, notebook):
    parsed = nbformat.reads(Path(notebook).read_text(encoding="utf-8"), as_version=nbformat.NO_CONVERT)
    try:
        nbformat.validate(parsed)
        problem = None
    except nbformat.ValidationError as error:
        problem = str(error)
    schema = Path(nbformat.__path__[0], "v4/nbformat.v4.5.schema.json")
    return {
        "problem": problem,
        "rewritten": nbformat.writes(parsed),
        "schema": json.loads(schema.read_text(encoding="utf-8")),
        "notebook": cells(parsed),
        "master": cells(jupytext.read(master)),
        "kernelspec": jupytext.read(master).metadata.get("kernelspec"),
    }


paths = sys.argv[1:]
json.dump([view(*pair) for pair in zip(paths[::2], paths[1::2])], sys.stdout)
