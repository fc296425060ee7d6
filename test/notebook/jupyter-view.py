"""What Jupyter's own tools see: prints JSON about one lesson master and one notebook.

usage: jupyter-view.py master.md notebook.ipynb
"""
import json
import sys
import warnings
from pathlib import Path

import jupytext
import nbformat

warnings.simplefilter("error")  # a missing or repeated id is only a warning there

master, notebook = sys.argv[1:3]
text = Path(notebook).read_text(encoding="utf-8")
parsed = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
try:
    nbformat.validate(parsed)
    problem = None
except nbformat.ValidationError as error:
    problem = str(error)


def cells(nb):
    return [{"type": c.cell_type, "source": c.source.strip("\n"), "metadata": c.metadata} for c in nb.cells]


json.dump(
    {
        "problem": problem,
        "rewritten": nbformat.writes(parsed),
        "schema": json.loads(
            Path(nbformat.__path__[0], "v4/nbformat.v4.5.schema.json").read_text(encoding="utf-8")
        ),
        "notebook": cells(parsed),
        "master": cells(jupytext.read(master)),
        "kernelspec": jupytext.read(master).metadata.get("kernelspec"),
    },
    sys.stdout,
)
