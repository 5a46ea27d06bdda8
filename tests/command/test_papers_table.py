"""The gallery of papers is that of today's table."""
import dataclasses
import re
from pathlib import Path

import pytest

from keras_gan.command import gallery
from keras_gan.papers import PAPERS

HERE = Path(__file__).parents[2] / "keras_gan"


def test_the_gallery_is_made_from_the_table():
    assert (HERE / "README.md").read_text(encoding="utf-8") == gallery.page(), (
        "keras_gan/README.md isn't that of papers.py: python -m keras_gan.command.gallery")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.module)
def test_a_row_has_an_idea_and_its_links_lead_somewhere(paper):
    row = gallery.row(paper)
    assert paper.idea.endswith(".") and "|" not in paper.idea + paper.number
    for link, anchor in re.findall(r"\]\((?!https:)([^)#]+)(?:#([^)]*))?\)", row):
        assert (HERE / link).is_file(), link
        if anchor:
            text = (HERE / link).read_text(encoding="utf-8")
            heads = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
            assert anchor in [head.lower().replace(" ", "-") for head in heads], anchor


def test_a_paper_may_come_without_number_and_picture():
    row = gallery.row(dataclasses.replace(PAPERS[1], number="", picture=""))
    assert "| not measured yet |" in row and "![" not in row
