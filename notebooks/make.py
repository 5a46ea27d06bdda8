"""Make the notebooks from their sources: run all cells at full size, keep the outputs.

    python notebooks/make.py                   # all of them: what a release does
    python notebooks/make.py --only 01 05      # some, by the beginnings of their names

`sources/` has one file for each notebook, in jupytext's percent format.
`pytest notebooks` proves that the notebooks run and that they agree with their sources.
"""
import base64
import io
import re
import sys
import time
from pathlib import Path

import jupytext
import nbformat
import tyro
from nbclient import NotebookClient
from PIL import Image
from rich.console import Console

NOTEBOOKS = Path(__file__).parent
SOURCES = sorted((NOTEBOOKS / "sources").glob("*.py"))
MINUTES, MEGABYTES = 4, 1.5                # at most, for one notebook on two cores
SOLUTION = re.compile(r"```python\n(.*?)```", re.DOTALL)
CHECK = "with exercise("
WIDGET = "application/vnd.jupyter.widget-view+json"


def notebook_of(source):
    """The notebook of a source, before it is run.

    Its cells have fixed ids, so that versions can be compared.
    """
    notebook = jupytext.read(source)
    for i, cell in enumerate(notebook.cells):
        cell.id = f"cell-{i}"
    notebook.metadata = nbformat.from_dict({
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"}})
    return notebook


def solved(notebook):
    """The notebook with a solved copy after each exercise.

    The solution comes from the folded text in the cell below the exercise.
    """
    cells = []
    for cell, below in zip(notebook.cells, [*notebook.cells[1:], None]):
        cells.append(cell)
        if "exercise" in cell.metadata.get("tags", ()):
            check = cell.source[cell.source.index(CHECK):]
            answer = nbformat.v4.new_code_cell(f"{SOLUTION.search(below.source).group(1)}\n{check}",
                                               metadata={"tags": ["solved"]})
            cells.append(answer)
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)


def run(notebook):
    """Run all cells in a new kernel, in this folder.

    Raises:
        nbclient.exceptions.CellExecutionError: at the first cell that fails.
    """
    NotebookClient(notebook, timeout=1800, resources={"metadata": {"path": NOTEBOOKS}},
                   record_timing=False).execute()
    return notebook


def without_widgets(notebook):
    """The notebook without progress bars and buttons. A picture beside them stays.

    In a file that is only read, nobody can use them.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not is_progress(output)]
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET, None)
    notebook.metadata.pop("widgets", None)
    return notebook


def with_small_pictures(notebook):
    """The notebook with 256 colours in each PNG: a third of the bytes remains."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", ()):
                file = io.BytesIO(base64.b64decode(output.data["image/png"]))
                picture = Image.open(file).convert("RGB")
                png = io.BytesIO()
                picture.quantize(256).save(png, format="png", optimize=True)
                output.data["image/png"] = base64.b64encode(png.getvalue()).decode()
    return notebook


def is_progress(output):
    """Whether an output is a progress bar, or the empty line that one leaves."""
    data = output.get("data", {"text/plain": "a stream"})
    return "image/png" not in data and (WIDGET in data or data.get("text/plain") == "")


def main(only: tuple[str, ...] = ()):
    """Run notebooks at full size and write them, with their outputs.

    Args:
        only: how the names of the wanted notebooks begin; nothing means all.
    """
    console = Console()
    for source in SOURCES:
        if only and not source.name.startswith(tuple(only)):
            continue
        with console.status(f"running {source.stem} ..."):
            start = time.perf_counter()
            notebook = with_small_pictures(without_widgets(run(notebook_of(source))))
            minutes = (time.perf_counter() - start) / 60
        path = NOTEBOOKS / f"{source.stem}.ipynb"
        # a warning names the file that it comes from
        path.write_text(nbformat.writes(notebook).replace(sys.prefix, "..."), encoding="utf8")
        megabytes = path.stat().st_size / 1e6
        console.print(f"{source.stem}: {minutes:.1f} minutes, {megabytes:.2f} MB",
                      *([f"[red]more than {MINUTES} minutes"] if minutes > MINUTES else []),
                      *([f"[red]more than {MEGABYTES} MB"] if megabytes > MEGABYTES else []))


if __name__ == "__main__":
    tyro.cli(main)
