"""Every notebook runs, and the file that people open agrees with its source.

Its exercises can be solved, and they are not solved yet.
"""
import re

import nbformat
import pytest

from make import MEGABYTES, NOTEBOOKS, SOURCES, notebook_of, run, solved


@pytest.fixture(params=SOURCES, ids=lambda source: source.stem)
def source(request):
    return request.param


def said_by(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def assert_exercises_hold(notebook):
    """In a solved notebook that has been run, open gaps fail and solutions pass."""
    open_gaps, answers = ([cell for cell in notebook.cells if tag in cell.metadata.get("tags", ())]
                          for tag in ("exercise", "solved"))
    assert len(open_gaps) == len(answers) > 0, (
        "a notebook has exercises, each with a solution in the cell below it")
    for gap, answer in zip(open_gaps, answers):
        assert "✗ Exercise" in said_by(gap) and "✓" not in said_by(gap), (
            f"the check passes without an answer:\n{gap.source}\n{said_by(gap)}")
        assert "✓ Exercise" in said_by(answer) and "✗" not in said_by(answer), (
            f"the solution fails the check:\n{answer.source}\n{said_by(answer)}")


def test_a_notebook_runs_and_its_exercises_hold(source):
    assert_exercises_hold(run(solved(notebook_of(source))))


def test_the_notebook_that_people_open_is_that_of_its_source_with_outputs(source):
    path = NOTEBOOKS / f"{source.stem}.ipynb"
    assert path.exists(), f"python notebooks/make.py --only {source.stem}"
    opened, described = nbformat.read(path, as_version=4), notebook_of(source)
    assert ([(cell.cell_type, cell.source) for cell in opened.cells]
            == [(cell.cell_type, cell.source) for cell in described.cells]), (
        f"{path.name} isn't made of today's source: python notebooks/make.py --only {source.stem}")
    code = [cell for cell in opened.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1)), (
        "run from top to bottom, once")
    assert not [output for cell in code for output in cell.outputs if output.output_type == "error"]
    assert path.stat().st_size < MEGABYTES * 1e6


@pytest.mark.parametrize("page", [*NOTEBOOKS.glob("*.ipynb"), NOTEBOOKS / "README.md",
                                  *NOTEBOOKS.parent.glob("README*.md")], ids=lambda path: path.name)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf8")
    if page.suffix == ".ipynb":
        text = "\n".join(cell.source for cell in nbformat.reads(text, as_version=4).cells
                         if cell.cell_type == "markdown")
    text = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)  # code has brackets, too
    links = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_a_compiled_game_is_played_and_checked_in_a_kernel():
    cell = nbformat.v4.new_code_cell(
        "from keras_gan import GAN\nprint(GAN((4, 4, 1)).check_freeze(batch_sizes=(2,)))")
    said = said_by(run(nbformat.v4.new_notebook(cells=[cell])).cells[0])
    assert "Freeze check of GAN: OK" in said, said
    assert "compiled, batch of 2: train_on_batch moved 6 of 6" in said, said


EXERCISE = '''
# %% tags=["exercise"]
half = {gap}
with exercise("1"):
    assert half == 0.5, "half of one is one over two"
# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# half = {solution}
# ```
# </details>
'''


@pytest.mark.parametrize("gap, solution, wrong",
                         [("...", "1 / 2", None), ("0.5", "1 / 2", "passes without an answer"),
                          ("...", "1 // 2", "the solution fails")])
def test_exercises_that_do_not_hold_are_found(gap, solution, wrong, tmp_path):
    path = tmp_path / "lesson.py"
    path.write_text("# %%\nfrom course import exercise\n"
                    + EXERCISE.format(gap=gap, solution=solution), encoding="utf8")
    notebook = run(solved(notebook_of(path)))
    if wrong is None:
        assert_exercises_hold(notebook)
    else:
        with pytest.raises(AssertionError, match=wrong):
            assert_exercises_hold(notebook)
