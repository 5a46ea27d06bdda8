"""The gallery of papers, `keras_gan/README.md`, made from `papers.py`.

    python -m keras_gan.command.gallery
"""
from pathlib import Path

from keras_gan.papers import PAPERS

PAGE = Path(__file__).parents[1] / "README.md"
PICTURES = "../benchmarks/pictures/gallery"            # as seen from the page
NOT_YET = "not measured yet"
HEAD = """# The papers

*Made from [`papers.py`](papers.py) by `python -m keras_gan.command.gallery`.
Change the table there, not this page.*

A file here is a paper; the folders hold what the papers share. "How" leads to the table
that a number comes from, with its command. The pictures are cut from those of
[the benchmarks](../benchmarks/README.md), where they stand with all that they show.

| paper | picture | idea | number | command, and what it does without a flag |
|---|---|---|---|---|
"""


def row(paper):
    """The row of a `Paper` in the table: str."""
    name = (f"[`{paper.model}`]({paper.module}.py)<br>{paper.authors} {paper.year}, "
            f"[{paper.arxiv}](https://arxiv.org/abs/{paper.arxiv})")
    picture = f"![samples of {paper.model}]({PICTURES}/{paper.picture})" if paper.picture else ""
    command = f"`python -m keras_gan.{paper.module}`"
    if paper.command:
        how = {"recipe": "classic", **paper.command}
        steps = paper.load().recipe_options(how["recipe"]).get("rest_at") or how["steps"]
        command += (f"<br>{how['data']}, recipe {how['recipe']}, {steps:,} steps of "
                    f"{how['batch_size']}")
    return f"| {name} | {picture} | {paper.idea} | {paper.number or NOT_YET} | {command} |\n"


def page():
    """The whole page: str."""
    return HEAD + "".join(map(row, PAPERS))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"{PAGE}: {len(PAPERS)} papers")
