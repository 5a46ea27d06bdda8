"""Who may import whom, how long a paper may be, and that the table has all papers.

The files are read, not imported, so imports inside functions count too.
"""
import ast
import graphlib
import sys
from pathlib import Path

import pytest

from keras_gan.papers import MODULES

ROOT = Path(__file__).parents[1]
FRAMEWORKS = {"tensorflow", "jax", "torch"}
NO_PAPERS = {"__init__", "__main__", "papers", "recipes", "ctrl_c"}      # files beside the papers

# A room -> the rooms, or modules, from which it may import besides itself. "paper" is
# each of the papers; `data_loaders` stands beside keras_gan.
MAY_IMPORT = {
    "keras_gan": {"papers", "ctrl_c"},                 # __init__: lazily, all that is public
    "papers": set(),                                   # the table: lazily, its papers
    "recipes": set(),
    "ctrl_c": set(),
    "paper": {"base", "networks", "layers", "players", "samples", "backend", "recipes",
              "data_loaders.batches"},
    "base": {"training", "players", "networks", "samples", "layers", "backend"},
    "training": {"samples", "layers", "backend", "data_loaders"},
    "players": {"samples", "layers", "backend", "data_loaders"},
    "networks": {"layers", "backend"},
    "layers": {"backend", "samples"},
    "samples": {"backend", "data_loaders.whole"},      # pictures are written whole, or not at all
    "backend": set(),
    "evaluation": {"base", "samples", "layers", "backend", "data_loaders"},
    "command": {"papers", "ctrl_c", "base", "training", "evaluation", "samples", "data_loaders"},
    "data_loaders": set(),
    "__main__": {"command"},
}
# The one exception. Two papers show their own networks in their own file, and other
# papers borrow them: networks/__init__.py names both, and imports one when a model asks
# for it.
NAMED_IN_NETWORKS = {"keras_gan.gan", "keras_gan.dcgan"}


def module_name(file):
    """keras_gan/base/game.py -> "keras_gan.base.game"."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(file): file for folder in ("keras_gan", "data_loaders")
         for file in sorted((ROOT / folder).rglob("*.py"))}
TREES = {name: ast.parse(file.read_text(encoding="utf-8")) for name, file in FILES.items()}
PAPERS = {name for name in FILES
          if name.count(".") == 1 and name.startswith("keras_gan.")
          and FILES[name].name != "__init__.py" and FILES[name].stem not in NO_PAPERS}


def is_main(node):
    """Whether this is `if __name__ == "__main__":`."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


def imports(name, everywhere=True):
    """The modules that one imports, a set of str: at its top, or `everywhere`.

    The end of a script, `if __name__ == "__main__":`, is left out.
    """
    found = set()
    for statement in TREES[name].body:
        if is_main(statement):
            continue
        for node in ast.walk(statement) if everywhere else [statement]:
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{name} imports by dots: write from keras_gan...."
                whole = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= {m if m in FILES else node.module for m in whole}
    return found


def room(name):
    """The room of a module: keras_gan.base.game -> "base", keras_gan.gan -> "paper"."""
    package, *rest = name.split(".")
    if package == "data_loaders":
        return package
    return "paper" if name in PAPERS else rest[0] if rest else package


def may(importer, imported):
    """Whether MAY_IMPORT lets one module import another one."""
    ours, theirs = room(importer), room(imported)
    return ours == theirs != "paper" or theirs in MAY_IMPORT[ours] or imported in MAY_IMPORT[ours]


@pytest.mark.parametrize("name", FILES)
def test_a_room_imports_only_from_those_that_it_may(name):
    ours = {m for m in imports(name) if m.split(".")[0] in ("keras_gan", "data_loaders")}
    papers = ours & PAPERS
    not_allowed = {m for m in ours - papers if not may(name, m)}
    assert not not_allowed, f"{name} ({room(name)}) must not import {sorted(not_allowed)}"
    # A paper imports the one that it builds on; nothing else imports a paper
    assert len(papers) <= (name in PAPERS), f"{name} must not import all of {sorted(papers)}"


def test_every_room_has_a_rule():
    assert {room(name) for name in FILES} == set(MAY_IMPORT)


@pytest.mark.parametrize("name", FILES)
def test_only_the_backend_imports_a_framework(name):
    frameworks = {m for m in imports(name) if m.split(".")[0] in FRAMEWORKS}
    assert room(name) == "backend" or not frameworks


@pytest.mark.parametrize("name", FILES)
def test_the_end_of_a_script_imports_the_command_alone(name):
    """And it is the only place where a paper may name the command."""
    ends = [node for node in TREES[name].body if is_main(node)]
    inside = [node for end in ends for node in ast.walk(end)
              if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert all(isinstance(node, ast.ImportFrom) and node.module == "keras_gan.command.line"
               for node in inside)
    assert len(ends) == (name in PAPERS) or room(name) == "command"


def test_modules_are_named_in_strings_where_it_is_known():
    """What importlib imports, no reader of import statements sees."""
    uses = {name for name in FILES if "importlib" in imports(name)}
    assert uses == {"keras_gan.networks", "keras_gan.papers"} | (uses & {"keras_gan"})
    named = {node.value.partition(":")[0] for node in ast.walk(TREES["keras_gan.networks"])
             if isinstance(node, ast.Constant) and isinstance(node.value, str)
             and node.value.partition(":")[0] in FILES}
    assert {m for m in named if not may("keras_gan.networks", m) and m != "keras_gan"} == \
        NAMED_IN_NETWORKS


def test_no_modules_import_each_other_in_a_circle():
    graph = {name: imports(name, everywhere=False) & set(FILES) for name in FILES}
    for name, imported in graph.items():               # a.b.c imports a and a.b first of all,
        for m in [*imported]:                          # but they don't wait for their own parts
            parents = {".".join(m.split(".")[:i]) for i in range(1, m.count(".") + 1)}
            imported |= {p for p in parents if not f"{name}.".startswith(f"{p}.")}
    try:
        tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_paper_fits_on_a_page(name):
    lines = FILES[name].read_text(encoding="utf-8").splitlines()
    assert len(lines) <= (200 if name == "keras_gan.gan" else 190)


def test_the_first_layer_of_the_vanilla_gan_is_on_the_first_screen():
    layers = {alias.asname or alias.name for node in TREES["keras_gan.gan"].body
              if isinstance(node, ast.ImportFrom) and node.module == "keras.layers"
              for alias in node.names}
    calls = [node.lineno for node in ast.walk(TREES["keras_gan.gan"])
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
             and node.func.id in layers]
    assert min(calls) <= 60


def test_every_paper_is_in_the_table():
    """A file in keras_gan that isn't one of those that are named above is a paper."""
    assert {name.removeprefix("keras_gan.") for name in PAPERS} == set(MODULES.values())


def test_no_module_hides_one_of_the_standard_library():
    names = {name.removeprefix("keras_gan.") for name in FILES if name.count(".") == 1}
    assert not names & sys.stdlib_module_names
