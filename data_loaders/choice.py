"""Which of the files are wanted, and what the class of each is."""
import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

from data_loaders.formats import SUFFIXES
from data_loaders.labels_file import LabelsFile
from data_loaders.names import brief, called_picture, find_splits, shown, suffix_of

BESIDE_PICTURES = "an array beside picture files: a folder of arrays alone is read"


@dataclasses.dataclass
class Choice:
    """The files of a split that have a class.

    Attributes:
        names: list of str, their paths.
        class_of: function, a path -> its class.
        empty: list of str, folders without a file.
        order: list of str, the classes in the order of their numbers; None if the
            folders are the classes.
        left_out: dict, a path -> why a picture isn't among them.
        remarks: list of str.
        has_test: bool, whether there is a test split.
        labels: str, the file of labels, so that it is found again; or None.
    """
    names: list
    class_of: Callable
    empty: list
    order: list | None = None
    left_out: dict = dataclasses.field(default_factory=dict)
    remarks: list = dataclasses.field(default_factory=list)
    has_test: bool = False
    labels: str | None = None


def choose(files, split, labels=None, attribute=None):
    """Choose files.

    Args:
        files: `FilesBelow` or `Archive`.
        split, labels, attribute: see `load_data`.

    Returns:
        `Choice`.

    Raises:
        FileNotFoundError: if there is no such file of labels.
        ValueError: if there is no such split, or the labels can't be understood.
    """
    names, arrays = files.names, []
    if any(suffix_of(name) in SUFFIXES for name in names):          # labels.npy, masks.npy
        arrays = [name for name in names if suffix_of(name) == ".npy"]
        names = [name for name in names if suffix_of(name) != ".npy"] if arrays else names
    chosen = of_split(files, names, split)
    chosen.left_out |= dict.fromkeys(arrays, BESIDE_PICTURES)
    if labels is not None or attribute is not None:
        with_labels(chosen, files, labels, attribute)
    return chosen


def of_split(files, names, split):
    """Those of the names that belong to a split; the folders are their classes."""
    splits, remarks = (None, []) if split == "all" else find_splits(names)
    held_out = next((kind for kind in ("test", "val") if splits and kind in splits.files), None)
    kind = split if split == "train" else held_out
    if split == "test" and held_out is None:
        raise ValueError(f"{files.path} has no test split: no folders train/ and test/ (or "
                         "val/) below it, and nothing but these. Received: split='test'")
    if splits is None:
        return Choice(names, first_folder, files.empty, remarks=remarks)
    of = {k: f"{shown(f)}/ in each folder" if splits.level else f"{shown(f)}/"
          for k, f in splits.folders.items()}
    counts = {k: f"{of[k]} ({len(names)} files)" for k, names in splits.files.items()}
    others = [counts[k] for k in counts if k not in ("train", held_out)]
    remarks.append("; ".join([
        f"{counts[kind]} is read",
        *([f"split='test' gives {counts[held_out]}"] if held_out not in (None, kind) else []),
        *(f"{other} is left out" for other in others),
        "split='all' (--split all) reads all folders as they are"]))
    empty = [path for path in files.empty
             if path.split("/")[splits.level:][:1] == [splits.folders[kind]]]
    return Choice(splits.files[kind], lambda path: first_folder(splits.without(path)), empty,
                  left_out=dict.fromkeys(splits.beside, f"beside {of['train']}"), remarks=remarks,
                  has_test=held_out is not None)


def with_labels(chosen, files, labels, attribute):
    """Narrow a choice to the files that have a label in a table; its labels are the
    classes."""
    if not isinstance(labels, (str, os.PathLike)):
        raise ValueError("labels must be a file with a table of pictures and their labels, and "
                         "attribute one of its columns. Labels of arrays go to train(images, "
                         f"labels). Received: labels={brief(labels)}, "
                         f"attribute={brief(attribute)}")
    called, inside = Path(labels).name, Path(labels).as_posix()
    if Path(labels).is_file():
        data, chosen.labels = Path(labels).read_bytes(), str(Path(labels).resolve())
    elif files.has(inside):
        data, chosen.labels = files.read(inside), inside
    else:
        raise FileNotFoundError(f"No file of labels {labels}, neither in {Path.cwd()} nor in "
                                f"{files.path}.")
    others = set(files.names).difference(chosen.names)
    table = LabelsFile(data, called, chosen.names, files.above, attribute, sorted(others))
    chosen.order, chosen.class_of = table.order, table.labels.get
    chosen.remarks += table.remarks
    chosen.left_out |= {name: f"no label in {called}" for name in chosen.names
                        if name not in table.labels and called_picture(name)}
    chosen.left_out |= dict.fromkeys(table.several, f"several labels in {called}")
    chosen.names = [name for name in chosen.names if name in table.labels]


def first_folder(path):
    """The class of a file whose folders are the classes."""
    return path.split("/")[0] if "/" in path else "."
