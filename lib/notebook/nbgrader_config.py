"""What nbgrader must know about this course's notebooks. Load it in the nbgrader_config.py of your course's folder:

    load_subconfig("nbgrader_config.py", path="<the project>/lib/notebook")
    c.CourseDirectory.course_id = "os-26"

A source notebook may hold a solution in its exercise cells: the released one holds the starter, always.
"""

from pathlib import Path

from nbgrader import utils
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor

PROJECT = Path(__file__).resolve().parents[2]
EXERCISES = PROJECT / "exercises"


class StarterText(NbGraderPreprocessor):
    """Puts the starter's text into every exercise cell, whatever stands there.

    ClearSolutions would leave `throw new Error("not implemented")` of the whole cell, and the learner without the
    signature, the types and the comments that say what must hold.
    """

    def preprocess_cell(self, cell, resources, cell_index):
        exercise = cell.metadata.get("happens-before", {}).get("exercise")
        if exercise is not None and utils.is_solution(cell):
            cell.source = (EXERCISES / f"{exercise}.ts").read_text(encoding="utf-8").rstrip()
        return cell, resources


c = get_config()  # noqa: F821

steps = list(GenerateAssignment.preprocessors.default())
steps.insert(steps.index(ClearSolutions) + 1, StarterText)
c.GenerateAssignment.preprocessors = steps

# For cells that a teacher adds: nbgrader knows no stub for TypeScript.
c.ClearSolutions.code_stub = {
    "typescript": '// YOUR CODE HERE\nthrow new Error("not implemented");',
    "javascript": '// YOUR CODE HERE\nthrow new Error("not implemented");',
}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

# The longest check measures for a minute. (Not ExecutePreprocessor.timeout, which nbgrader ignores.)
c.Execute.timeout = 120
# Any stderr of a check cell would cost its points; the kernel sends it to stdout, and Node's own warnings go here.
c.IgnorePattern.pattern = "ExperimentalWarning"
# A check cell that a student deleted comes back, and counts.
c.OverwriteCells.add_missing_cells = True
